/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cores that change the remapping table, a VT-d unit and a device that fires meanwhile: all
 * interleavings, the reduced explorations compared with plain DFS. Rows D3, D4 and D6.
 */
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

static void begin(unsigned count)
{
    memset(script, 0, sizeof script);
    interrupts = count;
    for (unsigned i = 0; i < count; i++)
        script[i].request = (struct vtd_request){msi_remappable_address(ENTRY), 0, REQUESTER};
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    knob_iec = knob_drains = 0;
}

/* ---- Code ---- */

/* Where a variable would have to be to lie there. */
static unsigned variable_at(uint64_t physical)
{
    return (unsigned)((physical - PROGRAM_DATA) / 8);
}

static void code_store_quad(struct code *c, uint64_t physical, uint64_t value)
{
    code_mov_long(c, 0, PROGRAM_BASE + physical);
    code_mov_long(c, 1, value);
    code_bytes(c, "\x48\x89\x08", 3); /* mov [rax], rcx */
}

/* lock cmpxchg16b [rdi]: 128 bits from RDX:RAX to RCX:RBX. */
static void code_exchange_entry(struct code *c, struct vtd_irte old, struct vtd_irte new)
{
    code_mov_long(c, 7, PROGRAM_BASE + ENTRY_AT);
    code_mov_long(c, 0, old.low);
    code_mov_long(c, 2, old.high);
    code_mov_long(c, 3, new.low);
    code_mov_long(c, 1, new.high);
    code_bytes(c, "\xf0\x48\x0f\xc7\x0f", 5);
}

/* The upper half of the lower quadword, where PDA is: the entry goes from one descriptor to another. */
static void code_retarget(struct code *c, uint64_t descriptor)
{
    code_mov_long(c, 0, PROGRAM_BASE + ENTRY_AT + 4);
    code_bytes(c, "\xc7\x00", 2); /* mov dword [rax], ... */
    uint32_t pda = (uint32_t)descriptor;
    code_bytes(c, &pda, 4);
}

/* The queue holds an invalidation and a wait already: the tail goes behind both. */
static void code_submit(struct code *c, unsigned descriptors)
{
    uint32_t tail = 16 * descriptors;
    code_mov_long(c, 0, VTD_BASE + VTD_IQT);
    code_bytes(c, "\xc7\x00", 2);
    code_bytes(c, &tail, 4);
}

/* ---- Machine ---- */

static struct vtd_irte posted(unsigned vector, uint64_t descriptor)
{
    return (struct vtd_irte){1 | 1 << 15 | vector << 16 | descriptor << 32, 0};
}

static void put(struct program *p, uint64_t at, uint64_t low, uint64_t high)
{
    memory_write(&p->m->memory, at, 8, low);
    memory_write(&p->m->memory, at + 8, 8, high);
}

static void unit_runs(struct program *p)
{
    while (agent_enabled(p->m, agent_of_device(p->m, UNIT)))
        agent_step(p->m, agent_of_device(p->m, UNIT));
}

static void enable_unit(struct program *p, struct vtd *v)
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

static struct program *open_program(struct vtd_irte entry)
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
    msi_device_new(p->m, l, v, DEVICE, script, interrupts);
    p->m->knobs.value[KNOB_IEC] = knob_iec;
    p->m->knobs.value[KNOB_IEC_WAIT_DRAINS] = knob_drains;
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
    program_start(p, code);
    return p;
}

static void explore_all(struct vtd_irte entry)
{
    states_of(open_program(entry));
}

/* ---- D3 ---- */

/* 5.2.4: the device's store is visible before the PIR bit of the interrupt behind it. */
Test(vtd_races, D3_data_before_the_posted_interrupt)
{
    begin(1);
    script[0].writes = 1;
    script[0].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 8, 5};
    code_load(&code[1], 8, X);
    code_load(&code[1], 9, 8);
    explore_all(posted(VECTOR, PID_A));
    cr_expect(states_with_both(&states, state_word(1, 8), 0, state_word(1, 9), 5));
    cr_expect(states_with_both(&states, state_word(1, 8), 1 << VECTOR, state_word(1, 9), 5));
    cr_expect_not(states_with_both(&states, state_word(1, 8), 1 << VECTOR, state_word(1, 9), 0));
}

/* ... and before a remapped one, whose handler looks at it. */
Test(vtd_races, D3_data_before_the_remapped_interrupt)
{
    begin(1);
    script[0].writes = 1;
    script[0].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 8, 5};
    code_idle(&code[0]);
    code_load(&code[1], 8, INTERRUPT_COUNTER);
    code_load(&code[1], 9, 8);
    explore_all((struct vtd_irte){1 | INTERRUPT_LOW << 16, 0});
    cr_expect(states_with_both(&states, state_word(1, 8), 1, state_word(1, 9), 5));
    cr_expect_not(states_with_both(&states, state_word(1, 8), 1, state_word(1, 9), 0));
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), states.count, "handled in the end");
}

/* ---- D4 ---- */

/*
 * Core 1 retargets the entry from A to B, invalidates it if it is told to, and takes a look at A's
 * PIR. Does an interrupt reach A after that?
 */
static bool reaches_the_old_descriptor(bool invalidates)
{
    code_retarget(&code[1], PID_B);
    if (invalidates) {
        code_submit(&code[1], 2);
        code_wait_until_set(&code[1], STATUS);
    } else {
        code_mfence(&code[1]);
    }
    code_load(&code[1], 8, X);
    explore_all(posted(VECTOR, PID_A));
    cr_expect(with(1, 8, 1 << VECTOR), "it may have come before");
    cr_expect(with_variable(X, 0) || interrupts > 1, "the new entry may be the first that is read");
    return states_with_both(&states, state_word(1, 8), 0, X, 1 << VECTOR);
}

Test(vtd_races, D4_after_the_wait_only_the_new_entry)
{
    begin(2);
    cr_expect_not(reaches_the_old_descriptor(true));
}

Test(vtd_races, D4_without_invalidation_the_old_entry_is_used_later)
{
    begin(1);
    cr_expect(reaches_the_old_descriptor(false), "looked up before, posted after");
}

/*
 * The first interrupt has filled the cache; the second one has not begun when core 1 has retargeted the
 * entry and emptied A's PIR: the device's store, which comes before, is not there.
 */
static void second_after_the_change(void)
{
    begin(2);
    script[1].writes = 1;
    script[1].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 8, 5};
    code_wait_until_set(&code[1], X);
    code_retarget(&code[1], PID_B);
    code_store(&code[1], X, 0);
    code_mfence(&code[1]);
    code_load(&code[1], 9, 8);
}

Test(vtd_races, D4_the_old_entry_comes_from_the_cache)
{
    second_after_the_change();
    explore_all(posted(VECTOR, PID_A));
    cr_expect(states_with_both(&states, state_word(1, 9), 0, X, 1 << VECTOR));
    cr_expect_not(states_with_both(&states, state_word(1, 9), 0, X, 0));
}

Test(vtd_races, D4_without_a_cache_the_new_entry_is_seen_at_once)
{
    second_after_the_change();
    knob_iec = 1;
    explore_all(posted(VECTOR, PID_A));
    cr_expect_not(states_with_both(&states, state_word(1, 9), 0, X, 1 << VECTOR));
}

/* A processor-side view of the knob: complete, and the interrupt still comes. */
Test(vtd_races, D4_a_wait_that_does_not_drain)
{
    begin(1);
    knob_drains = 1;
    cr_expect(reaches_the_old_descriptor(true));
}

Test(vtd_races, D4_without_a_cache_the_wait_drains_too)
{
    begin(1);
    knob_iec = 1;
    cr_expect_not(reaches_the_old_descriptor(true));
}

/* The tail is moved and nobody waits: as bad as no invalidation. */
Test(vtd_races, D4_software_that_does_not_wait)
{
    begin(1);
    code_retarget(&code[1], PID_B);
    code_submit(&code[1], 2);
    code_load(&code[1], 8, X);
    explore_all(posted(VECTOR, PID_A));
    cr_expect(states_with_both(&states, state_word(1, 8), 0, X, 1 << VECTOR));
}

/* ---- Entries are read at once ---- */

/* The old entry admits the device, the new one does not. Vector 21 with the old check is a mixture. */
static const uint64_t verify = 1ull << 18;

static bool is_torn(bool at_once)
{
    struct vtd_irte old = posted(VECTOR, PID_A), new = posted(OTHER, PID_A);
    old.high = verify | REQUESTER;
    new.high = verify | (REQUESTER ^ 1);
    begin(1);
    if (at_once) {
        code_exchange_entry(&code[1], old, new);
    } else {
        code_store_quad(&code[1], ENTRY_AT, new.low);
        code_store_quad(&code[1], ENTRY_AT + 8, new.high);
    }
    explore_all(old);
    cr_expect(with_variable(X, 1 << VECTOR));
    cr_expect(with_variable(X, 0), "blocked by the new entry");
    return with_variable(X, 1 << OTHER);
}

Test(vtd_races, two_stores_can_be_seen_half_done)
{
    cr_expect(is_torn(false));
}

Test(vtd_races, cmpxchg16b_is_seen_at_once)
{
    cr_expect_not(is_torn(true));
}

/* ---- D6 ---- */

/* SN is set while the device posts. Core 0 clears it, and looks at PIR or not, then waits. */
static void clear_suppression(bool scans)
{
    begin(1);
    code_mov_long(&code[0], 0, PROGRAM_BASE + PID_C + PID_CONTROL);
    code_bytes(&code[0], "\xf0\x83\x20\xfd", 4); /* lock and dword [rax], ~SN */
    if (scans)
        code_load(&code[0], 8, variable_at(PID_C));
    code_idle(&code[0]);
    explore_all(posted(VECTOR, PID_C));
}

Test(vtd_races, D6_with_a_scan_nothing_is_lost)
{
    clear_suppression(true);
    cr_expect(states_with_both(&states, INTERRUPT_COUNTER, 0, state_word(0, 8), 1 << VECTOR));
    cr_expect(with_variable(INTERRUPT_COUNTER, 1));
    cr_expect_not(states_with_both(&states, INTERRUPT_COUNTER, 0, state_word(0, 8), 0));
}

Test(vtd_races, D6_without_a_scan_it_waits_for_the_next_post)
{
    clear_suppression(false);
    cr_expect(with_variable(INTERRUPT_COUNTER, 0));
    cr_expect(with_variable(INTERRUPT_COUNTER, 1));
}

/* ... which notifies for both. */
Test(vtd_races, D6_the_next_post_notifies)
{
    begin(2);
    code_mov_long(&code[0], 0, PROGRAM_BASE + PID_C + PID_CONTROL);
    code_wait_until_set(&code[0], variable_at(PID_C)); /* the first is there */
    code_bytes(&code[0], "\xf0\x83\x20\xfd", 4);
    code_idle(&code[0]);
    script[1].writes = 1;
    script[1].write[0] = (struct msi_write){PROGRAM_DATA + 8 * 30, 1};
    explore_all(posted(VECTOR, PID_C));
    cr_expect(with_variable(INTERRUPT_COUNTER, 1), "the second one came after SN was cleared");
    cr_expect(with_variable(INTERRUPT_COUNTER, 0), "both came before");
}

/* ---- Anything ---- */

static void code_read_register(struct code *c, unsigned reg, unsigned offset)
{
    code_mov_long(c, 0, VTD_BASE + offset);
    code_bytes(c, reg == 8 ? "\x44\x8b\x00" : "\x44\x8b\x08", 3); /* mov r8d or r9d, [rax] */
}

static void draw_action(struct random *r, struct code *c, unsigned reg)
{
    static const uint64_t descriptors[] = {PID_A, PID_B, PID_C};
    switch (random_draw(r, 9)) {
    case 0:
        code_retarget(c, descriptors[random_draw(r, 3)]);
        break;
    case 1:
        code_submit(c, 1 + random_draw(r, 2));
        break;
    case 2:
        code_read_register(c, reg, random_draw(r, 2) ? VTD_IQH : VTD_FSTS);
        break;
    case 3:
        code_store(c, variable_at(ENTRY_AT), random_draw(r, 2) << 15); /* not present */
        break;
    case 4:
        code_mov_long(c, 0, PROGRAM_BASE + PID_C + PID_CONTROL);
        code_bytes(c, "\xf0\x83\x20\xfd", 4);
        break;
    case 5:
        code_load(c, reg, STATUS);
        break;
    case 6:
        code_store(c, X, 0);
        break;
    case 7:
        code_load(c, reg, variable_at(PID_C));
        break;
    default:
        code_load(c, reg, X);
    }
}

static void draw_program(struct random *r)
{
    for (unsigned i = 0; i < 2; i++) {
        code_begin(&code[i], 2);
        for (unsigned n = 2 + random_draw(r, 2); n > 0; n--)
            draw_action(r, &code[i], 8 + n % 2);
    }
    code_idle(&code[0]);
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
}

/* All algorithms reach what DFS over every boundary reaches, with both ends of both knobs. */
static unsigned agreed(uint64_t seed, unsigned programs)
{
    struct random r = {seed};
    struct program *p = NULL;
    unsigned compared = 0;
    begin(2);
    knob_iec = seed & 1;
    knob_drains = seed >> 1 & 1;
    for (unsigned n = 0; n < programs; n++) {
        char text[120] = "";
        draw_program(&r);
        if (!p)
            p = open_program(posted(VECTOR, random_draw(&r, 2) ? PID_A : PID_C));
        else
            cr_assert(program_next(p, code));
        enum agreement a = agree_with_dfs(p, 60000, &states, text, sizeof text);
        cr_assert_neq(a, DIFFERS, "seed %llu, program %u: %s", (unsigned long long)seed, n, text);
        compared += a == AGREES;
    }
    return compared;
}

Test(vtd_races, random_programs_agree_with_dfs)
{
    unsigned compared = 0;
    for (uint64_t seed = 1; seed <= 4; seed++)
        compared += agreed(seed, 12);
    cr_assert_gt(compared, 20, "only %u programs were compared", compared);
}
