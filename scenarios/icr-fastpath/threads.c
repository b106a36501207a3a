/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that sends itself an interrupt through the fast path: the machine and its threads.
 *
 * Core 0 runs vCPU 0. Core 1 may post another vector to it meanwhile.
 */
#include "fastpath.h"
#include "guest.h"
#include "image.h"
#include "irqflags.h"

#define VECTOR_SELF     0x41
#define VECTOR_OTHER    0x52

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn vcpu0_thread, post_other_thread;

/* The guest counts, writes its ICR, and waits. */
void guest_sends(void);
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    ".globl guest_sends\n"
    "guest_sends:\n"
    "    sti\n"
    "    incl guest_posted+4*0x41\n"
    "    mov $0x830, %ecx\n"       /* X2APIC_ICR */
    "    mov $0x41, %eax\n"
    "    xor %edx, %edx\n"
    "    wrmsr\n"
    "1:  hlt\n"
    "    jmp 1b\n"
    ".popsection\n");

void scenario_setup(unsigned long cpu)
{
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    vmcs_writel(GUEST_RIP, (u64)guest_sends);
    kvm_running_vcpu[cpu] = &vcpus[0];
}

int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);

    preempt_disable();
    local_irq_disable();
    WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    vmx_sync_pir_to_irr(vcpu);
    if (kvm_vcpu_exit_request(vcpu))
        return kvm_cancel_entry(vcpu);

    for (;;) {
        vmx_vcpu_run(vcpu);
        if (vmx_exit_handlers_fastpath(vcpu) != EXIT_FASTPATH_REENTER_GUEST)
            break;
        vmx_fastpath_reenter(vcpu);
        if (kvm_vcpu_exit_request(vcpu))
            break;
    }
    return kvm_finish_exit(vcpu);
}

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    (void)vcpu;
    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT || reason == EXIT_REASON_MSR_WRITE)
        return 1;       /* the fast path has done all that there is to a write to the ICR */
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}

/* In the form that goes with the fast path: no notification to the vCPU of this very core. */
void vmx_deliver_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    if (pi_test_and_set_pir(vector, &vcpu->pi_desc) || pi_test_and_set_on(&vcpu->pi_desc))
        return;
    if (kvm_running_vcpu[this_cpu_read(cpu_number)] == vcpu) {
        vmx_notify_self(vcpu);
        return;
    }
    if (!kvm_vcpu_trigger_posted_interrupt(vcpu))
        kvm_vcpu_kick(vcpu);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

void post_other_thread(unsigned long cpu)
{
    (void)cpu;
    guest_count_post(VECTOR_OTHER);
    note_value("posts %#x", VECTOR_OTHER);
    vmx_deliver_posted_interrupt(&vcpus[0], VECTOR_OTHER);
}
