/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The global interrupt flag: CLGI and STGI in the host, and in a guest that they do not leave (APM vol. 2, 15.17,
 * 15.33).
 *
 * GIF = 0 holds all events, INIT and NMIs among them (core_state.held). With V_GIF_ENABLE the guest's CLGI and
 * STGI change V_GIF alone, which masks virtual interrupts and virtual NMIs; without it they change GIF, and a guest
 * that clears it holds physical events, too.
 *
 * Of others nobody asks for GIF but a start-up message, which is dropped unless INIT waits or has been. A doorbell
 * asks whether a guest runs; so GIF is a resource of its own, and CLGI and STGI do not order doorbells.
 */
#include "svm/internal.h"

bool svm_guest_gif(const struct vmcb_copy *g)
{
    return !vmcb_control(g, V_GIF_ENABLE) || vmcb_control(g, V_GIF);
}

static void set_virtual(struct vmcb_copy *g, bool on)
{
    uint64_t value = vmcb_get(g, VMCB_INT_CTL);
    vmcb_set(g, VMCB_INT_CTL, on ? value | V_GIF : value & ~V_GIF);
}

void svm_set_gif(struct svm *s, struct core *c, const struct insn *in, bool on)
{
    struct footprint fp;
    footprint_clear(&fp);
    footprint_add(&fp, core_control(c->id, UNIT_GIF), ACCESS_WRITE);
    if (!core_point(c, &fp, POINT_BOUNDARY))
        return;
    bool is_virtual = c->state->non_root && vmcb_control(svm_current(s, c), V_GIF_ENABLE);
    if (is_virtual)
        set_virtual(svm_current(s, c), on);
    else
        c->state->held = !on;
    c->exec.spin_broken = 1;
    machine_say(s->m, STEP_INTERRUPTS, "%s = %u", is_virtual ? "V_GIF" : "GIF", on);
    core_skip(c, in);
}
