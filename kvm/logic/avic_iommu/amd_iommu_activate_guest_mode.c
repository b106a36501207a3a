/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt to a vCPU; see amd_iommu.h.
 */
#include "amd_iommu.h"

void amd_iommu_activate_guest_mode(struct amd_ir_data *ir_data, int cpu, bool ga_log_intr)
{
    struct irte_ga entry = { .lo = 0, .hi = 0 };

    entry.valid = ir_data->entry.valid;
    entry.guest_mode = 1;
    entry.ga_root_ptr = ir_data->ga_root_ptr;
    entry.vector = ir_data->ga_vector;
    entry.ga_tag = ir_data->ga_tag;
    set_ga(&entry, cpu, ga_log_intr);
    ir_data->entry = entry;
    modify_irte_ga(ir_data);
}
