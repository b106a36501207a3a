/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device registers. SDM vol. 3, 11.3: uncached accesses are strongly ordered; 11.10: they wait for the
 * store buffer. A device with one counter that counts down by one with each read.
 */
#include <criterion/criterion.h>

#include "cpu/mmio.h"
#include "tests/support/interrupts.h"

enum { X, Y, LIMIT = 20000 };
#define DEVICE 0xfec00000ull

static struct state_set found;
static uint32_t *counter; /* in the arena */

static void device_next(void *owner, struct core *c, uint64_t physical, unsigned size, bool write,
                        uint64_t value, struct footprint *fp, unsigned *flags)
{
    (void)owner, (void)c, (void)size, (void)value, (void)flags, (void)write;
    footprint_add(fp, resource_make(RES_CONTROL, physical), ACCESS_WRITE);
}

static uint64_t device_read(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    (void)owner, (void)c;
    cr_assert_eq(physical, DEVICE + 0x20);
    cr_assert_eq(size, 4);
    return (*counter)--;
}

static void device_write(void *owner, struct core *c, uint64_t physical, unsigned size,
                         uint64_t value)
{
    (void)owner, (void)c;
    cr_assert_eq(physical, DEVICE + 0x20);
    cr_assert_eq(size, 4);
    *counter = (uint32_t)value;
}

static const struct mmio_ops device = {
    .first = DEVICE,
    .last = DEVICE + 0xfff,
    .next = device_next,
    .read = device_read,
    .write = device_write,
};

/* rax = the register's address */
static void code_point(struct code *c)
{
    code_mov_long(c, 0, DEVICE + 0x20);
}

static void code_read(struct code *c)
{
    code_bytes(c, "\x44\x8b\x00", 3); /* mov r8d, [rax] */
}

static void code_write(struct code *c, uint8_t value)
{
    code_bytes(c, "\xc7\x00", 2); /* mov dword [rax], value */
    code_bytes(c, (uint8_t[]){value, 0, 0, 0}, 4);
}

static struct program *open_program(struct code *code)
{
    struct code handler = {.size = 0};
    code_handler(&handler, NULL);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    interrupts_enable(p, &handler, &handler);
    cpu_add_mmio(p->cpu, &device, NULL);
    counter = machine_reserve(p->m, 8);
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
    program_start(p, code);
    return p;
}

static void explore_program(struct code *code)
{
    struct program *p = open_program(code);
    cr_assert(interrupts_explore(p, ALGORITHM_OPTIMAL, false, LIMIT, &found));
    cr_assert_eq(found.findings, 0);
}

Test(mmio, a_load_finds_what_the_device_says)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_point(&code[0]);
    code_write(&code[0], 5);
    code_read(&code[0]); /* 5 */
    code_read(&code[0]); /* 4 */
    explore_program(code);
    cr_assert_eq(found.count, 1);
    cr_assert(states_with(&found, state_word(0, 8), 4));
}

/* One instruction that reads and writes: the read counts 8 down to 7, the write puts 8 + 2 there. */
Test(mmio, a_read_modify_write_is_two_accesses)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_point(&code[0]);
    code_write(&code[0], 8);
    code_bytes(&code[0], "\x83\x00\x02", 3);     /* add dword [rax], 2 */
    code_bytes(&code[0], "\xf0\x83\x00\x01", 4); /* lock add dword [rax], 1 */
    code_read(&code[0]);
    explore_program(code);
    cr_assert_eq(found.count, 1);
    cr_assert(states_with(&found, state_word(0, 8), 11));
}

/* Store buffering, with an access to the device where a fence would be. */
static bool both_read_old(bool write, bool access)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++) {
        code_point(&code[i]);
        code_store(&code[i], i ? Y : X, 1);
        if (access && write)
            code_write(&code[i], 1);
        else if (access)
            code_bytes(&code[i], "\x44\x8b\x08", 3); /* mov r9d, [rax] */
        code_mov(&code[i], 9, 0);
        code_load(&code[i], 8, i ? X : Y);
    }
    explore_program(code);
    return states_with_both(&found, state_word(0, 8), 0, state_word(1, 8), 0);
}

Test(mmio, accesses_wait_for_the_store_buffer)
{
    cr_assert(both_read_old(false, false));
    cr_assert(!both_read_old(false, true));
    cr_assert(!both_read_old(true, true));
}

/* Two cores read the counter at 0: whoever comes second reads -1. */
Test(mmio, accesses_of_two_cores_come_in_either_order)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++) {
        code_point(&code[i]);
        code_read(&code[i]);
    }
    explore_program(code);
    cr_assert(states_with_both(&found, state_word(0, 8), 0, state_word(1, 8), UINT32_MAX));
    cr_assert(states_with_both(&found, state_word(0, 8), UINT32_MAX, state_word(1, 8), 0));
    cr_assert_eq(found.count, 2);
}

Test(mmio, nothing_is_mapped_beside_the_device)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_mov_long(&code[0], 0, DEVICE + 0x1000);
    code_read(&code[0]);
    struct program *p = open_program(code);
    cr_assert(interrupts_explore(p, ALGORITHM_OPTIMAL, false, LIMIT, &found));
    cr_assert(found.findings >> (16 + FINDING_FAULT) & 1);
}

Test(mmio, no_instructions_are_fetched_from_a_device)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_point(&code[0]);
    code_bytes(&code[0], "\xff\xe0", 2); /* jmp rax */
    struct program *p = open_program(code);
    cr_assert(interrupts_explore(p, ALGORITHM_OPTIMAL, false, LIMIT, &found));
    cr_assert(found.findings >> (16 + FINDING_FAULT) & 1);
}
