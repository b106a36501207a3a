/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of APIC ids anew; see apic_map.h.
 */
#include "vcpu_creation/apic_map.h"

static u32 highest_id(void)
{
    u32 online = READ_ONCE(kvm_vcpus.online_vcpus), max_id = 0;

    for (u32 i = 0; i < online; i++) {
        u32 id = READ_ONCE(kvm_vcpus.vcpu_array[i])->vcpu_id;

        max_id = id > max_id ? id : max_id;
    }
    return max_id;
}

static int fill(struct kvm_apic_map *new)
{
    u32 online = READ_ONCE(kvm_vcpus.online_vcpus);
    int r = 0;

    for (u32 i = 0; i < online && !r; i++)
        r = kvm_recalculate_phys_map(new, READ_ONCE(kvm_vcpus.vcpu_array[i]));
    return r;
}

/* Who marks the map dirty meanwhile comes next, unless the attempts here have seen what it is about. */
void kvm_recalculate_apic_map(void)
{
    struct kvm_apic_map *new = NULL;
    bool again;

    if (READ_ONCE(kvm_apic_maps.dirty) == CLEAN)
        return;
    raw_spin_lock(&kvm_apic_maps.lock);
    do {
        if (cmpxchg(&kvm_apic_maps.dirty, DIRTY, UPDATE_IN_PROGRESS) == CLEAN) {
            raw_spin_unlock(&kvm_apic_maps.lock);
            return;
        }
        new = kvm_apic_map_alloc(highest_id());
        again = false;
        if (fill(new) < 0) {
            new = NULL;
            again = kvm_recalculate_again();
        }
    } while (again);
    smp_store_release(&kvm_apic_maps.map, new);
    cmpxchg(&kvm_apic_maps.dirty, UPDATE_IN_PROGRESS, CLEAN);
    raw_spin_unlock(&kvm_apic_maps.lock);
}
