/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine code with one thing less (cpu/mutation.h): the bytes, and what two cores can then make of each other.
 *
 * Expected bytes are encoded by hand after the SDM, vol. 2: NOP, JMP, Jcc, ModRM. Expected sets of outcomes are all orders of the
 * accesses, written out beside each test.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/mutation.h"
#include "cpu/program.h"

/* ---- Bytes ---- */

static const uint64_t BASE = 0xffffffff80100000;

static struct mutation_list found_in(const void *bytes, unsigned size, const uint8_t *touched)
{
    struct mutation_list list = {0};
    const struct code_view view = {bytes, BASE, size, touched};
    const struct code_range range = {BASE, size};
    mutation_find(&view, &range, &list);
    return list;
}

/* The only mutation of its kind replaces the `size` bytes at `offset`. */
static void expect_bytes(const char *code, unsigned code_size, enum mutation_kind kind, unsigned offset, unsigned size,
                         const char *bytes)
{
    struct mutation_list list = found_in(code, code_size, NULL);
    unsigned count = 0;
    for (unsigned i = 0; i < list.count; i++) {
        const struct mutation *m = &list.item[i];
        if (m->kind != kind)
            continue;
        count++;
        cr_expect_eq(m->start, BASE + offset);
        cr_assert_eq(m->size, size, "%u bytes", m->size);
        cr_expect_arr_eq(m->old, code + offset, size);
        cr_expect_arr_eq(m->new, bytes, size);
    }
    cr_expect_eq(count, 1, "%u of %s", count, mutation_name[kind]);
    mutation_list_free(&list);
}

static unsigned count_of(const char *code, unsigned size, enum mutation_kind kind)
{
    struct mutation_list list = found_in(code, size, NULL);
    unsigned count = 0;
    for (unsigned i = 0; i < list.count; i++)
        count += list.item[i].kind == kind;
    mutation_list_free(&list);
    return count;
}

Test(mutations, fences_become_nops_of_the_same_length)
{
    expect_bytes("\x90\x0f\xae\xf0\xc3", 5, MUTATION_FENCE, 1, 3, "\x0f\x1f\x00");
    expect_bytes("\x0f\xae\xe8", 3, MUTATION_FENCE, 0, 3, "\x0f\x1f\x00");
    expect_bytes("\x0f\xae\xf8", 3, MUTATION_FENCE, 0, 3, "\x0f\x1f\x00");
    /* lock add dword [rsp-4], 0 */
    expect_bytes("\xf0\x83\x44\x24\xfc\x00", 6, MUTATION_FENCE, 0, 6, "\x66\x0f\x1f\x44\x00\x00");
}

/* It changes memory: its lock is what there is to remove. */
Test(mutations, a_locked_change_of_the_stack_is_no_fence)
{
    cr_expect_eq(count_of("\xf0\x83\x44\x24\xfc\x01", 6, MUTATION_FENCE), 0);
    expect_bytes("\xf0\x83\x44\x24\xfc\x01", 6, MUTATION_LOCK, 0, 6, "\x90\x83\x44\x24\xfc\x01");
}

/* mfence; lfence; mov: the first, the second, both. */
Test(mutations, fences_in_a_row_also_go_together)
{
    const char *code = "\x0f\xae\xf0\x0f\xae\xe8\x89\xc0";
    char key[MUTATION_KEY];
    struct mutation_list list = found_in(code, 8, NULL);
    cr_assert_eq(list.count, 3);
    const struct mutation *both = mutation_with_key(&list, "fence@ffffffff80100000-ffffffff80100003");
    cr_assert(both);
    cr_expect_eq(both->size, 6);
    cr_expect_arr_eq(both->new, "\x66\x0f\x1f\x44\x00\x00", 6);
    mutation_key(both, key, sizeof key);
    cr_expect_str_eq(key, "fence@ffffffff80100000-ffffffff80100003");
    cr_expect(mutation_with_key(&list, "fence@ffffffff80100000"));
    cr_expect(mutation_with_key(&list, "fence@ffffffff80100003"));
    cr_expect_null(mutation_with_key(&list, "fence@ffffffff80100006"));
    mutation_list_free(&list);
}

/* Whatever the order of prefixes, and with an operand relative to RIP, whose distance counts from the end. */
Test(mutations, a_lock_prefix_becomes_a_nop_in_front)
{
    /* lock add word [rax], 1 */
    expect_bytes("\x66\xf0\x83\x00\x01", 5, MUTATION_LOCK, 0, 5, "\x90\x66\x83\x00\x01");
    expect_bytes("\xf0\x66\x83\x00\x01", 5, MUTATION_LOCK, 0, 5, "\x90\x66\x83\x00\x01");
    /* lock bts qword [rip+0x10], 0 */
    expect_bytes("\xf0\x48\x0f\xba\x2d\x10\x00\x00\x00\x00", 10, MUTATION_LOCK, 0, 10,
                 "\x90\x48\x0f\xba\x2d\x10\x00\x00\x00\x00");
    /* An immediate that looks like the prefix: lock or byte [rax], 0xf0 */
    expect_bytes("\xf0\x80\x08\xf0", 4, MUTATION_LOCK, 0, 4, "\x90\x80\x08\xf0");
}

Test(mutations, an_exchange_with_memory_keeps_its_bytes)
{
    struct mutation_list list = found_in("\x87\x02\x87\xd0", 4, NULL); /* xchg [rdx], eax; xchg eax, edx */
    cr_assert_eq(list.count, 1);
    cr_expect(list.item[0].unlocks);
    cr_expect_arr_eq(list.item[0].new, "\x87\x02", 2);
    mutation_list_free(&list);
}

Test(mutations, interrupts_stay_on)
{
    expect_bytes("\x9c\xfa\x58", 3, MUTATION_INTERRUPTS, 1, 1, "\x90");                 /* pushf; cli; pop rax */
    expect_bytes("\x0f\x01\xdd", 3, MUTATION_INTERRUPTS, 0, 3, "\x0f\x1f\x00");         /* clgi */
    cr_expect_eq(count_of("\xfb\x0f\x01\xdc\x9d", 5, MUTATION_INTERRUPTS), 0); /* sti; stgi; popf */
}

Test(mutations, a_check_goes_one_way)
{
    const char *near = "\x83\x38\x00\x75\x02"; /* cmp dword [rax], 0; jne +2 */
    expect_bytes(near, 5, MUTATION_CHECK_NEVER, 3, 2, "\x66\x90");
    expect_bytes(near, 5, MUTATION_CHECK_ALWAYS, 3, 2, "\xeb\x02");
    const char *far = "\x83\x38\x00\x0f\x85\x00\x01\x00\x00"; /* jne +0x100: JMP rel32 ends a byte earlier */
    expect_bytes(far, 9, MUTATION_CHECK_NEVER, 3, 6, "\x66\x0f\x1f\x44\x00\x00");
    expect_bytes(far, 9, MUTATION_CHECK_ALWAYS, 3, 6, "\xe9\x01\x01\x00\x00\x90");
}

/* Through registers and flags, back to the load; what was in a register before is no check. */
Test(mutations, a_check_is_a_branch_on_memory)
{
    cr_expect_eq(count_of("\x8b\x08\x83\xe1\x01\x85\xc9\x74\x02", 9, MUTATION_CHECK_NEVER), 1); /* mov ecx,[rax]; and; test; je */
    cr_expect_eq(count_of("\xf0\x0f\xba\x28\x00\x0f\x92\xc1\x84\xc9\x74\x02", 12, MUTATION_CHECK_NEVER), 1); /* lock bts; setb cl; test; je */
    cr_expect_eq(count_of("\x85\xc9\x74\x02", 4, MUTATION_CHECK_NEVER), 0);
    cr_expect_eq(count_of("\x8b\x08\xb9\x01\x00\x00\x00\x85\xc9\x74\x02", 11, MUTATION_CHECK_NEVER), 0); /* mov ecx,1 in between */
}

/* Where the shared accesses are known, nothing else is a check. */
Test(mutations, a_check_of_private_memory_is_none)
{
    uint8_t touched[5] = {0};
    struct mutation_list list = found_in("\x83\x38\x00\x75\x02", 5, touched);
    cr_expect_eq(list.count, 0);
    mutation_list_free(&list);
    touched[0] = TOUCHED_LOAD;
    list = found_in("\x83\x38\x00\x75\x02", 5, touched);
    cr_expect_eq(list.count, 2);
    mutation_list_free(&list);
}

/* Distances to RIP move with their instructions: the store goes 6 bytes on, the load 10 back. */
Test(mutations, neighbours_change_places)
{
    expect_bytes("\xc7\x05\x00\x02\x00\x00\x01\x00\x00\x00\x8b\x0d\x00\x03\x00\x00", 16, MUTATION_SWAP, 0, 16,
                 "\x8b\x0d\x0a\x03\x00\x00\xc7\x05\xfa\x01\x00\x00\x01\x00\x00\x00");
    /* mov [rax], ecx; mfence; mov edx, [rax+4] */
    expect_bytes("\x89\x08\x0f\xae\xf0\x8b\x50\x04", 8, MUTATION_SWAP, 0, 8, "\x0f\xae\xf0\x8b\x50\x04\x89\x08");
    /* mov [rax], ecx; lock add dword [rsp-4], 0; cmp dword [rax+4], 0: flags are made last, too */
    expect_bytes("\x89\x08\xf0\x83\x44\x24\xfc\x00\x83\x78\x04\x00", 12, MUTATION_SWAP, 0, 12,
                 "\xf0\x83\x44\x24\xfc\x00\x83\x78\x04\x00\x89\x08");
}

Test(mutations, what_depends_stays_in_order)
{
    cr_expect_eq(count_of("\x48\x8b\x00\x8b\x08", 5, MUTATION_SWAP), 0);     /* rax = [rax]; ecx = [rax] */
    /* mov eax, [rip+0x200]; mov [rip+0x300], eax */
    cr_expect_eq(count_of("\x8b\x05\x00\x02\x00\x00\x89\x05\x00\x03\x00\x00", 12, MUTATION_SWAP), 0);
    /* mov [rax], ecx; add rax, 8; mov edx, [rax-8]: one address, by another form */
    cr_expect_eq(count_of("\x89\x08\x48\x83\xc0\x08\x8b\x50\xf8", 9, MUTATION_SWAP), 0);
    cr_expect_eq(count_of("\x89\x08\x8b\x10", 4, MUTATION_SWAP), 0);         /* one address */
    cr_expect_eq(count_of("\x89\x08\x8b\x50\x03", 5, MUTATION_SWAP), 0);     /* a byte of it */
    cr_expect_eq(count_of("\x89\x08\x8b\x13", 4, MUTATION_SWAP), 0);         /* [rax], [rbx]: nobody knows */
    cr_expect_eq(count_of("\x8b\x08\x8b\x48\x04", 5, MUTATION_SWAP), 0);     /* both into ecx */
    cr_expect_eq(count_of("\x89\x08\xeb\x00\x8b\x50\x04", 7, MUTATION_SWAP), 0); /* a jump, and its target */
    cr_expect_eq(count_of("\x89\x08\x8b\x50\x04\xeb\xfb", 7, MUTATION_SWAP), 0); /* a jump back to the second */
    /* A marker in between: mov [rax], ecx; 0F 1F 84 with an index; mov edx, [rax+4] */
    cr_expect_eq(count_of("\x89\x08\x0f\x1f\x84\x08\x00\x00\x00\x00\x8b\x50\x04", 13, MUTATION_SWAP), 0);
    cr_expect_eq(count_of("\x01\x08\x8b\x50\x04", 5, MUTATION_SWAP), 0);     /* add [rax], ecx: two accesses */
}

/* ---- What it means ---- */

enum { OUTCOMES = 16, REGISTERS = 2 };

struct outcomes {
    struct program *program;
    unsigned reg[REGISTERS], count;
    uint32_t of[OUTCOMES][4]; /* variables 0 and 1; a register of core 0, one of core 1 */
};

static void note(void *context, struct machine *m)
{
    struct outcomes *o = context;
    (void)m;
    const uint32_t now[4] = {program_variable(o->program, 0), program_variable(o->program, 1),
                             (uint32_t)program_register(o->program, 0, o->reg[0]),
                             (uint32_t)program_register(o->program, 1, o->reg[1])};
    for (unsigned i = 0; i < o->count; i++)
        if (!memcmp(o->of[i], now, sizeof now))
            return;
    cr_assert_lt(o->count, (unsigned)OUTCOMES);
    memcpy(o->of[o->count++], now, sizeof now);
}

static void all_outcomes(struct outcomes *o, const struct code *code, uint64_t unlocked)
{
    struct explore_options options = {.algorithm = ALGORITHM_DFS, .on_complete = note, .context = o};
    struct explore_result result;
    o->count = 0;
    o->program = program_new(2, code, MEMORY_TSO);
    o->program->cpu->decoder.unlocked = unlocked;
    explore(o->program->m, &options, &result);
    cr_expect_eq(result.bounds, 0);
    cr_expect_eq(result.finding_count, 0);
    explore_result_free(&result);
}

static void expect_outcome(const struct outcomes *o, uint32_t v0, uint32_t v1, uint32_t r0, uint32_t r1)
{
    const uint32_t wanted[4] = {v0, v1, r0, r1};
    for (unsigned i = 0; i < o->count; i++)
        if (!memcmp(o->of[i], wanted, sizeof wanted))
            return;
    cr_expect_fail("%u %u %u %u does not occur", v0, v1, r0, r1);
}

/* Changes the code of a core. The address of what is no longer locked, or 0. */
static uint64_t mutate(struct code *code, unsigned core, enum mutation_kind kind)
{
    uint64_t at = PROGRAM_BASE + PROGRAM_CODE + (core ? (code[0].size + 63) & ~63u : 0), unlocked = 0;
    struct mutation_list list = {0};
    const struct code_view view = {code[core].byte, at, code[core].size, NULL};
    const struct code_range range = {at, code[core].size};
    unsigned done = 0;
    mutation_find(&view, &range, &list);
    for (unsigned i = 0; i < list.count; i++) {
        const struct mutation *m = &list.item[i];
        if (m->kind != kind)
            continue;
        cr_assert_eq(done++, 0);
        memcpy(code[core].byte + (m->start - at), m->new, m->size);
        unlocked = m->unlocks ? m->address : 0;
    }
    cr_assert_eq(done, 1);
    mutation_list_free(&list);
    return unlocked;
}

/* An opcode, then [variable 0] with this register or digit in ModRM. */
static void on_variable(struct code *c, const char *opcode, unsigned size, unsigned digit)
{
    uint8_t modrm[2] = {(uint8_t)(digit << 3 | 4), 0x25};
    uint32_t address = (uint32_t)PROGRAM_BASE + PROGRAM_DATA;
    code_bytes(c, opcode, size);
    code_bytes(c, modrm, 2);
    code_bytes(c, &address, 4);
}

enum { EAX = 0, ECX = 1 };

/* Both read 0, so that one of two additions is lost. */
Test(mutations, addition_without_its_lock_loses_one)
{
    struct outcomes o = {.reg = {ECX, ECX}};
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++) {
        code_mov(&code[i], ECX, 0);
        code_lock_add(&code[i], 0, 1);
        code_end(&code[i]);
    }
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 1);
    expect_outcome(&o, 2, 0, 0, 0);
    mutate(code, 0, MUTATION_LOCK);
    all_outcomes(&o, code, 0); /* load 0, the other's 1, store 1 */
    cr_expect_eq(o.count, 2);
    expect_outcome(&o, 2, 0, 0, 0);
    expect_outcome(&o, 1, 0, 0, 0);
}

/* lock xadd [v0], eax, of 1 each. */
Test(mutations, exchange_and_add_without_its_lock)
{
    struct outcomes o = {.reg = {EAX, EAX}};
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++) {
        code_mov(&code[i], EAX, 1);
        on_variable(&code[i], "\xf0\x0f\xc1", 3, EAX);
        code_end(&code[i]);
    }
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 2);
    mutate(code, 0, MUTATION_LOCK);
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 3);
    expect_outcome(&o, 2, 0, 0, 1);
    expect_outcome(&o, 2, 0, 1, 0);
    expect_outcome(&o, 1, 0, 0, 0); /* core 0 loads first and stores last */
}

/* lock cmpxchg [v0], ecx, that finds another value than it wants (7): it writes back what it has read, if that is
 * old by then (SDM vol. 2, CMPXCHG: the destination receives a write cycle whatever the comparison says). */
Test(mutations, compare_and_exchange_without_its_lock_writes_back)
{
    struct outcomes o = {.reg = {EAX, EAX}};
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_mov(&code[0], EAX, 7);
    code_mov(&code[0], ECX, 1);
    on_variable(&code[0], "\xf0\x0f\xb1", 3, ECX);
    code_end(&code[0]);
    code_mov(&code[1], EAX, 0);
    code_store(&code[1], 0, 5);
    code_end(&code[1]);
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 2);
    expect_outcome(&o, 5, 0, 0, 0);
    expect_outcome(&o, 5, 0, 5, 0);
    mutate(code, 0, MUTATION_LOCK);
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 3);
    expect_outcome(&o, 0, 0, 0, 0);
}

/* lock bts dword [v0], n, of bits 0 and 1. */
Test(mutations, setting_a_bit_without_its_lock_clears_another)
{
    struct outcomes o = {.reg = {ECX, ECX}};
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++) {
        code_mov(&code[i], ECX, 0);
        on_variable(&code[i], "\xf0\x0f\xba", 3, 5);
        code_bytes(&code[i], i ? "\x01" : "\x00", 1);
        code_end(&code[i]);
    }
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 1);
    expect_outcome(&o, 3, 0, 0, 0);
    mutate(code, 0, MUTATION_LOCK);
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 2);
    expect_outcome(&o, 1, 0, 0, 0); /* core 0 stores last */
}

/* Of values 1 and 2: one finds the other's. With a load and a store on one side, both find 0 as well. */
Test(mutations, an_exchange_becomes_a_load_and_a_store)
{
    struct outcomes o = {.reg = {EAX, EAX}};
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++) {
        code_mov(&code[i], EAX, i + 1);
        code_xchg(&code[i], EAX, 0);
        code_end(&code[i]);
    }
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 2);
    expect_outcome(&o, 2, 0, 0, 1);
    expect_outcome(&o, 1, 0, 2, 0);
    all_outcomes(&o, code, mutate(code, 0, MUTATION_LOCK));
    cr_expect_eq(o.count, 3);
    expect_outcome(&o, 1, 0, 0, 0); /* core 0 loads first and stores last */
}

/* An exchange drains the store buffer; a load and a store do not: store buffering (SDM vol. 3, 8.2.3.4) comes back. */
static void store_buffering(const char *fence, unsigned size, enum mutation_kind kind)
{
    struct outcomes o = {.reg = {EAX, EAX}};
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++) {
        code_mov(&code[i], ECX, 1);
        if (fence)
            code_store(&code[i], i, 1);
        else
            code_xchg(&code[i], ECX, i);
        code_bytes(&code[i], fence ? fence : "", size);
        code_load(&code[i], EAX, 1 - i);
        code_end(&code[i]);
    }
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 3);
    expect_outcome(&o, 1, 1, 1, 1);
    expect_outcome(&o, 1, 1, 0, 1);
    expect_outcome(&o, 1, 1, 1, 0);
    all_outcomes(&o, code, mutate(code, 1, kind));
    cr_expect_eq(o.count, 4);
    expect_outcome(&o, 1, 1, 0, 0);
}

Test(mutations, store_buffering_without_a_fence)
{
    store_buffering("\x0f\xae\xf0", 3, MUTATION_FENCE);
    store_buffering("\xf0\x83\x44\x24\xfc\x00", 6, MUTATION_FENCE);
    store_buffering(NULL, 0, MUTATION_LOCK);
}

/* Message passing (SDM vol. 3, 8.2.3.2): the flag without the data needs stores that change places. */
Test(mutations, stores_that_change_places)
{
    struct outcomes o = {.reg = {EAX, EAX}};
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_mov(&code[0], EAX, 0);
    code_store(&code[0], 0, 1);
    code_store(&code[0], 1, 1);
    code_end(&code[0]);
    code_load(&code[1], ECX, 1);
    code_load(&code[1], EAX, 0);
    code_bytes(&code[1], "\x01\xc8\x01\xc8", 4); /* eax = data + 2 * flag */
    code_end(&code[1]);
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 3);
    mutate(code, 0, MUTATION_SWAP);
    all_outcomes(&o, code, 0);
    cr_expect_eq(o.count, 4); /* all: either store may come between the loads */
    expect_outcome(&o, 1, 1, 0, 0);
    expect_outcome(&o, 1, 1, 0, 1);
    expect_outcome(&o, 1, 1, 0, 2);
    expect_outcome(&o, 1, 1, 0, 3);
}
