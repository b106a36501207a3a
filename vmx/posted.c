/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posted-interrupt processing: what a core in guest mode does with the notification vector.
 * After the SDM vol. 3, 29.6, steps 1 to 7. Uninterruptible; every access to memory is
 * a step of its own, and ON is cleared before PIR is read.
 *
 * Atomicity of step 5 is per 64-bit word of PIR (29.6 asks only that no agent sees a value between
 * read and clearing). SN, NV and NDST of the descriptor are not looked at.
 */
#include "vmx/posted.h"

#include "vmx/internal.h"

/* Step 5 for one word. Returns its bits. */
static uint64_t drain_word(struct vmx *x, struct core *c, uint64_t pid, unsigned word)
{
    uint64_t bits = core_hw_rmw(c, pid + 8 * word, 8, 0, 0);
    machine_say(x->m, STEP_VMX, "PI: PIR[%u] read and cleared", word);
    if ((uint32_t)bits)
        vid_set_virr(x, c, 2 * word, (uint32_t)bits);
    if (bits >> 32)
        vid_set_virr(x, c, 2 * word + 1, (uint32_t)(bits >> 32));
    return bits;
}

/* Step 5. Returns the highest vector found, 0 if PIR was empty. */
static unsigned drain(struct vmx *x, struct core *c, uint64_t pid)
{
    /* Asked also if at most one word holds something in this order: in the other one a poster that
     * has seen one word emptied may have set a bit in the other. */
    bool descending = knob_value(&x->m->knobs, KNOB_PIR_DRAIN_ORDER) == 1;
    unsigned highest = 0;
    for (unsigned i = 0; i < PID_WORDS; i++) {
        unsigned word = descending ? PID_WORDS - 1 - i : i;
        uint64_t bits = drain_word(x, c, pid, word);
        if (!bits)
            continue;
        unsigned top = word * 64 + 63 - (unsigned)__builtin_clzll(bits);
        highest = top > highest ? top : highest;
    }
    return highest;
}

static void acknowledge_notification(struct vmx *x, struct core *c)
{
    unsigned vector = lapic_acknowledge(x->lapic, c->id);
    assert(vector == vmcs_get(vmx_current(x, c->id), VMCS_POSTED_INTR_NV));
    (void)vector;
    vmx_core(x, c)->posted_processing = 1;
    machine_say(x->m, STEP_VMX, "PI: acknowledge %#x", vector);
}

static void end_of_notification(struct vmx *x, struct core *c)
{
    struct footprint fp;
    unsigned flags = 0;
    footprint_clear(&fp);
    lapic_next_eoi(x->lapic, c->id, &fp, &flags);
    core_point(c, &fp, flags);
    lapic_eoi(x->lapic, c->id);
}

static void finish(struct vmx *x, struct core *c, unsigned highest)
{
    struct vmx_core *k = vmx_core(x, c);
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    fp.events |= EVENT_PI_DONE;
    core_point(c, &fp, 0);
    vid_raise_rvi(&k->vid, highest);
    vid_evaluate(&k->vid, vid_window_exiting(vmx_current(x, c->id)));
    k->posted_processing = 0;
    machine_say(x->m, STEP_VMX, "PI: RVI = %#x%s", k->vid.rvi,
                k->vid.recognized ? ", recognised" : "");
}

void posted_process(struct vmx *x, struct core *c)
{
    uint64_t pid = vmcs_get(vmx_current(x, c->id), VMCS_POSTED_INTR_DESC); /* 0 is an address like others */
    assert(!vmx_core(x, c)->posted_processing);
    acknowledge_notification(x, c); /* steps 1 and 2 */
    core_hw_rmw(c, pid + PID_CONTROL, 4, ~(uint64_t)PID_ON, 0); /* step 3 */
    machine_say(x->m, STEP_VMX, "PI: ON = 0");
    end_of_notification(x, c);               /* step 4 */
    unsigned highest = drain(x, c, pid);     /* step 5 */
    finish(x, c, highest);                   /* steps 6 and 7 */
    c->state->cycles += VMX_POSTED_CYCLES;
}
