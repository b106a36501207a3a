/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt between the host and a vCPU; see iommu.h.
 */
#include "iommu.h"

/* What both forms share is copied from the host's entry, which is kept for the way back. */
void intel_ir_set_vcpu_affinity(struct intel_ir_data *data, const struct vcpu_data *info)
{
    const struct irte *host = &data->irte_entry;
    struct irte irte_pi = { .low = 0, .high = 0 };

    if (!info) {
        modify_irte(data, host);
        return;
    }

    irte_pi.p_present = host->present;
    irte_pi.p_fpd = host->fpd;
    irte_pi.p_avail = host->avail;
    irte_pi.sid = host->sid;
    irte_pi.sq = host->sq;
    irte_pi.svt = host->svt;
    irte_pi.p_pst = 1;
    irte_pi.p_urgent = 0;
    irte_pi.p_vector = info->vector;
    irte_pi.pda_l = info->pi_desc_addr >> 6;
    irte_pi.pda_h = info->pi_desc_addr >> 32;
    modify_irte(data, &irte_pi);
}
