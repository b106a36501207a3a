/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt between the host and a vCPU; see amd_iommu.h.
 */
#include "amd_iommu.h"

void amd_ir_set_vcpu_affinity(struct amd_ir_data *ir_data, struct amd_iommu_pi_data *pi_data)
{
    if (!pi_data) {
        amd_iommu_deactivate_guest_mode(ir_data);
        return;
    }
    pi_data->ir_data = ir_data;
    ir_data->ga_root_ptr = pi_data->vapic_addr >> 12;
    ir_data->ga_vector = pi_data->vector;
    ir_data->ga_tag = pi_data->ga_tag;
    if (pi_data->is_guest_mode)
        amd_iommu_activate_guest_mode(ir_data, pi_data->cpu, pi_data->ga_log_intr);
    else
        amd_iommu_deactivate_guest_mode(ir_data);
}
