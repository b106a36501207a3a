/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request does not wait: the IPI is sent, and the writer goes on.
 */
#include "apicv.h"

void kvm_make_all_cpus_request(int req)
{
    for (int i = 0; i < NR_VCPUS; i++) {
        if (!vcpus[i].vmcs)
            continue;
        kvm_make_request(req, &vcpus[i]);
        kvm_vcpu_kick(&vcpus[i]);
    }
}
