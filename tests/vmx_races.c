/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posting against draining, all interleavings of real machine code (SDM vol. 3, 29.6; "IPI
 * Virtualization" of later editions; VT-d specification 5.2.3): a guest that posts by IPI
 * virtualization, a device that posts by the IOMMU, and the processor that drains the descriptor.
 */
#include <criterion/criterion.h>

#include "iommu/posting.h"
#include "lapic/ioapic_internal.h"
#include "lapic/line.h"
#include "lapic/priority.h"
#include "tests/support/agree.h"
#include "tests/support/guests.h"
#include "vmx/controls.h"

enum { LOW_COUNT = 0, HIGH_COUNT = 1, VMCS_POINTER = 8 }; /* variables */

static struct guest guest[GUESTS_MAX];
static struct code low, high;
static struct guests g;
static struct state_set reached;

/* The handlers count, each in a variable of its own. */
static void set_up(void)
{
    struct code count_low = {.size = 0}, count_high = {.size = 0};
    code_add(&count_low, LOW_COUNT, 1);
    code_add(&count_high, HIGH_COUNT, 1);
    code_handler(&low, &count_low);
    code_handler(&high, &count_high);
}

TestSuite(vmx_races, .init = set_up, .timeout = 300);

/* The program with LOW posted to virtual CPU 1 by core 0, and HIGH by `poster`. */
static void open_race(unsigned cores, unsigned devices, enum memory_model model)
{
    code_send(&guest[0].code, INTERRUPT_LOW, 1);
    code_end(&guest[0].code);
    code_idle(&guest[1].code);
    if (cores > 2) {
        code_send(&guest[2].code, INTERRUPT_HIGH, 1);
        code_end(&guest[2].code);
    }
    guests_open(&g, cores, devices, model, guest, &low, &high);
    guests_oblige_on(&g);
}

static void add_device(void)
{
    const struct iommu_post script[] = {{INTERRUPT_HIGH, false, guests_pid(1), 0}};
    iommu_device_new(g.p->m, g.l, 0, script, 1);
}

/* Whether core 0 has sent a notification, and whether ON was left set for virtual CPU 1: a bit for each
 * answer that an execution gave. */
static unsigned sent, left_on;

static void note(void *context, struct machine *m)
{
    sent |= 1u << m->state->queue[0].sent;
    left_on |= 1u << (guests_control(&g, 1) & PID_ON);
    state_set_add(context, m);
}

static struct explore_result explore_by(enum algorithm algorithm)
{
    struct explore_options o = {.algorithm = algorithm, .on_complete = note, .context = &reached,
                                .raw = true};
    struct explore_result r;
    sent = left_on = 0;
    state_set_begin(&reached, g.p, 2, 0);
    explore(g.p->m, &o, &r);
    return r;
}

static struct explore_result explore_all(void)
{
    return explore_by(ALGORITHM_SOURCE);
}

/* Each of the two is handled exactly once, whatever comes first; and the race is there: the IPI finds
 * ON = 1 in some executions and ON = 0 in others. */
static void both_are_handled_once(const struct explore_result *r)
{
    cr_expect_eq(r->verdict, VERDICT_SAFE, "%s", r->finding_count ? r->finding[0].finding.message : "");
    cr_assert_gt(reached.count, 0);
    cr_expect_eq(states_with_both(&reached, LOW_COUNT, 1, HIGH_COUNT, 1), reached.count);
    cr_expect_eq(sent, 1 << 0 | 1 << 1);
    cr_expect_eq(left_on, 1 << 0, "who has set ON has notified: otherwise later posts stay silent");
}

Test(vmx_races, V23_ipi_and_device_race_a_drain)
{
    open_race(2, 1, MEMORY_TSO);
    add_device();
    guests_start(&g);
    struct explore_result r = explore_all();
    both_are_handled_once(&r);
}

Test(vmx_races, V23_two_ipis_race_a_drain)
{
    open_race(3, 0, MEMORY_TSO);
    guests_start(&g);
    struct explore_result r = explore_all();
    both_are_handled_once(&r);
}

/* The first post as if made before the start: pending as the target is entered. */
static void high_is_posted(void)
{
    struct memory *mem = &g.p->m->memory;
    memory_write(mem, guests_pid(1) + INTERRUPT_HIGH / 64 * 8, 8, 1ull << INTERRUPT_HIGH % 64);
    memory_write(mem, guests_pid(1) + PID_CONTROL, 8, guests_control(&g, 1) | PID_ON);
    bits256_set(lapic_regs(g.l, 1)->irr, GUESTS_NV);
}

/* Vectors 41h and 52h have arrived in VIRR. */
static bool both_are_pending(void *context, struct machine *m, char *message, size_t size)
{
    const uint64_t virr = GUESTS_VAPIC + 0x1000 + VAPIC_VIRR + 0x20;
    (void)context;
    uint32_t bits = (uint32_t)memory_read(&m->memory, virr, 4);
    snprintf(message, size, "VIRR[2] = %#x, PIR is %sempty", bits,
             guests_pir_is_empty(&g, 1) ? "" : "not ");
    return bits == (1u << (INTERRUPT_LOW & 31) | 1u << (INTERRUPT_HIGH & 31));
}

/* Small enough for plain DFS, to which all reduced explorations must come: the guest keeps
 * interrupts off, and one of the posts has been made before the start. */
static void race_as_in_dfs(enum memory_model model)
{
    struct obligation o = {.name = "both-pending", .met = both_are_pending};
    char text[160] = "";
    code_send(&guest[0].code, INTERRUPT_LOW, 1);
    code_end(&guest[0].code);
    code_end(&guest[1].code);
    guests_open(&g, 2, 0, model, guest, &low, &high);
    guests_oblige_on(&g);
    machine_add_obligation(g.p->m, &o);
    high_is_posted();
    guests_start(&g);
    enum agreement a = agree_with_dfs(g.p, 1000000, &reached, text, sizeof text);
    cr_assert_eq(a, AGREES, "%s", a == TOO_LARGE ? "too large for DFS" : text);
    cr_expect_eq(reached.findings, 0);
    cr_assert_gt(reached.count, 0);
}

Test(vmx_races, V23_ipi_races_a_drain_as_in_dfs)
{
    race_as_in_dfs(MEMORY_SC);
}

Test(vmx_races, V23_ipi_races_a_drain_as_in_dfs_tso)
{
    race_as_in_dfs(MEMORY_TSO);
}

/* ---- V24: NDST is stale ---- */

/* Where the host's code of core 1 has the guest that it enters next. */
static unsigned next_guest;

/* Core 1 leaves virtual CPU 1, loads virtual CPU 2 and enters it. `rescan`: with its notification
 * vector pending, as software does for a descriptor in which something may have been posted. */
static void switch_guests(struct code *host, bool rescan)
{
    const uint32_t pointer = (uint32_t)PROGRAM_BASE + PROGRAM_DATA + 8 * VMCS_POINTER;
    code_bytes(host, "\x0f\xc7\x34\x25", 4); /* vmptrld [pointer] */
    code_bytes(host, &pointer, 4);
    if (rescan) {
        code_mov(host, 1, 0x83f);
        code_mov(host, 0, GUESTS_NV);
        code_mov(host, 2, 0);
        code_bytes(host, "\x0f\x30", 2); /* self-IPI */
    }
    code_bytes(host, "\x0f\x01\xc2\x0f\x0b", 5); /* vmlaunch; ud2 */
    next_guest = host->size;
    code_idle(host);
}

/* Virtual CPU 1 has interrupts off: what got into its VIRR would stay there. And it leaves its guest by
 * its own VMCALL, not for the notification. */
static bool other_is_untouched(void *context, struct machine *m, char *message, size_t size)
{
    uint32_t bits = 0;
    (void)context;
    for (unsigned i = 0; i < 8; i++)
        bits |= (uint32_t)memory_read(&m->memory, GUESTS_VAPIC + 0x1000 + VAPIC_VIRR + 16 * i, 4);
    const struct vmcs *v = guests_vmcs(&g, 1);
    snprintf(message, size, "virtual CPU 1 has VIRR bits %#x, exit reason %u", bits,
             (unsigned)v->field[VMCS_EXIT_REASON]);
    return !bits && !v->field[VMCS_GUEST_INTR_STATUS] && v->field[VMCS_EXIT_REASON] == EXIT_VMCALL;
}

/* Virtual CPU 0 sends an IPI to virtual CPU 2, whose NDST is core 1; there virtual CPU 1 runs, with
 * the same notification vector. */
static void open_stale(enum memory_model model, bool rescan)
{
    struct obligation o = {.name = "other-untouched", .met = other_is_untouched};
    code_send(&guest[0].code, INTERRUPT_LOW, 2);
    code_end(&guest[0].code);
    code_bytes(&guest[1].code, "\x90\x0f\x01\xc1", 4); /* nop; vmcall */
    switch_guests(&guest[1].host, rescan);
    guests_open(&g, 2, 0, model, guest, &low, &high);
    guests_add(&g, 2, 1, g.exit[1] + next_guest);
    memory_write(&g.p->m->memory, PROGRAM_DATA + 8 * VMCS_POINTER, 8,
                 guests_vmcs(&g, 2)->address);
    machine_add_obligation(g.p->m, &o);
    guests_start(&g);
}

Test(vmx_races, V24_stale_ndst_drains_the_other_harmlessly)
{
    open_stale(MEMORY_TSO, true);
    struct explore_result r = explore_all();
    cr_expect_eq(r.verdict, VERDICT_SAFE, "%s", r.finding_count ? r.finding[0].finding.message : "");
    cr_expect_eq(states_with(&reached, LOW_COUNT, 1), reached.count, "handled at the next entry");
    cr_assert_gt(r.complete, 1);
}

/* The same without the look at the descriptor: the notification is gone with the other virtual CPU's
 * drain, and the post waits with ON = 1. */
Test(vmx_races, V24_without_a_rescan_the_post_may_wait)
{
    open_stale(MEMORY_TSO, false);
    struct explore_result r = explore_all();
    cr_expect_eq(r.verdict, VERDICT_SAFE, "%s", r.finding_count ? r.finding[0].finding.message : "");
    cr_expect_eq(states_with(&reached, LOW_COUNT, 0), 1);
    cr_expect_eq(states_with(&reached, LOW_COUNT, 1), 1);
}

/* ... as plain DFS finds it, too. */
Test(vmx_races, V24_stale_ndst_as_in_dfs)
{
    char text[160] = "";
    open_stale(MEMORY_SC, false);
    enum agreement a = agree_with_dfs(g.p, 1000000, &reached, text, sizeof text);
    cr_assert_eq(a, AGREES, "%s", a == TOO_LARGE ? "too large for DFS" : text);
    cr_expect_eq(reached.findings, 0);
    cr_expect_gt(states_with(&reached, LOW_COUNT, 0), 0);
    cr_expect_gt(states_with(&reached, LOW_COUNT, 1), 0);
}

/* ---- To oneself ---- */

/* The own APIC id is a destination like others: by the table, the own descriptor and a notification to
 * the own core, which is taken at some boundary behind the write. */
Test(vmx_races, ipi_to_the_own_id_comes_by_notification)
{
    code_sti(&guest[0].code);
    code_send(&guest[0].code, INTERRUPT_LOW, 0);
    code_idle(&guest[0].code);
    guests_open(&g, 1, 0, MEMORY_TSO, guest, &low, &high);
    guests_oblige_on(&g);
    guests_start(&g);
    struct explore_result r = explore_all();
    cr_expect_eq(r.verdict, VERDICT_SAFE, "%s", r.finding_count ? r.finding[0].finding.message : "");
    cr_expect_eq(states_with(&reached, LOW_COUNT, 1), reached.count);
    cr_expect_eq(sent, 1 << 1);
}

/* ---- The EOI of posted-interrupt processing ---- */

/* A halted guest with its notification pending as an edge; then a level-triggered pin brings the same vector. */
static void open_level_notification(unsigned pulses)
{
    static const enum line_action script[] = {LINE_PULSE, LINE_PULSE};
    guest[0].code.size = 0;
    code_idle(&guest[0].code);
    guests_open(&g, 1, 2, MEMORY_TSO, guest, &low, &high);
    struct ioapic *io = ioapic_new(g.l, 0);
    line_device_new(io, 1, 5, script, pulses);
    io->state->entry[5] = RTE_LEVEL | GUESTS_NV;
    apic_accept_fixed(lapic_regs(g.l, 0), GUESTS_NV, false);
    guests_start(&g);
}

static void broadcasts_as_in_dfs(unsigned pulses, unsigned expected)
{
    for (enum algorithm a = ALGORITHM_OPTIMAL; a < ALGORITHM_COUNT; a++) {
        open_level_notification(pulses);
        struct explore_result r = explore_by(a);
        cr_expect_eq(r.verdict, VERDICT_SAFE);
        cr_expect_eq(sent, expected, "%s: counts of broadcasts %#x", algorithm_name[a], sent);
    }
}

/* 29.6, step 4: the notification is dismissed as by a write to EOI, which broadcasts if the last message of its
 * vector was level-triggered (10.8.4, 10.8.5). One that comes between steps 1 and 4 makes the EOI of the edge a
 * broadcast too, before its own: two. Merged with the edge or behind it, it has one. */
Test(vmx_races, eoi_of_processing_races_a_level_as_in_dfs)
{
    broadcasts_as_in_dfs(1, 1 << 1 | 1 << 2);
}

/* One more for a second pulse that comes when the first has been dismissed; while it has not, remote IRR holds
 * the second back, and it is gone. */
Test(vmx_races, eoi_of_processing_races_two_levels_as_in_dfs)
{
    broadcasts_as_in_dfs(2, 1 << 1 | 1 << 2 | 1 << 3);
}
