/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before 6.4: nobody asks whether a vCPU has room in the map.
 */
#include "vcpu_creation/apic_map.h"

int kvm_recalculate_phys_map(struct kvm_apic_map *new, struct kvm_vcpu *vcpu)
{
    if ((u32)vcpu->vcpu_id > new->max_apic_id)
        WARN("a write beyond the end of the map");
    new->phys_map[vcpu->vcpu_id] = vcpu;
    return 0;
}
