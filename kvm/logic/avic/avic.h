/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC in KVM: the tables through which processors find vCPUs, IsRunning, and IPIs that a processor cannot complete.
 *
 * The form of Linux 6.17 and later: each vCPU has a shadow of its entry in the physical ID table, which is what KVM
 * itself reads, and who writes the table decides what processors see of it (`enable_ipiv` upstream). In upstream's names
 * and order of steps, from facts about it, not after its text. [APM vol. 2, 15.29]
 *
 * xAVIC; a vCPU's number is its APIC id. Left out: x2AVIC, clusters. AVIC is always active here: avic_inhibit turns it
 * off and on, and nested guests need that.
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_AVIC_H
#define IRQWEAVE_KVM_LOGIC_AVIC_H

#include "svm/svm.h"

#define MSR_AMD64_SVM_AVIC_DOORBELL 0xc001011b

#define APIC_DEFAULT_PHYS_BASE  0xfee00000
#define APIC_ID                 0x020   /* byte offsets in the backing page */
#define APIC_LDR                0x0d0
#define APIC_DFR                0x0e0
#define APIC_ICR                0x300

#define APIC_ICR_BUSY           0x01000
#define APIC_DEST_LOGICAL       0x00800
#define APIC_SHORTHAND_MASK     0xc0000
#define APIC_SHORTHAND_SELF     0x40000
#define APIC_SHORTHAND_ALL      0x80000
#define APIC_SHORTHAND_ALLBUT   0xc0000
#define APIC_ICR_MODE           0x00700
#define APIC_BROADCAST          0xffu
#define APIC_VECTOR_MASK        0x000ffu

/* An entry of the physical ID table [table 15-23], and of the logical one [table 15-24]. */
#define AVIC_PHYSICAL_ID_ENTRY_VALID_MASK       (1ul << 63)
#define AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK  (1ul << 62)
#define AVIC_PHYSICAL_ID_ENTRY_HOST_MASK        0xffful
#define AVIC_LOGICAL_ID_ENTRY_VALID_MASK        (1u << 31)
#define AVIC_LOGICAL_ID_ENTRY_GUEST_MASK        0xffu

#define AVIC_PHYSICAL_ID_ENTRIES    512     /* one page */
#define AVIC_LOGICAL_ID_ENTRIES     1024
#define AVIC_FLAT_IDS               8

/* EXITINFO2[63:32] of exit 401h. */
enum avic_ipi_failure_cause {
    AVIC_IPI_FAILURE_INVALID_INT_TYPE,
    AVIC_IPI_FAILURE_TARGET_NOT_RUNNING,
    AVIC_IPI_FAILURE_INVALID_TARGET,
    AVIC_IPI_FAILURE_INVALID_BACKING_PAGE,
    AVIC_IPI_FAILURE_INVALID_IPI_VECTOR,
};

/* What upstream has in vcpu_svm for this. */
struct vcpu_avic {
    u64 physical_id_entry;      /* the shadow: with the true IsRunning */
};

extern struct vcpu_avic vcpu_avics[NR_VCPUS];
extern u64 avic_physical_id_table[AVIC_PHYSICAL_ID_ENTRIES];
extern u32 avic_logical_id_table[AVIC_LOGICAL_ID_ENTRIES];

static inline struct vcpu_avic *to_avic(struct kvm_vcpu *vcpu)
{
    return &vcpu_avics[vcpu->vcpu_id];
}

static inline u32 *kvm_apic_reg(struct kvm_vcpu *vcpu, int offset)
{
    return (u32 *)(vcpu->apic_regs + offset);
}

/* Set-up: backing page, tables, and the fields of the VMCB. */
void avic_init_vcpu(struct kvm_vcpu *vcpu);
void avic_activate_vmcb(struct kvm_vcpu *vcpu);
u64 avic_initial_entry(struct kvm_vcpu *vcpu);

/* The vCPU is on this CPU, or on none: IsRunning says so. */
void avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu);
void avic_vcpu_put(struct kvm_vcpu *vcpu);
void avic_vcpu_blocking(struct kvm_vcpu *vcpu);
void avic_vcpu_unblocking(struct kvm_vcpu *vcpu);

/* The entry as processors shall see it. */
void avic_update_physical_id(struct kvm_vcpu *vcpu, u64 entry);

/* Something is in the IRR of a vCPU that is in guest mode: the core that it is on looks. */
void avic_ring_doorbell(struct kvm_vcpu *vcpu);

/* Exits. */
int avic_incomplete_ipi_interception(struct kvm_vcpu *vcpu);
int avic_unaccelerated_access_interception(struct kvm_vcpu *vcpu);

/* The IRRs of all targets have been set by the processor: who does not run is to be woken. The fast form knows the
 * targets by the destination; false: it cannot. */
void avic_kick_target_vcpus(struct kvm_vcpu *source, u32 icrl, u32 icrh, u32 index);
bool avic_kick_target_vcpus_fast(struct kvm_vcpu *source, u32 icrl, u32 icrh, u32 index);
void avic_kick_vcpu(struct kvm_vcpu *vcpu);

/* An IPI by software, from the beginning. */
void kvm_apic_send_ipi(struct kvm_vcpu *source, u32 icrl, u32 icrh);
bool kvm_apic_match_dest(struct kvm_vcpu *vcpu, struct kvm_vcpu *source, u32 icrl, u32 icrh);

#endif
