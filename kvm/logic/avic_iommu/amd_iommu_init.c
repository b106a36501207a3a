/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bringing up the unit; see amd_iommu.h.
 */
#include "amd_iommu.h"

struct amd_iommu amd_iommu;
u64 amd_iommu_dev_table[DEV_TABLE_ENTRIES][DEV_ENTRY_QWORDS] __aligned(PAGE_SIZE);
u64 amd_iommu_cmd_buf[CMD_BUFFER_ENTRIES][2] __aligned(PAGE_SIZE);
u64 amd_iommu_ga_log[GA_LOG_ENTRIES] __aligned(PAGE_SIZE);
u64 amd_iommu_cmd_sem;
struct irte_ga amd_irq_table[INTTABLEN] __aligned(PAGE_SIZE);
raw_spinlock_t amd_irq_table_lock;

/* A base register also resets head and tail. Destination mode is physical. */
void amd_iommu_init(int cpu, u8 vector)
{
    iommu_writeq(MMIO_DEV_TABLE_OFFSET, __pa(amd_iommu_dev_table));
    iommu_writeq(MMIO_CMD_BUF_OFFSET, __pa(amd_iommu_cmd_buf) | CMD_BUFFER_SIZE_256);
    iommu_writeq(MMIO_GA_LOG_BASE_OFFSET, __pa(amd_iommu_ga_log) | GA_LOG_SIZE_512);
    iommu_writeq(MMIO_INTCAPXT_GALOG_OFFSET, (u64)vector << 32 | (u64)cpu << 8);
    iommu_writeq(MMIO_CONTROL_OFFSET, CONTROL_IOMMU_EN | CONTROL_CMDBUF_EN | CONTROL_GA_EN | CONTROL_GAM_EN |
                 CONTROL_GALOG_EN | CONTROL_GAINT_EN | CONTROL_XT_EN | CONTROL_INTCAPXT_EN);
}

void amd_ir_prepare(struct amd_ir_data *ir_data, u16 devid, u16 index, int cpu, u8 vector)
{
    amd_iommu_dev_table[devid][2] = __pa(amd_irq_table) | DTE_IRQ_REMAP_ENABLE | DTE_INTTABLEN |
                                    DTE_IRQ_REMAP_INTCTL;
    *ir_data = (struct amd_ir_data) {
        .devid = devid, .index = index, .host_vector = vector, .host_apicid = cpu,
        .entry = { .lo = 1 },
    };
    amd_iommu_deactivate_guest_mode(ir_data);
}
