/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM's I/O APIC in software: lines, redirection entries, and the way back from the guest's EOI.
 *
 * With virtual-interrupt delivery the guest's EOI exits only for vectors in the VMCS's EOI-exit bitmap.
 * The entries are shared by all vCPUs and the bitmaps are not, so whoever changes an entry asks each
 * vCPU to scan them again (KVM_REQ_SCAN_IOAPIC) before it enters its guest.
 *
 * In upstream's names and order of steps as of Linux 6.1 to 6.12, from facts about it. One virtual
 * machine. The line belongs to an assigned device: the guest's EOI lowers it, and the device raises it
 * again if it still wants service (a resampling irqfd). Left out: logical and lowest-priority
 * destinations, the RTC's tracking of EOIs, the delay after many EOIs in a row, directed EOI, user space.
 */
#ifndef IRQWEAVE_KVM_LOGIC_IOAPIC_H
#define IRQWEAVE_KVM_LOGIC_IOAPIC_H

#include "spinlock.h"
#include "vmx.h"

#define KVM_REQ_SCAN_IOAPIC     15

#define IOAPIC_NUM_PINS         2
#define IOAPIC_EDGE_TRIG        0
#define IOAPIC_LEVEL_TRIG       1

#define APIC_ISR                0x100   /* byte offsets in the virtual-APIC page, beside APIC_IRR */
#define APIC_TMR                0x180

#define KVM_IRQFD_RESAMPLE_IRQ_SOURCE_ID 2

/* 82093AA data sheet, 3.2.4. */
union kvm_ioapic_redirect_entry {
    u64 bits;
    struct {
        u64 vector : 8, delivery_mode : 3, dest_mode : 1, delivery_status : 1, polarity : 1,
            remote_irr : 1, trig_mode : 1, mask : 1, reserved : 39, dest_id : 8;
    } fields;
};
static_assert(sizeof(union kvm_ioapic_redirect_entry) == 8, "82093AA, 3.2.4");

struct kvm_ioapic {
    raw_spinlock_t lock;
    u32 irr;                                    /* lines that are asserted, edges that were seen */
    unsigned long irq_states[IOAPIC_NUM_PINS];  /* a bit for each source: they are wired together */
    union kvm_ioapic_redirect_entry redirtbl[IOAPIC_NUM_PINS];
};

extern struct kvm_ioapic kvm_ioapic;

/* The vCPU's own: vectors whose EOI concerns the I/O APIC, as in its VMCS. */
struct ioapic_vcpu {
    unsigned long ioapic_handled_vectors[4];
};

extern struct ioapic_vcpu ioapic_vcpus[NR_VCPUS];

/* The line of `irq` from one source, from any context but with the lock free. */
void kvm_set_irq(int irq_source_id, int irq, bool level);

/* The guest writes a redirection entry; the exit is left out. */
void ioapic_mmio_write(int index, union kvm_ioapic_redirect_entry e);

/* With the lock held. */
void ioapic_set_irq(struct kvm_ioapic *ioapic, int irq, bool level);
void ioapic_service(struct kvm_ioapic *ioapic, int irq);
void ioapic_write_indirect(struct kvm_ioapic *ioapic, int index,
                           union kvm_ioapic_redirect_entry e);
void kvm_ioapic_update_eoi_one(struct kvm_ioapic *ioapic, int trigger_mode, int pin);

/* An interrupt of an entry to the vCPU that it names: how it was triggered is kept in TMR. */
void kvm_irq_delivery_to_apic(const union kvm_ioapic_redirect_entry *entry);

/* The exit for an EOI, and on from there. */
int handle_apic_eoi_induced(struct kvm_vcpu *vcpu);
void kvm_ioapic_update_eoi(int vector, int trigger_mode);

/* The listener of the line's EOI; the device, which each scenario defines, says whether it wants more. */
void irqfd_resampler_ack(int irq);
bool device_wants_service(int irq);

/* From an entry to the EOI-exit bitmaps. */
void kvm_make_scan_ioapic_request(void);
void vcpu_scan_ioapic(struct kvm_vcpu *vcpu);
void kvm_ioapic_scan_entry(struct kvm_vcpu *vcpu, unsigned long *ioapic_handled_vectors);
bool kvm_apic_pending_eoi(struct kvm_vcpu *vcpu, int vector);
void vmx_load_eoi_exitmap(const unsigned long *eoi_exit_bitmap);

static inline struct ioapic_vcpu *to_ioapic(struct kvm_vcpu *vcpu)
{
    return &ioapic_vcpus[vcpu->vcpu_id];
}

static inline u32 *apic_vector_reg(struct kvm_vcpu *vcpu, int base, int vector)
{
    return (u32 *)(vcpu->apic_regs + base + vector / 32 * 0x10);
}

static inline bool apic_test_vector(struct kvm_vcpu *vcpu, int base, int vector)
{
    return READ_ONCE(*apic_vector_reg(vcpu, base, vector)) >> vector % 32 & 1;
}

#endif
