/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before the guest is entered once more; see fastpath.h.
 */
#include "fastpath.h"

/* Whoever posted to this vCPU from its own core, or found ON set by that, has sent no notification. */
void vmx_fastpath_reenter(struct kvm_vcpu *vcpu)
{
    vmx_sync_pir_to_irr(vcpu);
}
