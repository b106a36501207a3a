/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: V0, but PIR is looked at before SN is cleared.
 */
#include "hlt_inside.h"
#include "pi_load.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    if (!pi_is_pir_empty(&vcpu->pi_desc))
        set_bit(POSTED_INTR_ON, &vcpu->pi_desc.control);
    point_at(&vcpu->pi_desc, ~PI_SN, cpu);
}
