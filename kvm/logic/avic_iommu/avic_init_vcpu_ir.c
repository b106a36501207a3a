/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new vCPU: nothing posts to it; see avic_iommu.h.
 */
#include "avic_iommu.h"

struct vcpu_ir vcpu_irs[NR_VCPUS];

void avic_init_vcpu_ir(int vcpu_id)
{
    INIT_LIST_HEAD(&vcpu_irs[vcpu_id].ir_list);
}
