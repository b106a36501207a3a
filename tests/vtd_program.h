/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs of two cores with a VT-d unit and a device behind it whose entry posts. Core 0 has a handler
 * that counts. Included once by each test that needs it.
 */
#ifndef TESTS_VTD_PROGRAM_H
#define TESTS_VTD_PROGRAM_H

#include "iommu/msi.h"
#include "iommu/posting.h"
#include "iommu/vtd_internal.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum {
    DEVICE, UNIT,
    X = 0, Y = 1, /* variables of a state */
    STATUS = 20,  /* variable that a wait descriptor writes */
    PID_A = PROGRAM_DATA,       /* its PIR is X */
    PID_B = PROGRAM_DATA + 0x1000,
    PID_C = PROGRAM_DATA + 0x40,
    TABLE = PROGRAM_DATA + 0x2000,
    QUEUE = PROGRAM_DATA + 0x3000,
    ENTRY = 3,
    ENTRY_AT = TABLE + 16 * ENTRY,
    REQUESTER = 0x0118,
    VECTOR = 20, /* virtual: bits of X */
    OTHER = 21,
};

static struct code code[2];
static struct msi_interrupt script[2];
static unsigned interrupts;
static uint8_t knob_iec, knob_drains;

static inline void begin(unsigned count)
{
    memset(script, 0, sizeof script);
    interrupts = count;
    for (unsigned i = 0; i < count; i++)
        script[i].request = (struct interrupt_request){msi_remappable_address(ENTRY), 0, REQUESTER};
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    knob_iec = knob_drains = 0;
}

/* ---- Code ---- */

/* Where a variable would have to be to lie there. */
static inline unsigned variable_at(uint64_t physical)
{
    return (unsigned)((physical - PROGRAM_DATA) / 8);
}

static inline void code_store_quad(struct code *c, uint64_t physical, uint64_t value)
{
    code_mov_long(c, 0, PROGRAM_BASE + physical);
    code_mov_long(c, 1, value);
    code_bytes(c, "\x48\x89\x08", 3); /* mov [rax], rcx */
}

/* lock cmpxchg16b [rdi]: 128 bits from RDX:RAX to RCX:RBX. */
static inline void code_exchange_entry(struct code *c, struct table_entry old, struct table_entry new)
{
    code_mov_long(c, 7, PROGRAM_BASE + ENTRY_AT);
    code_mov_long(c, 0, old.low);
    code_mov_long(c, 2, old.high);
    code_mov_long(c, 3, new.low);
    code_mov_long(c, 1, new.high);
    code_bytes(c, "\xf0\x48\x0f\xc7\x0f", 5);
}

/* The upper half of the lower quadword, where PDA is: the entry goes from one descriptor to another. */
static inline void code_retarget(struct code *c, uint64_t descriptor)
{
    code_mov_long(c, 0, PROGRAM_BASE + ENTRY_AT + 4);
    code_bytes(c, "\xc7\x00", 2); /* mov dword [rax], ... */
    uint32_t pda = (uint32_t)descriptor;
    code_bytes(c, &pda, 4);
}

/* The queue holds an invalidation and a wait already: the tail goes behind both. */
static inline void code_submit(struct code *c, unsigned descriptors)
{
    uint32_t tail = 16 * descriptors;
    code_mov_long(c, 0, VTD_BASE + VTD_IQT);
    code_bytes(c, "\xc7\x00", 2);
    code_bytes(c, &tail, 4);
}

/* ---- Machine ---- */

static inline struct table_entry posted(unsigned vector, uint64_t descriptor)
{
    return (struct table_entry){1 | 1 << 15 | vector << 16 | descriptor << 32, 0};
}

static inline void put(struct program *p, uint64_t at, uint64_t low, uint64_t high)
{
    memory_write(&p->m->memory, at, 8, low);
    memory_write(&p->m->memory, at + 8, 8, high);
}

static inline void unit_runs(struct program *p)
{
    while (agent_enabled(p->m, agent_of_device(p->m, UNIT)))
        agent_step(p->m, agent_of_device(p->m, UNIT));
}

static inline void enable_unit(struct program *p, struct vtd *v)
{
    struct core *c = &p->cpu->core[0];
    static const uint32_t commands[] = {VTD_SIRTP, VTD_IRE, VTD_IRE | VTD_QIE};
    vtd_mmio_ops.write(v, c, VTD_BASE + VTD_IRTA, 8, TABLE | 3 | VTD_IRTA_EIME);
    vtd_mmio_ops.write(v, c, VTD_BASE + VTD_IQA, 8, QUEUE);
    for (unsigned i = 0; i < 3; i++) {
        vtd_mmio_ops.write(v, c, VTD_BASE + VTD_GCMD, 4, commands[i]);
        unit_runs(p);
    }
    put(p, QUEUE, 4 | 1 << 4 | (uint64_t)ENTRY << 32, 0);
    put(p, QUEUE + 16, 5 | 1 << 5 | 1ull << 32, PROGRAM_DATA + 8 * STATUS);
}

static inline struct program *open_program(struct table_entry entry)
{
    struct code handler = {.size = 0};
    code_handler(&handler, NULL);
    struct program *p = program_open(2, 2, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &handler, &handler);
    struct vtd *v = vtd_new(p->m, p->cpu, l, UNIT);
    enable_unit(p, v);
    put(p, ENTRY_AT, entry.low, entry.high);
    put(p, PID_A + PID_CONTROL, PID_SN | 0xf2 << 16, 0);
    put(p, PID_B + PID_CONTROL, PID_SN | 0xf2 << 16, 0);
    put(p, PID_C + PID_CONTROL, PID_SN | INTERRUPT_LOW << 16, 0);
    msi_device_new(p->m, l, vtd_remapper(v), DEVICE, script, interrupts);
    p->m->knobs.value[KNOB_IEC] = knob_iec;
    p->m->knobs.value[KNOB_IEC_WAIT_DRAINS] = knob_drains;
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
    program_start(p, code);
    return p;
}

static inline void explore_all(struct table_entry entry)
{
    states_of(open_program(entry));
}

#endif
