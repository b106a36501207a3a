/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for a map of APIC ids; see apic_map.h. The lock is held.
 */
#include "vcpu_creation/apic_map.h"

struct kvm_apic_maps kvm_apic_maps;

struct kvm_apic_map *kvm_apic_map_alloc(u32 max_apic_id)
{
    static struct kvm_apic_map maps[6];
    u32 next = kvm_apic_maps.allocated;

    if (next == sizeof(maps) / sizeof(maps[0]))
        BUG();
    kvm_apic_maps.allocated = next + 1;
    maps[next].max_apic_id = max_apic_id;
    return &maps[next];
}
