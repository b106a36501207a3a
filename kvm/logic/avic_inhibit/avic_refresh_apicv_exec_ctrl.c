/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMCB, and what processors see of the vCPU, follow apicv_active; see avic_inhibit.h.
 */
#include "avic_inhibit/avic_inhibit.h"

/*
 * A vCPU that is off is put: it will not be rung, and does not sleep marked as running. A vCPU that blocks has been put, is
 * not loaded before it has stopped waiting, and does not come here before that.
 */
void avic_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    bool activated = kvm_vcpu_apicv_active(vcpu);

    note_value("AVIC active: %u", activated);
    if (activated)
        avic_activate_vmcb(vcpu);
    else
        avic_deactivate_vmcb(vcpu);

    if (activated)
        avic_vcpu_load(vcpu, vcpu->cpu);
    else
        avic_vcpu_put(vcpu);
}
