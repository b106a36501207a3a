/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's route of an assigned device's interrupt; see iommu.h.
 */
#include "iommu.h"

void vmx_pi_update_irte(struct intel_ir_data *data, struct kvm_vcpu *vcpu, int vector)
{
    struct vcpu_data info;

    if (!vcpu) {
        intel_ir_set_vcpu_affinity(data, NULL);
        return;
    }
    info = (struct vcpu_data) { __pa(&vcpu->pi_desc), vector };
    intel_ir_set_vcpu_affinity(data, &info);
}
