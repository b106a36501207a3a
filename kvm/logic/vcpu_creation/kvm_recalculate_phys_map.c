/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vCPU in the map of APIC ids; see apic_map.h.
 */
#include "vcpu_creation/apic_map.h"

int kvm_recalculate_phys_map(struct kvm_apic_map *new, struct kvm_vcpu *vcpu)
{
    if ((u32)vcpu->vcpu_id > new->max_apic_id)
        return -1;
    new->phys_map[vcpu->vcpu_id] = vcpu;
    return 0;
}
