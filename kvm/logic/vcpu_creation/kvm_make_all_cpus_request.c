/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request for all vCPUs that are online, with the wait for their CPUs; see vcpu_creation.h and kvm_host.h.
 */
#include "vcpu_creation/vcpu_creation.h"

static void ack_kick(void *unused)
{
    (void)unused;
}

void kvm_make_all_cpus_request(int req)
{
    int me = get_cpu();
    u32 online = READ_ONCE(kvm_vcpus.online_vcpus);

    smp_rmb();
    for (u32 i = 0; i < online; i++) {
        struct kvm_vcpu *vcpu = READ_ONCE(kvm_vcpus.vcpu_array[i]);

        kvm_make_request(req, vcpu);
        smp_mb__after_atomic();
        if (READ_ONCE(vcpu->mode) != OUTSIDE_GUEST_MODE && READ_ONCE(vcpu->cpu) != me)
            smp_call_function_single(READ_ONCE(vcpu->cpu), ack_kick, NULL);
    }
    put_cpu();
}
