/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shadow page tables, as far as a walk without mmu_lock and a zap have to do with each other (c142786c6291).
 *
 * One entry points to one table; the vCPU walks both, and somebody unlinks the table and frees it. Who frees waits for the IPI of
 * the TLB flush, and a walk keeps that IPI out. Left out: mmu_lock, which only the zap takes; levels; the TDP MMU, which has RCU.
 */
#ifndef IRQWEAVE_KVM_LOGIC_MMU_H
#define IRQWEAVE_KVM_LOGIC_MMU_H

#include "irqflags.h"
#include "kvm_host.h"

/* vcpu->mode, beside those of kvm_host.h */
#define READING_SHADOW_PAGE_TABLES 3

/* Entries. A table that is free belongs to others: what they write there is FREED. */
#define SPTE_NONE     0
#define SPTE_PRESENT  1
#define SPTE_FREED    2

extern u64 parent_spte;     /* is the table linked? */
extern u64 table_spte;      /* the entry in it that walks ask for */

/* The walk: between begin and end, and what it found, SPTE_NONE if there is no table. */
void walk_shadow_page_lockless_begin(struct kvm_vcpu *vcpu);
void walk_shadow_page_lockless_end(struct kvm_vcpu *vcpu);
u64 walk_shadow_page_get_mmio_spte(struct kvm_vcpu *vcpu);

/* The zap: unlink, then flush, then free. */
void kvm_mmu_zap_page(void);
void kvm_mmu_prepare_zap_page(void);
void kvm_mmu_commit_zap_page(void);
void kvm_mmu_free_shadow_page(void);

/* Needs runtime/sched, as kvm_make_all_cpus_request() does; KVM_REQ_TEST stands for the flush. */
static inline void kvm_flush_remote_tlbs(void)
{
    kvm_make_all_cpus_request(KVM_REQ_TEST);
}

#endif
