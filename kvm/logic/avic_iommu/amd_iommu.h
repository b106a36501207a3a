/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver of an AMD IOMMU, as far as interrupts that it posts to vCPUs go: entries between a host vector and
 * guest mode, invalidation, the GA log.
 *
 * After the AMD IOMMU specification and facts about Linux 6.17 (drivers/iommu/amd), in upstream's names and order of steps,
 * not after its text. One unit, one device with one table of INTTABLEN entries, x2APIC destinations, interrupts of
 * the unit through its XT registers. Left out: event log, allocation, time-outs, GAPPI; and the GA log's
 * interrupt has no thread of its own.
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_AMD_IOMMU_H
#define IRQWEAVE_KVM_LOGIC_AMD_IOMMU_H

#include "image.h"
#include "spinlock.h"

#define AMD_IOMMU_BASE          0xfeb80000ul    /* of its registers, linear as physical */
#define MMIO_DEV_TABLE_OFFSET   0x0000
#define MMIO_CMD_BUF_OFFSET     0x0008
#define MMIO_CONTROL_OFFSET     0x0018
#define MMIO_GA_LOG_BASE_OFFSET 0x00e0
#define MMIO_INTCAPXT_GALOG_OFFSET 0x0180
#define MMIO_CMD_TAIL_OFFSET    0x2008
#define MMIO_STATUS_OFFSET      0x2020
#define MMIO_GA_HEAD_OFFSET     0x2040
#define MMIO_GA_TAIL_OFFSET     0x2048

#define CONTROL_IOMMU_EN        (1ul << 0)
#define CONTROL_CMDBUF_EN       (1ul << 12)
#define CONTROL_GA_EN           (1ul << 17)
#define CONTROL_GAM_EN          (1ul << 25)
#define CONTROL_GALOG_EN        (1ul << 28)
#define CONTROL_GAINT_EN        (1ul << 29)
#define CONTROL_XT_EN           (1ul << 50)
#define CONTROL_INTCAPXT_EN     (1ul << 51)

#define MMIO_STATUS_GALOG_RUN_MASK      (1u << 8)
#define MMIO_STATUS_GALOG_OVERFLOW_MASK (1u << 9)
#define MMIO_STATUS_GALOG_INT_MASK      (1u << 10)

#define CMD_BUFFER_SIZE_256     (8ul << 56)     /* commands, of 16 bytes: code 8 */
#define GA_LOG_SIZE_512         (8ul << 56)     /* entries, of 8 */
#define GA_LOG_ENTRIES          512
#define GA_ENTRY_SIZE           8
#define GA_LOG_SIZE             (GA_LOG_ENTRIES * GA_ENTRY_SIZE)
#define GA_TAG(entry)           ((u32)(entry))
#define GA_REQ_TYPE(entry)      ((entry) >> 60)
#define GA_GUEST_NR             1

#define CMD_BUFFER_ENTRIES      256             /* one page */
#define CMD_COMPL_WAIT          (1ul << 60)
#define CMD_COMPL_WAIT_STORE    1ul
#define CMD_INV_IRT             (5ul << 60)

/* Of the device table entry, bits 191:128. */
#define DEV_ENTRY_QWORDS        4
#define DEV_TABLE_ENTRIES       128             /* one page */
#define DTE_IRQ_REMAP_ENABLE    1ul
#define DTE_INTTABLEN           (2ul << 1)      /* 2^2 */
#define DTE_IRQ_REMAP_INTCTL    (2ul << 60)
#define INTTABLEN               4

/* 128 bits; the upper word differs only in that a remapped entry has no backing page. */
struct irte_ga {
    union {
        u64 lo;
        struct {
            u64 valid : 1, no_fault : 1, int_type : 3, rq_eoi : 1, dm : 1, remap_guest_mode : 1,
                remap_destination : 24, rsvd_1 : 32;
        };
        struct {
            u64 vapic_valid : 1, vapic_no_fault : 1, ga_log_intr : 1, rsvd_2 : 3, is_run : 1, guest_mode : 1,
                destination : 24, ga_tag : 32;
        };
    };
    union {
        u64 hi;
        struct {
            u64 vector : 8, rsvd_3 : 4, ga_root_ptr : 40, rsvd_4 : 4, destination_hi : 8;
        };
    };
} __aligned(16);
static_assert(sizeof(struct irte_ga) == 16, "AMD IOMMU, Guest Virtual APIC Enabled");

struct amd_iommu {
    raw_spinlock_t lock;        /* of the command buffer */
    u32 cmd_buf_tail;           /* bytes */
    u64 cmd_sem_val;
};

/* What upstream keeps of an interrupt: its place in the table, the entry as it was last written, and both its ends. */
struct amd_ir_data {
    u16 devid;
    u16 index;
    struct irte_ga entry;
    u8 host_vector;
    u32 host_apicid;
    u64 ga_root_ptr;
    u32 ga_vector;
    u32 ga_tag;
};

/* Where a posted interrupt goes; what the unit made of it comes back in ir_data. */
struct amd_iommu_pi_data {
    u64 vapic_addr;
    u32 ga_tag;
    u32 vector;
    int cpu;                    /* -1: none */
    bool ga_log_intr;
    bool is_guest_mode;         /* else the interrupt is the host's, until the vCPU's AVIC goes on */
    struct amd_ir_data *ir_data;
};

extern struct amd_iommu amd_iommu;
extern u64 amd_iommu_dev_table[DEV_TABLE_ENTRIES][DEV_ENTRY_QWORDS];
extern u64 amd_iommu_cmd_buf[CMD_BUFFER_ENTRIES][2];
extern u64 amd_iommu_ga_log[GA_LOG_ENTRIES];
extern u64 amd_iommu_cmd_sem;
extern struct irte_ga amd_irq_table[INTTABLEN];
extern raw_spinlock_t amd_irq_table_lock;

static inline u32 iommu_readl(u32 reg)
{
    return *(volatile u32 *)(AMD_IOMMU_BASE + reg);
}

static inline void iommu_writel(u32 reg, u32 value)
{
    barrier();
    *(volatile u32 *)(AMD_IOMMU_BASE + reg) = value;
}

static inline void iommu_writeq(u32 reg, u64 value)
{
    barrier();
    *(volatile u64 *)(AMD_IOMMU_BASE + reg) = value;
}

/* Bits of the control register. */
static inline void iommu_feature_enable(u64 bits)
{
    iommu_writeq(MMIO_CONTROL_OFFSET, *(volatile u64 *)(AMD_IOMMU_BASE + MMIO_CONTROL_OFFSET) | bits);
}

static inline void iommu_feature_disable(u64 bits)
{
    iommu_writeq(MMIO_CONTROL_OFFSET, *(volatile u64 *)(AMD_IOMMU_BASE + MMIO_CONTROL_OFFSET) & ~bits);
}

/* Set-up: the unit remaps and posts, and its GA log interrupts `cpu`. */
void amd_iommu_init(int cpu, u8 vector);
/* ... the table of a device, and one of its entries, which sends a host vector to a core. */
void amd_ir_prepare(struct amd_ir_data *ir_data, u16 devid, u16 index, int cpu, u8 vector);

/* Has the unit forget the entries of a device. When it returns, no interrupt uses an old one any more. */
void iommu_flush_irt_and_complete(u16 devid);

/* Writes the entry at once; the second also has the old one forgotten. */
void __modify_irte_ga(struct amd_ir_data *ir_data);
void modify_irte_ga(struct amd_ir_data *ir_data);

/* Where the vCPU of an entry in guest mode is: at this APIC id, or (-1) nowhere, and whether that is worth an entry in the
 * log. Others are left alone. */
void amd_iommu_update_ga(struct amd_ir_data *ir_data, int cpu, bool ga_log_intr);

/* Between the two forms. */
void amd_iommu_activate_guest_mode(struct amd_ir_data *ir_data, int cpu, bool ga_log_intr);
void amd_iommu_deactivate_guest_mode(struct amd_ir_data *ir_data);
void amd_ir_set_vcpu_affinity(struct amd_ir_data *ir_data, struct amd_iommu_pi_data *pi_data);

/* The fields that update_ga changes. Those of a vCPU that is nowhere keep its last place. */
static inline void set_ga(struct irte_ga *entry, int cpu, bool ga_log_intr)
{
    entry->is_run = cpu >= 0;
    entry->ga_log_intr = cpu < 0 && ga_log_intr;
    if (cpu >= 0) {
        entry->destination = cpu;
        entry->destination_hi = (u32)cpu >> 24;
    }
}

/* The GA log's interrupt, and as long as the status register says that there is something: a round that has read this status. */
void amd_iommu_int_galog_handler(void);
void amd_iommu_int_thread_galog(void);
void amd_iommu_handle_galog(u32 status);

/* All entries that are in the log; KVM's notifier gets the tag of each. A log that has overflowed is stopped, and begins again. */
void iommu_poll_ga_log(void);
void amd_iommu_restart_ga_log(void);
int avic_ga_log_notifier(u32 ga_tag);

#endif
