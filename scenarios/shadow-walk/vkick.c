/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request that does not wait (no KVM_REQUEST_WAIT): a kick is for a vCPU in the guest, and a walk is not there. */
#include "mmu.h"

void kvm_make_all_cpus_request(int req)
{
    kvm_make_request(req, &vcpus[0]);
    kvm_vcpu_kick(&vcpus[0]);
}
