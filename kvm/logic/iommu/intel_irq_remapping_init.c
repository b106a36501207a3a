/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bringing up interrupt remapping; see iommu.h.
 */
#include "iommu.h"

static struct irte ir_table[INTR_REMAP_TABLE_ENTRIES] __aligned(PAGE_SIZE);
static struct qi_desc qi_desc[QI_LENGTH] __aligned(PAGE_SIZE);
static u32 qi_desc_status[QI_LENGTH];

struct intel_iommu intel_iommu;
raw_spinlock_t irq_2_ir_lock;

/* The unit shows in GSTS when it has obeyed. */
static void dmar_command(u32 command, u32 bit)
{
    dmar_writel(DMAR_GCMD_REG, command | bit);
    while (!(dmar_readl(DMAR_GSTS_REG) & bit))
        cpu_relax();
}

/* Queue first: the table may be used only after what the cache holds has been invalidated. */
void intel_irq_remapping_init(struct intel_iommu *iommu)
{
    struct qi_desc flush = { .qw0 = QI_IEC_TYPE };

    iommu->ir_table = ir_table;
    iommu->qi = (struct q_inval) {
        .desc = qi_desc, .desc_status = qi_desc_status, .free_cnt = QI_LENGTH,
    };
    dmar_writel(DMAR_IQT_REG, 0);
    dmar_writeq(DMAR_IQA_REG, __pa(qi_desc));
    dmar_command(0, DMA_GCMD_QIE);
    dmar_writeq(DMAR_IRTA_REG, __pa(ir_table) | IRTA_EIME | INTR_REMAP_TABLE_REG_SIZE);
    dmar_command(DMA_GCMD_QIE, DMA_GCMD_SIRTP);
    qi_submit_sync(iommu, &flush, 1);
    dmar_command(DMA_GCMD_QIE, DMA_GCMD_IRE);
}

void intel_ir_prepare(struct intel_ir_data *data, int index, int cpu, u8 vector)
{
    data->iommu = &intel_iommu;
    data->irte_index = index;
    data->irte_entry = (struct irte) { .present = 1, .vector = vector };
    data->irte_entry.dest_id = cpu;     /* the x2APIC id equals the index of the core */
    modify_irte(data, &data->irte_entry);
}
