/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: V0 in the form of Linux 4.8: SN is cleared, and nobody looks at PIR behind that.
 */
#include "hlt_inside.h"
#include "pi_load.h"

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    point_at(&vcpu->pi_desc, ~PI_SN, cpu);
}
