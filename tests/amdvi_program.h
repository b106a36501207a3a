/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs of two cores with an AMD IOMMU and a device behind it. Core 0 has a handler that counts; doorbells
 * that arrive at it are counted, too. The GA log begins at the variables, so that its first two tags belong to
 * a final state. Included once by each test that needs it.
 */
#ifndef TESTS_AMDVI_PROGRAM_H
#define TESTS_AMDVI_PROGRAM_H

#include "iommu/amdvi_internal.h"
#include "iommu/msi.h"
#include "lapic/doorbell.h"
#include "sim/tso.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum {
    DEVICE, UNIT,
    LOG = 0,    /* variables of a state: tags in the GA log, ... */
    SECOND = 1,
    BELLS = 3,  /* ... doorbells that core 0 has heard */
    STATUS = 20, /* variable that COMPLETION_WAIT writes */
    GA_LOG = PROGRAM_DATA,
    PAGE_A = 0x20000,
    PAGE_B = 0x21000,
    TABLE = 0x22000,
    DEVICES_AT = 0x23000,
    BUFFER = 0x24000,
    EVENTS = 0x25000,
    DEVICE_ID = 0x58,
    ENTRY = 3,
    MARK = 4, /* an entry that logs, for the end of a script */
    ENTRY_AT = TABLE + 16 * ENTRY,
    VECTOR = 0x47, /* virtual: bit 7 of the word at 220h */
    BIT = 1 << 7,
    TAG = 0xabcd, MARK_TAG = 0x77,
    IS_RUN = 1 << 6, GA_LOG_INTR = 1 << 2,
};

static struct code code[2];
static struct msi_interrupt script[3];
static unsigned interrupts;
static uint64_t features;           /* of the control register, besides */
static uint32_t ids[2] = {0, 1};    /* of the cores, with XTEn */
static uint8_t knobs[KNOB_COUNT];
static uint64_t ga_head;
static bool bells_of_all;           /* doorbells at core 1 are counted, too */

static inline void begin(unsigned count)
{
    memset(script, 0, sizeof script);
    memset(knobs, 0, sizeof knobs);
    interrupts = count;
    features = AMDVI_GA_EN | AMDVI_GAM_EN;
    ga_head = 0;
    bells_of_all = false;
    for (unsigned i = 0; i < count; i++)
        script[i].request = (struct interrupt_request){0xfee00000, ENTRY, DEVICE_ID};
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
}

/* The script ends with an interrupt that writes MARK_TAG to the log: all before it has happened then. */
static inline void mark_the_end(void)
{
    script[interrupts++].request = (struct interrupt_request){0xfee00000, MARK, DEVICE_ID};
}

/* ---- Code ---- */

static inline unsigned variable_at(uint64_t physical)
{
    assert(physical >= PROGRAM_DATA);
    return (unsigned)((physical - PROGRAM_DATA) / 8);
}

/* The word of IRR that holds VECTOR. */
static inline uint64_t irr_at(uint64_t page)
{
    return page + 0x220;
}

static inline void code_load_at(struct code *c, unsigned reg, uint64_t physical)
{
    code_mov_long(c, 0, PROGRAM_BASE + physical);
    code_bytes(c, reg == 8 ? "\x44\x8b\x00" : "\x44\x8b\x08", 3); /* mov r8d or r9d, [rax] */
}

static inline void code_store_at(struct code *c, uint64_t physical, uint32_t value)
{
    code_mov_long(c, 0, PROGRAM_BASE + physical);
    code_bytes(c, "\xc7\x00", 2); /* mov dword [rax], ... */
    code_bytes(c, &value, 4);
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

/* The buffer holds commands already: the tail goes behind so many. */
static inline void code_submit(struct code *c, unsigned commands)
{
    code_write_register(c, AMDVI_BASE + AMDVI_COMMAND_TAIL, 16 * commands);
}

/* ---- Machine ---- */

static inline struct table_entry guest(unsigned vector, uint64_t page, uint64_t bits, uint32_t id)
{
    return (struct table_entry){1 | 1 << 7 | bits | (uint64_t)(id & 0xffffff) << 8 | (uint64_t)TAG << 32,
                                vector | page | (uint64_t)(id >> 24) << 56};
}

static inline void put(struct program *p, uint64_t at, uint64_t low, uint64_t high)
{
    memory_write(&p->m->memory, at, 8, low);
    memory_write(&p->m->memory, at + 8, 8, high);
}

/* Doorbells at core 0 are counted in memory. */
static void next_bell(void *owner, unsigned target, struct footprint *fp)
{
    (void)owner;
    if (!target || bells_of_all)
        footprint_add_memory(fp, PROGRAM_DATA + 8 * BELLS, 4, ACCESS_WRITE, 0);
}

static void count_bell(void *owner, unsigned target)
{
    struct machine *m = owner;
    uint64_t at = PROGRAM_DATA + 8 * BELLS;
    if (target && !bells_of_all)
        return;
    visible_touch(&m->visibility, at, 4, true, context_of_device(DEVICE));
    tso_write_global(m, at, 4, memory_read(&m->memory, at, 4) + 1);
}

static const struct doorbell_ops bells = {next_bell, count_bell};

static inline void set_register(struct program *p, struct amdvi *v, unsigned offset, uint64_t value)
{
    amdvi_mmio_ops.write(v, &p->cpu->core[0], AMDVI_BASE + offset, 8, value);
    while (agent_enabled(p->m, agent_of_device(p->m, UNIT)))
        agent_step(p->m, agent_of_device(p->m, UNIT));
}

static inline void enable_unit(struct program *p, struct amdvi *v)
{
    uint64_t dte = 1 | 4 << 1 | TABLE | 2ull << 60;
    put(p, DEVICES_AT + 32 * DEVICE_ID + 16, dte, 0);
    set_register(p, v, AMDVI_DEVICE_TABLE, DEVICES_AT);
    set_register(p, v, AMDVI_COMMAND_BUFFER, BUFFER | 8ull << 56);
    set_register(p, v, AMDVI_EVENT_LOG, EVENTS | 8ull << 56);
    set_register(p, v, AMDVI_GA_LOG, GA_LOG | 8ull << 56);
    set_register(p, v, AMDVI_GA_HEAD, ga_head);
    set_register(p, v, AMDVI_XT_GA, (uint64_t)INTERRUPT_LOW << 32);
    set_register(p, v, AMDVI_CONTROL,
                 features | AMDVI_IOMMU_EN | AMDVI_COMMAND_EN | AMDVI_EVENT_LOG_EN | AMDVI_GA_LOG_EN);
    put(p, BUFFER, 5ull << 60 | DEVICE_ID, 0);
    put(p, BUFFER + 16, 1ull << 60 | AMDVI_WAIT_STORES | (PROGRAM_DATA + 8 * STATUS), 1);
}

static inline struct program *open_program(struct table_entry entry)
{
    struct code handler = {.size = 0};
    code_handler(&handler, NULL);
    struct program *p = program_open(2, 2, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &handler, &handler);
    struct amdvi *v = amdvi_new(p->m, p->cpu, l, UNIT);
    for (unsigned i = 0; i < 2; i++)
        lapic_set_id(l, i, ids[i]);
    lapic_answer_doorbells(l, &bells, p->m);
    enable_unit(p, v);
    put(p, ENTRY_AT, entry.low, entry.high);
    put(p, TABLE + 16 * MARK, 1 | 1 << 7 | GA_LOG_INTR | (uint64_t)MARK_TAG << 32, 0x20 | PAGE_B);
    msi_device_new(p->m, l, amdvi_remapper(v), DEVICE, script, interrupts);
    for (unsigned i = 0; i < KNOB_COUNT; i++)
        p->m->knobs.value[i] = knobs[i];
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
