/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits that are handled before interrupts are enabled; see fastpath.h.
 */
#include "fastpath.h"

#include "image.h"

#define GPR_RAX 0
#define GPR_RCX 1
#define GPR_RDX 2

#define ICR_SIMPLE_MASK 0xcbf00     /* all but vector and level: shorthand, modes, status, trigger */

struct kvm_vcpu *kvm_running_vcpu[NR_CPUS];

/* One vCPU, by its id, and a fixed interrupt: all else takes the long way. */
enum exit_fastpath handle_fastpath_set_x2apic_icr_irqoff(struct kvm_vcpu *vcpu, u64 icr)
{
    u32 destination = icr >> 32;

    (void)vcpu;
    if ((icr & ICR_SIMPLE_MASK) || destination >= NR_VCPUS || !vcpu_exists(&vcpus[destination]))
        return EXIT_FASTPATH_NONE;
    vmx_deliver_posted_interrupt(&vcpus[destination], icr & 0xff);
    return EXIT_FASTPATH_REENTER_GUEST;
}

enum exit_fastpath vmx_exit_handlers_fastpath(struct kvm_vcpu *vcpu)
{
    u64 value = (u32)vcpu->gprs[GPR_RAX] | vcpu->gprs[GPR_RDX] << 32;
    enum exit_fastpath done;

    if (vmcs_read32(VM_EXIT_REASON) != EXIT_REASON_MSR_WRITE ||
        (u32)vcpu->gprs[GPR_RCX] != X2APIC_ICR)
        return EXIT_FASTPATH_NONE;
    done = handle_fastpath_set_x2apic_icr_irqoff(vcpu, value);
    if (done == EXIT_FASTPATH_REENTER_GUEST)
        skip_emulated_instruction(vcpu);
    return done;
}
