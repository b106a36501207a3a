/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request for all vCPUs, with the wait for their CPUs; see kvm_host.h.
 */
#include "kvm_host.h"
#include "sched.h"

/* What the IPI is for is that it is taken: then the CPU is not in the guest. */
static void ack_kick(void *unused)
{
    (void)unused;
}

/*
 * The request first, then mode. A vCPU that is not OUTSIDE_GUEST_MODE may have looked at its requests
 * already: its CPU gets an IPI, which it cannot take before it has left the guest or given up entering.
 */
void kvm_make_all_cpus_request(int req)
{
    int me = get_cpu();

    for (int i = 0; i < NR_VCPUS; i++) {
        struct kvm_vcpu *vcpu = &vcpus[i];

        if (!vcpu_exists(vcpu))
            continue;
        kvm_make_request(req, vcpu);
        smp_mb__after_atomic();
        if (READ_ONCE(vcpu->mode) != OUTSIDE_GUEST_MODE && READ_ONCE(vcpu->cpu) != me)
            smp_call_function_single(READ_ONCE(vcpu->cpu), ack_kick, NULL);
    }
    put_cpu();
}
