/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request that ought to wait, and does not.
 */
#include "kick.h"

void kvm_make_all_cpus_request(int req)
{
    kvm_make_request(req, &vcpus[0]);
    kvm_vcpu_kick(&vcpus[0]);
}
