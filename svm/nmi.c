/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual NMIs, and what IRET unmasks (APM vol. 2, 15.21.10).
 *
 * With V_NMI_ENABLE a virtual NMI is pending in V_NMI and masked by V_NMI_MASK, which the guest's IRET clears;
 * physical NMIs leave the guest (the intercept must be set). Without it a guest's IRET unmasks physical NMIs.
 */
#include "svm/internal.h"

bool svm_vnmi_ready(struct svm *s, struct core *c, const struct vmcb_copy *g)
{
    (void)s;
    return vmcb_control(g, V_NMI_ENABLE) && vmcb_control(g, V_NMI) && !vmcb_control(g, V_NMI_MASK) &&
           svm_guest_gif(g) && !c->state->shadow;
}

void svm_take_vnmi(struct svm *s, struct core *c)
{
    struct vmcb_copy *g = svm_current(s, c);
    vmcb_set(g, VMCB_INT_CTL, (vmcb_get(g, VMCB_INT_CTL) & ~V_NMI) | V_NMI_MASK);
    machine_say(c->m, STEP_DELIVER, "takes a virtual NMI");
    core_deliver_event(c, &(struct delivery){.vector = VECTOR_NMI,
                                             .type = DELIVER_NMI,
                                             .return_rip = c->exec.resume_rip});
}

void svm_iret(void *virt, struct core *c)
{
    struct vmcb_copy *g = svm_current(virt, c);
    if (vmcb_control(g, V_NMI_ENABLE))
        vmcb_set(g, VMCB_INT_CTL, vmcb_get(g, VMCB_INT_CTL) & ~V_NMI_MASK);
    else
        c->state->nmi_blocked = 0;
}
