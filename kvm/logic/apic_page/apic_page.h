/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page of the APIC's registers, and the mapping that decides what a guest's access to it comes to, on AMD with xAVIC.
 *
 * Nested page tables are not modelled. Here is the one entry of them that matters, as memory, and the processor's look at
 * it: an access of the guest is a VMMCALL, and what the processor would find in its walk is read directly behind #VMEXIT,
 * with the vCPU still in guest mode and interrupts off (svm_vcpu_run.c). So whoever waits for the vCPU's core waits for the
 * walk as well, as it would wait for the instruction. Not mapped: the access leaves the guest (exit 400h). Mapped: with AVIC it is
 * accelerated, without it the guest writes to a page that nobody reads. [APM vol. 2, 15.29.3.1]
 *
 * In upstream's names and order of steps as of Linux 5.15 and later, from facts about it. Left out: the memslot but for the
 * oldest form, all other pages, the levels of the page table, TLBs (the entry is read at each access; upstream's zap flushes).
 */
#ifndef IRQWEAVE_KVM_LOGIC_APIC_PAGE_H
#define IRQWEAVE_KVM_LOGIC_APIC_PAGE_H

#include "avic_inhibit/avic_inhibit.h"
#include "spinlock.h"

#define SVM_EXIT_NPF    0x400

struct kvm_apic_page {
    raw_spinlock_t mmu_lock;
    u64 mmu_invalidate_seq;
    u64 mmu_invalidate_in_progress;
    u64 spte;                   /* 1: the page is mapped */
    bool memslot_enabled;       /* of the oldest form alone */
};

extern struct kvm_apic_page apic_page;

/* Accesses of the guest: how often it made one, and how often one reached the APIC. Only core 0 counts. */
extern u32 apic_made, apic_handled;

/* What a fault of the guest comes to. */
enum { RET_PF_FIXED, RET_PF_RETRY, RET_PF_EMULATE };

int kvm_tdp_page_fault(struct kvm_vcpu *vcpu);
int npf_interception(struct kvm_vcpu *vcpu);

/* Shall the page be mapped? Under the sequence count that kvm_tdp_page_fault() has read. */
bool apic_page_wanted(struct kvm_vcpu *vcpu);

/* The access of the guest that has left it has been done: the guest goes on behind it. */
void apic_access_done(struct kvm_vcpu *vcpu);

/* With mmu_lock. */
static inline bool is_page_fault_stale(u64 mmu_seq)
{
    return READ_ONCE(apic_page.mmu_invalidate_in_progress) || READ_ONCE(apic_page.mmu_invalidate_seq) != mmu_seq;
}

static inline void apic_page_set_spte(u64 spte)
{
    region_enter(REGION_APIC_PAGE);
    WRITE_ONCE(apic_page.spte, spte);
    region_leave(REGION_APIC_PAGE);
}

#endif
