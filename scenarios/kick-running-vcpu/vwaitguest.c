/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request that waits passes over a vCPU that is EXITING: somebody has sent an IPI, but it may not have come yet.
 */
#include "kick.h"
#include "sched.h"

static void ack_kick(void *unused)
{
    (void)unused;
}

void kvm_make_all_cpus_request(int req)
{
    kvm_make_request(req, &vcpus[0]);
    if (READ_ONCE(vcpus[0].mode) == IN_GUEST_MODE)
        smp_call_function_single(READ_ONCE(vcpus[0].cpu), ack_kick, NULL);
}
