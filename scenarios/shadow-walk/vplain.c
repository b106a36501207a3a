/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The request is made without a locked instruction: the unlinking may wait in the store buffer while mode is read. */
#include "mmu.h"
#include "sched.h"

static void ack_flush(void *unused)
{
    (void)unused;
}

void kvm_make_all_cpus_request(int req)
{
    WRITE_ONCE(vcpus[0].requests, READ_ONCE(vcpus[0].requests) | BIT(req));
    if (READ_ONCE(vcpus[0].mode) != OUTSIDE_GUEST_MODE)
        smp_call_function_single(READ_ONCE(vcpus[0].cpu), ack_flush, NULL);
}
