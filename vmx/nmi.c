/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMIs and a guest: what blocks them, and virtual NMIs.
 * After the SDM vol. 3, 24.6.1, 25.2, 25.3, 26.5.1.1, 26.6.1, 26.6.6, 27.3.4, 27.5.5.
 *
 * Three cases. Without NMI exiting the guest has the processor's NMIs: IRET unblocks them. With it they
 * leave the guest, and bit 3 of the interruptibility state is a blocking that IRET does not end. With
 * virtual NMIs as well, NMIs are never blocked in the guest and leave it; bit 3 is the blocking of
 * *virtual* NMIs, which injection sets and IRET clears, and NMI-window exiting tells the host when there
 * is none.
 *
 * Left out: faults of IRET, and so bit 12 of the exit-interruption information.
 */
#include "vmx/internal.h"

static bool has_virtual_nmis(const struct vmcs *v)
{
    return vmx_pin(v, PIN_VIRTUAL_NMIS);
}

/* 26.6.1 */
void vmx_load_nmi_blocking(struct vmx *x, struct core *c, const struct vmcs *v)
{
    bool blocked = vmcs_get(v, VMCS_GUEST_INTERRUPTIBILITY) & BLOCKING_NMI;
    vmx_core(x, c)->virtual_nmi_blocked = has_virtual_nmis(v) && blocked;
    c->state->nmi_blocked = !has_virtual_nmis(v) && blocked;
}

/* 26.5.1.1: an injected NMI blocks others as one does that came by itself. */
void vmx_block_nmis(struct vmx *x, struct core *c)
{
    if (has_virtual_nmis(vmx_current(x, c->id)))
        vmx_core(x, c)->virtual_nmi_blocked = 1;
    else
        c->state->nmi_blocked = 1;
}

/* Bit 3 of the interruptibility state, as VM exit saves it: 27.3.4. */
bool vmx_nmi_blocking(const struct vmx *x, const struct core *c, const struct vmcs *v)
{
    return has_virtual_nmis(v) ? vmx_core(x, c)->virtual_nmi_blocked : c->state->nmi_blocked;
}

/* 25.3 */
void vmx_iret(void *virt, struct core *c)
{
    struct vmx *x = virt;
    const struct vmcs *v = vmx_current(x, c->id);
    if (has_virtual_nmis(v))
        vmx_core(x, c)->virtual_nmi_blocked = 0;
    else if (!vmx_pin(v, PIN_NMI))
        c->state->nmi_blocked = 0;
}

/* 25.2: MOV SS delays the exit, STI may. The knob is that of NMIs, asked wherever STI blocks, which is the
 * core's own affair. */
bool vmx_nmi_window_open(struct core *c, const struct vmcs *v)
{
    const struct vmx *x = c->cpu->virt;
    assert(vmx_proc(v, PROC_NMI_WINDOW));
    if (vmx_core(x, c)->virtual_nmi_blocked || (c->state->shadow & SHADOW_MOV_SS) ||
        c->state->activity == ACTIVITY_SIPI)
        return false;
    return !(c->state->shadow & SHADOW_STI) ||
           knob_value(&c->m->knobs, KNOB_STI_BLOCKS_NMI) == 0;
}
