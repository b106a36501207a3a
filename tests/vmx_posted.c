/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The micro-steps of posted-interrupt processing (SDM vol. 3, 29.6): their order, and that a post
 * between any two of them is not lost.
 */
#include "tests/vmx_fixture.h"

TestSuite(vmx_posted, .init = set_up);

/* What the seven steps change. */
struct pi_state {
    bool irr, isr; /* of the notification vector in the physical APIC */
    uint64_t control;
    uint64_t pir[PID_WORDS];
    uint32_t virr[8];
    unsigned rvi;
    bool recognized;
};

static struct pi_state pi_look(void)
{
    struct pi_state s = {
        .irr = lapic_irr(l, 0, 0xf2),
        .isr = lapic_isr(l, 0, 0xf2),
        .control = memory_at(PID + PID_CONTROL, 8),
        .rvi = vmx_vid(x, 0)->rvi,
        .recognized = vmx_vid(x, 0)->recognized,
    };
    for (unsigned i = 0; i < PID_WORDS; i++)
        s.pir[i] = memory_at(PID + 8 * i, 8);
    for (unsigned i = 0; i < 8; i++)
        s.virr[i] = (uint32_t)memory_at(VAPIC + VAPIC_VIRR + 16 * i, 4);
    return s;
}

enum { PI_STEPS = 24, PI_NEVER = PI_STEPS };

/* The states before the processing, and behind each of its micro-steps. */
static struct pi_state pi_trace[PI_STEPS];
static unsigned pi_count;

/* What a micro-step changes others must be able to learn from its footprint beforehand. */
static void pi_check_footprint(const struct footprint *fp, const struct pi_state *from,
                               const struct pi_state *to, bool processing_changed)
{
    struct footprint apic = {0}, control = {0}, descriptor = {0}, page = {0};
    footprint_add(&apic, lapic_intr(0), ACCESS_READ);
    footprint_add(&control, core_control(0, UNIT_VIRT), ACCESS_READ);
    footprint_add_memory(&descriptor, PID, 64, ACCESS_READ, 0);
    for (unsigned i = 0; i < 8; i++)
        footprint_add_memory(&page, VAPIC + VAPIC_VIRR + 16 * i, 4, ACCESS_READ, 0);
    if (from->irr != to->irr || from->isr != to->isr)
        cr_expect(footprint_conflicts(fp, &apic), "the local APIC");
    if (processing_changed || from->rvi != to->rvi || from->recognized != to->recognized)
        cr_expect(footprint_conflicts(fp, &control), "the processor's own state");
    if (from->control != to->control || memcmp(from->pir, to->pir, sizeof from->pir))
        cr_expect(footprint_conflicts(fp, &descriptor), "the descriptor");
    if (memcmp(from->virr, to->virr, sizeof from->virr))
        cr_expect(footprint_conflicts(fp, &page), "VIRR");
}

static void pi_run(void)
{
    struct footprint fp;
    bool before_step;
    pi_count = 0;
    pi_trace[pi_count++] = pi_look();
    do {
        cr_assert(agent_enabled(m, 0));
        cr_assert_lt(pi_count, (unsigned)PI_STEPS);
        agent_next(m, 0, &fp);
        before_step = vmx_processing(x, 0);
        agent_step(m, 0);
        pi_trace[pi_count++] = pi_look();
        pi_check_footprint(&fp, &pi_trace[pi_count - 2], &pi_trace[pi_count - 1],
                           vmx_processing(x, 0) != before_step);
    } while (vmx_processing(x, 0));
}

/* Number of the micro-step that changes this member of the state; PI_NEVER if none does. */
#define PI_CHANGES(member) pi_changes(offsetof(struct pi_state, member), \
                                      sizeof(((struct pi_state *)0)->member))

static unsigned pi_changes(size_t offset, size_t size)
{
    unsigned at = PI_NEVER;
    for (unsigned i = 1; i < pi_count; i++) {
        const uint8_t *was = (const uint8_t *)&pi_trace[i - 1] + offset;
        if (!memcmp(was, (const uint8_t *)&pi_trace[i] + offset, size))
            continue;
        cr_assert_eq(at, PI_NEVER, "steps %u and %u change the same", at, i);
        at = i;
    }
    return at;
}

/* NV, NDST and SN, which the processor does not look at and must not change. */
static const uint64_t PI_SOFTWARE = 0x0000000700f20002;

static void pi_start(const unsigned *vector, unsigned count)
{
    start();
    run();
    memory_write(&m->memory, PID + PID_CONTROL, 8, PI_SOFTWARE);
    for (unsigned i = 0; i < count; i++)
        post(vector[i]);
    interrupt_core(0xf2);
    pi_run();
}

Test(vmx_posted, posted_processing_goes_in_the_order_of_the_manual)
{
    static const unsigned vectors[] = {0x31, 0x74, 0xb5, 0xe6}; /* one in each word of PIR */
    pi_start(vectors, 4);
    unsigned acknowledged = PI_CHANGES(irr), on = PI_CHANGES(control), eoi = pi_count;
    for (unsigned i = pi_count - 1; i && !pi_trace[i].isr; i--)
        eoi = i;
    cr_assert_eq(acknowledged, 1);
    cr_expect(pi_trace[1].isr, "step 1: from IRR to ISR");
    cr_expect_eq(pi_trace[1].control, PI_SOFTWARE | PID_ON);
    cr_assert_eq(on, 2, "step 3: ON is cleared before anything else is touched");
    cr_expect_eq(pi_trace[on].control, PI_SOFTWARE, "... and no other bit");
    cr_expect(pi_trace[on].isr);
    cr_assert_gt(eoi, on, "step 4: EOI to the local APIC");
    unsigned drained = 0, merged = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned word = vectors[i] / 64, half = vectors[i] / 32;
        unsigned pir = PI_CHANGES(pir[word]), virr = PI_CHANGES(virr[half]);
        cr_expect_gt(pir, eoi, "step 5: PIR[%u]", word);
        cr_expect_lt(pir, pi_count, "step 5: PIR[%u] is cleared", word);
        cr_expect_geq(virr, pir, "step 5: VIRR[%u] gets what was read", half);
        cr_expect_eq(pi_trace[pi_count - 1].pir[word], 0);
        cr_expect_eq(pi_trace[pi_count - 1].virr[half], 1u << (vectors[i] & 31));
        drained = pir > drained ? pir : drained;
        merged = virr > merged ? virr : merged;
    }
    cr_assert_lt(merged, pi_count);
    cr_expect_gt(PI_CHANGES(rvi), drained, "step 6: behind all of PIR");
    cr_expect_gt(PI_CHANGES(rvi), merged);
    cr_expect_eq(pi_trace[pi_count - 1].rvi, 0xe6);
    cr_expect_geq(PI_CHANGES(recognized), PI_CHANGES(rvi), "step 7: evaluation comes last");
    cr_expect(pi_trace[pi_count - 1].recognized);
}

/* Step 6: RVI becomes the maximum of its old value and the highest vector of PIR. */
Test(vmx_posted, posted_processing_does_not_lower_rvi)
{
    static const unsigned vector = 0x31;
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0xf0);
    pending_virtual(0x61);
    pi_start(&vector, 1);
    cr_expect_eq(PI_CHANGES(rvi), PI_NEVER);
    cr_expect_eq(pi_trace[pi_count - 1].rvi, 0x61);
    cr_expect_eq(pi_trace[pi_count - 1].virr[1], 1u << (0x31 & 31));
}

/*
 * A poster sets its bit, and if it finds ON = 0 it sets ON and notifies. Whenever it comes between
 * two micro-steps, its vector is handled, once, and so is the first: nothing can get between the
 * read of a word of PIR and its clearing, nor between the clearing of ON and the read.
 */
static unsigned post_behind(unsigned step, unsigned vector)
{
    m->core_ops->begin(m->cpu);
    run();
    post(0x31);
    interrupt_core(0xf2);
    unsigned done = 0;
    while (done < step && (!done || vmx_processing(x, 0))) {
        agent_step(m, 0);
        done++;
    }
    bool notify = !(memory_at(PID + PID_CONTROL, 8) & PID_ON);
    post(vector);
    if (notify)
        interrupt_core(0xf2);
    run();
    cr_expect_eq(handled(), 2, "%#x posted behind micro-step %u: %s", vector, done, trace);
    cr_expect_eq(memory_at(PID + 8 * (vector / 64), 8), 0);
    cr_expect_eq(memory_at(PID + PID_CONTROL, 8), 0);
    return done;
}

Test(vmx_posted, V23_a_post_between_two_micro_steps_is_not_lost)
{
    static const unsigned vectors[] = {0x32, 0x71, 0xb5, 0xe6}; /* 0x32: the word that is drained */
    start();
    for (unsigned i = 0; i < 4; i++) {
        unsigned step = 0;
        while (post_behind(step, vectors[i]) == step)
            step++;
        cr_expect_gt(step, 5, "only %u micro-steps", step);
    }
}

Test(vmx_posted, processing_is_flagged_from_acknowledgement_to_evaluation)
{
    start();
    run();
    post(0x31);
    interrupt_core(0xf2);
    unsigned steps = 0, done = 0;
    cr_assert_not(vmx_processing(x, 0));
    agent_step(m, 0);
    while (vmx_processing(x, 0)) {
        struct footprint fp;
        agent_next(m, 0, &fp);
        done += fp.events & EVENT_PI_DONE ? 1 : 0;
        agent_step(m, 0);
        cr_assert_lt(++steps, 20u);
    }
    cr_assert_eq(done, 1);
    /* ON = 0, EOI, four words of PIR, one of VIRR, the last. */
    cr_assert_eq(steps, 8, "%u", steps);
}
