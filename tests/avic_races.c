/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC and software on other cores, all interleavings of real machine code: the litmus tests LT1, LT3, LT5 and LT6 and the
 * invariants of docs/model/avic.md (APM vol. 2, 15.29.6.1, 15.29.8; what Linux demands of the processor), on a healthy
 * processor and on one with erratum #1235.
 *
 * A guest's handler of LOW counts in a variable of its own. Each state is that of an end.
 */
#include <criterion/criterion.h>

#include "svm/errata.h"
#include "tests/support/agree.h"
#include "tests/support/avic_guests.h"

enum { VECTOR = INTERRUPT_LOW, COUNT = 0, MODE = 1, GO = 6, READY = 7, CPU = 6, LIMIT = 400000 };
#define IRR_BIT (1u << (VECTOR & 31))
#define OTHER_BIT (1u << (INTERRUPT_HIGH & 31)) /* of the same word */

static struct avic_program a;
static struct state_set states;

static void begin(unsigned cores)
{
    avic_program_init(&a, cores);
    code_add(&a.low, COUNT, 1);
    a.model = MEMORY_TSO;
}

/* All reductions agree with plain DFS, and these are the states. */
static void explore_as_dfs(void)
{
    char text[200] = "";
    struct program *p = avic_program_open(&a);
    enum agreement how = agree_with_dfs(p, LIMIT, &states, text, sizeof text);
    cr_assert_neq(how, DIFFERS, "%s", text);
    cr_assert_eq(how, AGREES, "too large for DFS");
    cr_assert_gt(states.count, 0);
    program_free(p);
}

/* For programs that are too large for that. `values`: assignments of knobs, NULL ends them. */
static void explore_reduced(const char *const *knobs)
{
    struct program *p = avic_program_open(&a);
    for (; knobs && *knobs; knobs++)
        cr_assert(knob_set(&p->m->knobs, *knobs), "%s", *knobs);
    cr_assert(interrupts_explore(p, ALGORITHM_OPTIMAL, false, 4000000, &states));
    cr_assert_gt(states.count, 0);
    program_free(p);
}

static unsigned with(unsigned core, unsigned reg, uint32_t value)
{
    return states_with(&states, state_word(core, reg), value);
}

static unsigned with_both(unsigned core, unsigned reg, uint32_t value, unsigned other, unsigned other_reg,
                          uint32_t other_value)
{
    return states_with_both(&states, state_word(core, reg), value, state_word(other, other_reg), other_value);
}

/* ---- LT1: an IPI to a vCPU that is about to block ---- */

/* CPU0: a guest sends HIGH some times, then LOW, and halts, which exits; R9 is the exit code. CPU1: a host that
 * marks its vCPU as not running, and looks into IRR behind a fence: R8, 0 where it would go to sleep. */
static void block(unsigned sends, bool fence)
{
    begin(2);
    for (unsigned i = 1; i < sends; i++)
        code_send(&a.core[0].guest, INTERRUPT_HIGH, 1);
    code_send(&a.core[0].guest, VECTOR, 1);
    a.core[0].hlt_exits = true;
    code_load_at(&a.core[0].exit, 9, avic_exit_code(0));
    a.core[1].enters = false;
    code_set_running(&a.core[1].host, 1, false);
    if (fence)
        code_mfence(&a.core[1].host);
    code_load_at(&a.core[1].host, 8, avic_irr(1, VECTOR));
}

/* LOW was not seen, and the sender has not left its guest for it. */
static unsigned lost(void)
{
    return with_both(1, 8, 0, 0, 9, VMEXIT_HLT) + with_both(1, 8, OTHER_BIT, 0, 9, VMEXIT_HLT);
}

/* I4 */
Test(avic_races, LT1_I4_a_healthy_processor_leaves_or_is_seen)
{
    block(1, true);
    explore_as_dfs();
    cr_expect_eq(lost(), 0);
    cr_expect_eq(with_both(1, 8, 0, 0, 9, VMEXIT_AVIC_INCOMPLETE_IPI), 1, "it exits");
    cr_expect_eq(with_both(1, 8, IRR_BIT, 0, 9, VMEXIT_HLT), 1, "or IRR is seen");
}

/* The software half of the pair: without its fence the store may be late (x86-TSO). */
Test(avic_races, LT1_without_the_fence_it_is_lost)
{
    block(1, false);
    explore_as_dfs();
    cr_expect_eq(lost(), 1);
}

Test(avic_races, LT1_without_the_fence_under_sc_it_is_not)
{
    block(1, false);
    a.model = MEMORY_SC;
    explore_as_dfs();
    cr_expect_eq(lost(), 0);
}

/* MODEL-R: one IPI is enough. */
Test(avic_races, LT1_erratum_1235_reorder)
{
    block(1, true);
    a.errata = ERRATUM_1235;
    explore_as_dfs();
    cr_expect_eq(lost(), 1);
}

static const char *const stale[] = {"erratum-1235=stale-copy", NULL};

/* MODEL-C: the first write of a core has nothing stale to read ... */
Test(avic_races, LT6_one_write_has_no_stale_copy)
{
    block(1, true);
    a.errata = ERRATUM_1235;
    explore_reduced(stale);
    cr_expect_eq(lost(), 0);
}

/* ... the second has. */
Test(avic_races, LT6_two_writes_have_one)
{
    block(2, true);
    a.errata = ERRATUM_1235;
    explore_reduced(stale);
    cr_expect_gt(lost(), 0);
}

/* And two writes of a healthy processor do not lose: the control. */
Test(avic_races, LT1_I4_two_writes_of_a_healthy_processor)
{
    block(2, true);
    explore_reduced(NULL);
    cr_expect_eq(lost(), 0);
}

/* Under MODEL-R a look at IRR that comes much later, behind a sign of life of the sender, finds it; that is the
 * difference between the models. CPU1 looks once more when CPU0 has left its guest. */
static void look_late(unsigned sends)
{
    block(sends, true);
    code_store(&a.core[0].exit, READY, 1);
    code_wait_until_set(&a.core[1].host, READY);
    code_load_at(&a.core[1].host, 8, avic_irr(1, VECTOR));
}

Test(avic_races, LT1_erratum_1235_reorder_and_a_late_look)
{
    look_late(1);
    a.errata = ERRATUM_1235;
    explore_reduced(NULL);
    cr_expect_eq(with(1, 8, 0), 0);
}

/* ---- LT6: for how many writes a copy is stale ---- */

/* CPU0: a guest that sends, waits until CPU1 has marked its vCPU as not running, and sends again and again; R9
 * counts what did not exit. The exit ends it. */
static void measure(void)
{
    struct code *g = &a.core[0].guest;
    begin(2);
    code_send(g, VECTOR, 1);
    code_store(g, GO, 1);
    code_wait_until_set(g, READY);
    for (unsigned i = 0; i < 6; i++) {
        code_send(g, VECTOR, 1);
        code_bytes(g, "\x41\xff\xc1", 3); /* inc r9d */
    }
    a.core[0].hlt_exits = true;
    a.core[1].enters = false;
    code_wait_until_set(&a.core[1].host, GO);
    code_set_running(&a.core[1].host, 1, false);
    code_mfence(&a.core[1].host);
    code_store(&a.core[1].host, READY, 1);
    a.errata = ERRATUM_1235;
}

/* Each number up to the knob's is there, and none beyond: at each write the old entry or the new one. */
static void stale_for(const char *writes, unsigned count)
{
    const char *const knobs[] = {"erratum-1235=stale-copy", writes, NULL};
    measure();
    explore_reduced(knobs);
    for (unsigned n = 0; n <= 6; n++)
        cr_expect_eq(!!with(0, 9, n), n <= count, "%u writes without an exit", n);
}

Test(avic_races, LT6_stale_for_one_write)
{
    stale_for("erratum-1235-writes=1", 1);
}

Test(avic_races, LT6_stale_for_two_writes)
{
    stale_for("erratum-1235-writes=2", 2);
}

Test(avic_races, LT6_stale_for_four_writes)
{
    stale_for("erratum-1235-writes=4", 4);
}

Test(avic_races, LT6_reorder_is_over_with_the_write)
{
    measure();
    explore_reduced(NULL);
    cr_expect_eq(with(0, 9, 0), states.count);
}

Test(avic_races, LT6_a_healthy_processor_leaves_at_once)
{
    measure();
    a.errata = 0;
    explore_reduced(NULL);
    cr_expect_eq(with(0, 9, 0), states.count);
}

/* Does the copy outlive an exit? The guest leaves by HLT in between, and goes on behind it. */
static unsigned across_an_exit(const char *world_switch)
{
    const char *const knobs[] = {"erratum-1235=stale-copy", world_switch, NULL};
    block(1, true);
    a.core[0].guest.size = 0;
    code_send(&a.core[0].guest, INTERRUPT_HIGH, 1);
    code_bytes(&a.core[0].guest, "\x0f\x01\xd9", 3); /* vmmcall */
    code_send(&a.core[0].guest, VECTOR, 1);
    a.core[0].exit.size = 0;
    code_load_at(&a.core[0].exit, 9, avic_exit_code(0));
    /* cmp r9d, 81h; jne end; add qword [VMCB.rip], 3; vmrun; mov r9d, exit code */
    code_bytes(&a.core[0].exit, "\x41\x81\xf9\x81\x00\x00\x00\x75\x00", 9);
    unsigned jump = a.core[0].exit.size;
    uint32_t rip = (uint32_t)(PROGRAM_BASE + AVIC_VMCB + offsetof(struct vmcb, save.rip));
    code_bytes(&a.core[0].exit, "\x48\x83\x04\x25", 4);
    code_bytes(&a.core[0].exit, &rip, 4);
    code_bytes(&a.core[0].exit, "\x03", 1);
    code_vmrun(&a.core[0].exit, 0);
    code_load_at(&a.core[0].exit, 9, avic_exit_code(0));
    a.core[0].exit.byte[jump - 1] = (uint8_t)(a.core[0].exit.size - jump);
    a.errata = ERRATUM_1235;
    explore_reduced(knobs);
    return lost();
}

Test(avic_races, erratum_1235_a_copy_outlives_an_exit)
{
    cr_expect_gt(across_an_exit("erratum-1235-world-switch=keeps"), 0);
}

Test(avic_races, erratum_1235_or_it_does_not)
{
    cr_expect_eq(across_an_exit("erratum-1235-world-switch=drops"), 0);
}

/* ---- I1, I5: what is sent arrives, once ---- */

/* An IPI to a guest that runs, or is about to. */
static void send_to_a_guest(void)
{
    begin(2);
    code_send(&a.core[0].guest, VECTOR, 1);
    code_idle(&a.core[1].guest);
}

Test(avic_races, I1_I5_an_ipi_is_taken_once)
{
    send_to_a_guest();
    explore_as_dfs();
    cr_expect_eq(states_with(&states, COUNT, 1), states.count);
}

Test(avic_races, I1_I5_an_ipi_is_taken_once_under_sc)
{
    send_to_a_guest();
    a.model = MEMORY_SC;
    explore_as_dfs();
    cr_expect_eq(states_with(&states, COUNT, 1), states.count);
}

/* Where it is taken: between any two accesses of the guest that others can see. R8 of CPU1 is what its handler finds in
 * a variable that the guest writes twice. */
Test(avic_races, an_ipi_comes_between_any_two_accesses)
{
    begin(2);
    code_send(&a.core[0].guest, VECTOR, 1);
    a.model = MEMORY_SC;
    code_store(&a.core[1].guest, MODE, 1);
    code_store(&a.core[1].guest, MODE, 2);
    code_idle(&a.core[1].guest);
    a.core[1].flag = true;
    code_load(&a.low, 8, MODE);
    explore_as_dfs();
    for (unsigned value = 0; value <= 2; value++)
        cr_expect_gt(with(1, 8, value), 0, "%u", value);
}

/* Two senders of the same vector: one or two interrupts, never none, never three. */
Test(avic_races, I5_two_senders)
{
    begin(3);
    code_send(&a.core[0].guest, VECTOR, 1);
    code_idle(&a.core[1].guest);
    code_send(&a.core[2].guest, VECTOR, 1);
    a.model = MEMORY_SC;
    explore_reduced(NULL);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(states_with(&states, COUNT, 1), 1);
    cr_expect_eq(states_with(&states, COUNT, 2), 1);
}

/* ---- LT3: software delivers ---- */

/* CPU0: IRR, fence, mode; where the guest is entered, the doorbell. CPU1: mode, fence, VMRUN. R8 of CPU0 is the mode that
 * it read. */
static void deliver(bool target_fence)
{
    struct code *s = &a.core[0].host;
    begin(2);
    a.core[0].enters = false;
    code_lock_or_at(s, avic_irr(1, VECTOR), IRR_BIT);
    code_load(s, 8, MODE);
    code_bytes(s, "\x45\x85\xc0\x74\x00", 5); /* test r8d, r8d; je over */
    unsigned jump = s->size;
    code_doorbell(s, 1);
    s->byte[jump - 1] = (uint8_t)(s->size - jump);
    code_store(&a.core[1].host, MODE, 1);
    if (target_fence)
        code_mfence(&a.core[1].host);
    code_idle(&a.core[1].guest);
}

Test(avic_races, LT3_vmrun_finds_it_or_the_doorbell_is_rung)
{
    deliver(true);
    explore_as_dfs();
    cr_expect_eq(states_with(&states, COUNT, 1), states.count);
    cr_expect_eq(with(0, 8, 0), 1);
    cr_expect_eq(with(0, 8, 1), 1);
}

/* The fence is what it rests on, unless VMRUN itself waits for the store buffer. */
static unsigned missed(const char *drains)
{
    const char *const knobs[] = {drains, NULL};
    deliver(false);
    explore_reduced(knobs);
    return states_with_both(&states, COUNT, 0, state_word(0, 8), 0);
}

Test(avic_races, LT3_without_the_fence)
{
    cr_expect_eq(missed("vmrun-drains=no"), 1);
}

Test(avic_races, LT3_without_the_fence_where_vmrun_drains)
{
    cr_expect_eq(missed("vmrun-drains=yes"), 0);
}

/* ---- LT5: the vCPU moves while the doorbell is on its way ---- */

/* The vCPU begins on CPU0 with interrupts off and leaves; its host hands it to CPU1, where it goes on. CPU2 sends it an
 * interrupt the way KVM does: IRR, fence, where it is, the doorbell there. */
static void migrate(void)
{
    begin(3);
    code_bytes(&a.core[0].guest, "\x0f\x01\xd9", 3); /* vmmcall: exits */
    code_idle(&a.core[0].guest);
    /* add qword [VMCB.rip], 3 */
    uint32_t rip = (uint32_t)(PROGRAM_BASE + AVIC_VMCB + offsetof(struct vmcb, save.rip));
    code_bytes(&a.core[0].exit, "\x48\x83\x04\x25", 4);
    code_bytes(&a.core[0].exit, &rip, 4);
    code_bytes(&a.core[0].exit, "\x03", 1);
    code_store(&a.core[0].exit, CPU, 1);
    code_store(&a.core[0].exit, READY, 1);
    code_wait_until_set(&a.core[1].host, READY);
    a.core[1].vmcb = 0;
    a.core[2].enters = false;
    code_lock_or_at(&a.core[2].host, avic_irr(0, VECTOR), IRR_BIT);
    code_load(&a.core[2].host, 9, CPU);
    code_mov(&a.core[2].host, 1, 0xc001011b);
    code_bytes(&a.core[2].host, "\x44\x89\xc8\x31\xd2\x0f\x30", 7); /* mov eax, r9d; xor edx, edx; wrmsr */
    a.model = MEMORY_SC;
}

Test(avic_races, LT5_taken_where_it_went)
{
    migrate();
    explore_reduced(NULL);
    cr_expect_eq(states_with(&states, COUNT, 1), states.count);
    cr_expect_gt(with(2, 9, 0), 0, "in some the doorbell was for the core that it left");
    cr_expect_gt(with(2, 9, 1), 0);
}

/* ---- I9: IsRunning is never set (enable_ipiv = 0) ---- */

/* Each IPI exits, with IRR set; a self IPI does not. R9 of CPU0: the exit code. */
static void never_running(unsigned icr, unsigned target)
{
    begin(2);
    a.runs[0] = a.runs[1] = false;
    code_send(&a.core[0].guest, icr, target);
    a.core[0].hlt_exits = true;
    code_load_at(&a.core[0].exit, 9, avic_exit_code(0));
    a.core[1].enters = false;
    code_load_at(&a.core[1].host, 8, avic_irr(1, VECTOR));
    a.errata = ERRATUM_1235; /* it makes no difference */
    explore_as_dfs();
}

Test(avic_races, I9_an_ipi_exits_on_an_affected_processor_too)
{
    never_running(VECTOR, 1);
    cr_expect_eq(with(0, 9, VMEXIT_AVIC_INCOMPLETE_IPI), states.count);
    cr_expect_gt(with(1, 8, IRR_BIT), 0);
}

Test(avic_races, I9_a_self_ipi_does_not_exit)
{
    never_running(1 << 18 | VECTOR, 0);
    cr_expect_eq(with(0, 9, VMEXIT_HLT), states.count);
}

/* ---- The doorbell in the host ---- */

/* Complete executions of a host that changes GIF a number of times before VMRUN, while its doorbell rings. */
static uint64_t executions_with(unsigned changes)
{
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result r;
    begin(2);
    for (unsigned i = 0; i < changes; i++)
        code_bytes(&a.core[0].host, i % 2 ? "\x0f\x01\xdc" : "\x0f\x01\xdd", 3); /* stgi, clgi */
    a.core[0].hlt_exits = true;
    a.core[1].enters = false;
    code_doorbell(&a.core[1].host, 0);
    struct program *p = avic_program_open(&a);
    explore(p->m, &o, &r);
    uint64_t executions = r.complete;
    explore_result_free(&r);
    program_free(p);
    return executions;
}

/* 15.29.8.2: no effect outside guest mode. So what tells executions apart is whether it rings before VMRUN, in the
 * guest, whose interrupts are off, or behind #VMEXIT; GIF does not. */
Test(avic_races, gif_is_nothing_to_a_doorbell)
{
    cr_expect_eq(executions_with(0), 3);
    cr_expect_eq(executions_with(6), 3);
}
