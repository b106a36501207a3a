/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All vCPUs are told of the first device; see assign.h.
 */
#include "assign.h"

void vmx_pi_start_assignment(void)
{
    for (int i = 0; i < NR_VCPUS; i++)
        if (vcpu_exists(&vcpus[i]))
            kvm_make_vcpu_request(KVM_REQ_UNBLOCK, &vcpus[i]);
}
