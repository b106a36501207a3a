/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices whose interrupts an AMD IOMMU posts to vCPUs with AVIC: the entries of each vCPU, kept at where it runs.
 *
 * The functions of this folder stand before those of logic/avic, which has no devices. The form of Linux 6.17 and later
 * (svm/avic.c), in upstream's names and order of steps, from facts about it, not after its text. What posts to a vCPU is on
 * its list; the lock of the list orders changes of the list and of the vCPU's place, so that a new entry
 * begins with the right one. One virtual machine. AVIC is always active here: avic_inhibit_iommu turns it off and on. Left
 * out: posting that fails.
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_AVIC_IOMMU_H
#define IRQWEAVE_KVM_LOGIC_AVIC_IOMMU_H

#include "amd_iommu.h"
#include "avic/avic.h"

/* In the shadow of the entry alone: the vCPU blocks, so what posts to it asks for entries in the log. */
#define AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR  (1ul << 61)

#define AVIC_VM_ID          1
#define AVIC_GATAG(vcpu_id) ((u32)(AVIC_VM_ID << 9 | (vcpu_id)))
#define AVIC_GATAG_TO_VMID(tag)     ((tag) >> 9)
#define AVIC_GATAG_TO_VCPUID(tag)   ((tag) & 0x1ff)

/* Toggled by a vCPU that is loaded and does not block: the CPU alone says which way. */
enum avic_vcpu_action {
    AVIC_TOGGLE_ON_OFF = 1 << 0,
    AVIC_ACTIVATE = AVIC_TOGGLE_ON_OFF,
    AVIC_DEACTIVATE = AVIC_TOGGLE_ON_OFF,
    AVIC_START_RUNNING = 0,
    AVIC_STOP_RUNNING = 0,
    AVIC_START_BLOCKING = 1 << 1,
};

/* What upstream has in vcpu_svm for this. */
struct vcpu_ir {
    raw_spinlock_t ir_list_lock;
    struct list_head ir_list;       /* of struct kvm_kernel_irqfd */
};

/* An interrupt of a device that is the guest's. */
struct kvm_kernel_irqfd {
    struct amd_ir_data *host_irq;
    struct kvm_vcpu *irq_bypass_vcpu;       /* to whom it is posted */
    struct amd_ir_data *irq_bypass_data;
    struct list_head vcpu_list;
};

extern struct vcpu_ir vcpu_irs[NR_VCPUS];

static inline struct vcpu_ir *to_ir(struct kvm_vcpu *vcpu)
{
    return &vcpu_irs[vcpu->vcpu_id];
}

/* Set-up, before the vCPU is loaded for the first time. */
void avic_init_vcpu_ir(int vcpu_id);

/* Tells the markers, too: REGION_IR. */
static inline unsigned long ir_list_lock(struct kvm_vcpu *vcpu)
{
    unsigned long flags = local_irq_save();

    region_enter(REGION_IR);
    raw_spin_lock(&to_ir(vcpu)->ir_list_lock);
    return flags;
}

static inline void ir_list_unlock(struct kvm_vcpu *vcpu, unsigned long flags)
{
    raw_spin_unlock(&to_ir(vcpu)->ir_list_lock);
    region_leave(REGION_IR);
    local_irq_restore(flags);
}

/* All entries of a vCPU get its place; the lock is held. */
void avic_update_iommu_vcpu_affinity(struct kvm_vcpu *vcpu, int cpu, enum avic_vcpu_action action);

/* Place, table and entries; the first in load and unblocking, the second in put and blocking. */
void __avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu, enum avic_vcpu_action action);
void __avic_vcpu_put(struct kvm_vcpu *vcpu, enum avic_vcpu_action action);

/* The guest's route of the device's interrupt has changed: to this vCPU, or away from all (NULL). */
void kvm_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector);
void avic_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector);
void svm_ir_list_del(struct kvm_kernel_irqfd *irqfd);

/* May the unit post to the vCPU now? Else its entries are the host's, and on its list all the same. */
bool avic_posts_to(struct kvm_vcpu *vcpu);

/* For the above and variants: the entry as it is to be, but for the vCPU's place. */
static inline struct amd_iommu_pi_data avic_pi_data(struct kvm_vcpu *vcpu, u32 vector)
{
    return (struct amd_iommu_pi_data) {
        .ga_tag = AVIC_GATAG(vcpu->vcpu_id),
        .vapic_addr = __pa(vcpu->apic_regs),
        .vector = vector,
        .cpu = -1,
        .is_guest_mode = avic_posts_to(vcpu),
    };
}

/* ... and that place, as a shadow entry has it. */
static inline void avic_pi_set_place(struct amd_iommu_pi_data *pi_data, u64 entry)
{
    if (entry & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK)
        pi_data->cpu = entry & AVIC_PHYSICAL_ID_ENTRY_HOST_MASK;
    else
        pi_data->ga_log_intr = entry & AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR;
}

#endif
