/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which vCPU has which APIC id: the map by which IPIs in software find their targets.
 *
 * It is built anew when an APIC has changed, which marks it dirty, under a lock of its own; who looks something up takes the
 * map that is there, or asks all vCPUs if there is none. Memory for it is allocated when the highest id is known, and filled
 * after that, and a vCPU may go online in between. In upstream's names and order of steps as of Linux 6.6, from facts about
 * it. Left out: ids in xAPIC mode, logical ids, APICs that are off (a vCPU that is online has one), RCU (no map is ever
 * freed), the least size of 256 ids.
 */
#ifndef IRQWEAVE_KVM_LOGIC_APIC_MAP_H
#define IRQWEAVE_KVM_LOGIC_APIC_MAP_H

#include "vcpu_creation/vcpu_creation.h"

/* apic_map_dirty */
#define CLEAN               0
#define UPDATE_IN_PROGRESS  1
#define DIRTY               2

struct kvm_apic_map {
    u32 max_apic_id;
    struct kvm_vcpu *phys_map[NR_VCPUS];    /* as long as max_apic_id says */
};

struct kvm_apic_maps {
    raw_spinlock_t lock;
    int dirty;
    u32 allocated;
    struct kvm_apic_map *map;
};

extern struct kvm_apic_maps kvm_apic_maps;

/* An APIC has changed, or is new. */
static inline void kvm_mark_apic_map_dirty(void)
{
    smp_store_release(&kvm_apic_maps.dirty, DIRTY);
}

void kvm_recalculate_apic_map(void);

/* Parts of it: memory for ids up to this; one vCPU, < 0: there is no room for it; then start again, or have no map. */
struct kvm_apic_map *kvm_apic_map_alloc(u32 max_apic_id);
int kvm_recalculate_phys_map(struct kvm_apic_map *new, struct kvm_vcpu *vcpu);
bool kvm_recalculate_again(void);

#endif
