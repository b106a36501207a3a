/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt to the host; see amd_iommu.h. Fixed, physical destination.
 */
#include "amd_iommu.h"

void amd_iommu_deactivate_guest_mode(struct amd_ir_data *ir_data)
{
    struct irte_ga entry = { .lo = 0, .hi = 0 };

    entry.valid = ir_data->entry.valid;
    entry.remap_destination = ir_data->host_apicid;
    entry.destination_hi = ir_data->host_apicid >> 24;
    entry.vector = ir_data->host_vector;
    ir_data->entry = entry;
    modify_irte_ga(ir_data);
}
