/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt remapping by VT-d: the table, the invalidation queue, and switching an entry between a host
 * vector and a vCPU's posted-interrupt descriptor.
 *
 * After the VT-d specification (6.5.2, 9.9, 9.10) and facts about Linux 6.12: intel/irq_remapping.c,
 * intel/dmar.c and vmx/posted_intr.c, in upstream's names and order of steps. One unit, one device
 * with one entry. Left out: what a fault of the queue does to those who wait, allocating entries, lowest-priority routes, the search for the vCPU that
 * a guest's MSI goes to.
 */
#ifndef IRQWEAVE_KVM_LOGIC_IOMMU_H
#define IRQWEAVE_KVM_LOGIC_IOMMU_H

#include "image.h"
#include "spinlock.h"
#include "vmx.h"

#define DMAR_BASE           0xfed90000ul    /* of its registers, linear as physical */
#define DMAR_GCMD_REG       0x18
#define DMAR_GSTS_REG       0x1c
#define DMAR_IQT_REG        0x88
#define DMAR_IQA_REG        0x90
#define DMAR_IRTA_REG       0xb8

#define DMA_GCMD_QIE        (1u << 26)
#define DMA_GCMD_IRE        (1u << 25)
#define DMA_GCMD_SIRTP      (1u << 24)
#define IRTA_EIME           (1u << 11)

#define INTR_REMAP_TABLE_ENTRIES    256     /* a page of entries */
#define INTR_REMAP_TABLE_REG_SIZE   7       /* 2^(7 + 1) */

/* 128 bits; the posted form has IM (bit 15) set. */
struct irte {
    union {
        u64 low;
        struct {
            u64 present : 1, fpd : 1, dst_mode : 1, redir_hint : 1, trigger_mode : 1, dlvry_mode : 3,
                avail : 4, reserved0 : 3, pst : 1, vector : 8, reserved1 : 8, dest_id : 32;
        };
        struct {
            u64 p_present : 1, p_fpd : 1, p_reserved0 : 6, p_avail : 4, p_reserved1 : 2,
                p_urgent : 1, p_pst : 1, p_vector : 8, p_reserved2 : 14, pda_l : 26;
        };
    };
    union {
        u64 high;
        struct {
            u64 sid : 16, sq : 2, svt : 2, reserved3 : 12, pda_h : 32;
        };
    };
} __aligned(16);
static_assert(sizeof(struct irte) == 16, "VT-d 9.9");

#define QI_LENGTH           256     /* descriptors: one page */
#define QI_IEC_TYPE         0x4
#define QI_IEC_SELECTIVE    (1ul << 4)
#define QI_IEC_IIDEX(index) ((u64)(index) << 32)
#define QI_IEC_IM(mask)     ((u64)(mask) << 27)
#define QI_IWD_TYPE         0x5
#define QI_IWD_STATUS_WRITE (1ul << 5)
#define QI_IWD_STATUS_DATA(data) ((u64)(data) << 32)

enum { QI_FREE, QI_IN_USE, QI_DONE };

struct qi_desc {
    u64 qw0, qw1;
};

struct q_inval {
    raw_spinlock_t q_lock;
    struct qi_desc *desc;       /* invalidation queue */
    u32 *desc_status;           /* one a descriptor; the unit writes that of a wait */
    int free_head, free_tail, free_cnt;
};

struct intel_iommu {
    struct irte *ir_table;
    struct q_inval qi;
};

/* What upstream keeps of an interrupt: its entry as a host interrupt, and its place in the table. */
struct intel_ir_data {
    struct intel_iommu *iommu;
    u16 irte_index;
    struct irte irte_entry;
};

/* Where a posted interrupt goes. */
struct vcpu_data {
    u64 pi_desc_addr;
    u8 vector;
};

extern struct intel_iommu intel_iommu;
extern raw_spinlock_t irq_2_ir_lock;

static inline u32 dmar_readl(u32 reg)
{
    return *(volatile u32 *)(DMAR_BASE + reg);
}

static inline void dmar_writel(u32 reg, u32 value)
{
    barrier();
    *(volatile u32 *)(DMAR_BASE + reg) = value;
}

static inline void dmar_writeq(u32 reg, u64 value)
{
    barrier();
    *(volatile u64 *)(DMAR_BASE + reg) = value;
}

/* Set-up: table and queue, both enabled, with x2APIC ids. */
void intel_irq_remapping_init(struct intel_iommu *iommu);
/* ... and an entry that sends a host vector to a core. */
void intel_ir_prepare(struct intel_ir_data *data, int index, int cpu, u8 vector);

/* Submits descriptors and waits until the unit has executed them. */
void qi_submit_sync(struct intel_iommu *iommu, const struct qi_desc *desc, int count);
void qi_flush_iec(struct intel_iommu *iommu, int index, int mask);

/* Writes an entry and has the old one forgotten. When it returns, no interrupt uses that any more. */
void modify_irte(struct intel_ir_data *data, const struct irte *modified);

/* Posts the interrupt to a vCPU, or with NULL makes it a host interrupt again. */
void intel_ir_set_vcpu_affinity(struct intel_ir_data *data, const struct vcpu_data *info);

/* The guest's route of the device's interrupt has changed: to this vCPU, or away from all (NULL). */
void vmx_pi_update_irte(struct intel_ir_data *data, struct kvm_vcpu *vcpu, int vector);

/* For scenarios: what their device's host interrupt does, in interrupt context. The gate is that of
 * `vector`. */
void device_interrupt_init(int vector);
void device_interrupt(void);
extern const u8 device_interrupt_entry[];

#endif
