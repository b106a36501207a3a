/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer's IPI to a vCPU that enters and leaves a guest of its own: the machine and its threads.
 *
 * Core 0 runs vCPU 0, which is L1: it runs L2 whenever it has nothing else to do. L2 halts inside; in some variants it runs
 * from the beginning, and calls L1 first.
 * Core 1 is the thread of L1's other vCPU, whose guest sends an IPI to vCPU 0; or it sends for an emulated device, from
 * the host; or it sets a reason against AVIC for the whole VM. The ledger as in posted-delivery.
 */
#include "ipi/guest_ipi.h"
#include "svm_nested/svm_nested.h"
#include "xapic/guest_xapic.h"

#define VECTOR_ONE  0x41
#define L2_MEMORY   2           /* of guest_memories */

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("vcpu0.guest_mode", nested_svms[0].guest_mode);
IMAGE_STATE("vcpu1.mode", vcpus[1].mode);
IMAGE_STATE("vcpu1.apicv_active", apicv_vcpus[1].active);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("vapic1", apic_pages[1]);
IMAGE_STATE("physical_id", avic_physical_id_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task, vcpu1_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);
IMAGE_STATE("vcpu1.state", vcpu1_task.task.state);
IMAGE_STATE("vcpu1.on_rq", vcpu1_task.task.on_rq);

image_thread_fn vcpu0_thread, vcpu0_leaves_thread, vcpu0_was_off_thread, ipi_thread, device_thread, off_thread;

/* ---- L1 and L2 ---- */

void l1_main(void), l1_vmexit(void), l2_main(void), l2_call_main(void);
struct vmcb vmcb12 __aligned(PAGE_SIZE);

/*
 * L1 has interrupts on, and GIF keeps them back from CLGI on until L2 has been left. It steps over L2's VMMCALL. The
 * physical address of vmcb12 is its linear one less IMAGE_OFFSET; 70h is the exit code, C8h nRIP, 578h RIP.
 */
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    ".globl l1_main, l1_vmexit, l2_main, l2_call_main\n"
    "l1_main:\n"
    "1:  clgi\n"
    "    movabs $vmcb12 + 0x80000000, %rax\n"
    "    vmrun\n"
    "l1_vmexit:\n"
    "    stgi\n"
    "    cmpl $0x81, vmcb12 + 0x70\n"
    "    jne 1b\n"
    "    mov vmcb12 + 0xc8, %rcx\n"
    "    mov %rcx, vmcb12 + 0x578\n"
    "    jmp 1b\n"
    "l2_call_main:\n"
    "    vmmcall\n"
    "l2_main:\n"
    "    hlt\n"
    "    jmp l2_main\n"
    ".popsection\n");

/* What L1 asks for: all that L0 does for L1, with a stack, TSS and IDT of L2's own, and without AVIC. */
static void init_vmcb12(const struct vmcb *vmcb01)
{
    struct guest_memory *l2 = &guest_memories[L2_MEMORY];

    guest_init_vcpu(L2_MEMORY);
    copy_save_area(&vmcb12, vmcb01);
    for (int i = 0; i < 6; i++)
        vmcb12.intercepts[i] = vmcb01->intercepts[i];
    vmcb12.int_ctl = V_INTR_MASKING_MASK;
    vmcb12.tr.base = (u64)&l2->tss;
    vmcb12.idtr.base = (u64)l2->idt;
    vmcb12.rip = (u64)(image_thread[0] == vcpu0_leaves_thread ? l2_call_main : l2_main);
    vmcb12.rsp = (u64)(l2->stack + GUEST_STACK_SIZE);
}

/* ---- Set-up ---- */

/* L1 has executed VMRUN, and what that leads to has been done. */
static void enter_l2(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb01 = to_svm(vcpu)->vmcb01;

    vmcb01->rax = __pa(&vmcb12);
    vmcb01->next_rip = (u64)l1_vmexit;
    nested_svm_vmrun(vcpu);
    kvm_service_requests(vcpu);
}

static void create_l1(unsigned long cpu)
{
    struct vmcb *vmcb01;

    if (image_thread[cpu] == vcpu0_was_off_thread)
        kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
    sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    avic_inhibit_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
    svm_halt_inside(&vcpus[0]);
    nested_svm_create(&vcpus[0]);
    vmcb01 = to_svm(&vcpus[0])->vmcb01;
    init_vmcb12(vmcb01);
    vmcb01->rip = (u64)l1_main;
    vmcb01->rflags |= X86_EFLAGS_IF;
    if (image_thread[cpu] == vcpu0_leaves_thread)
        enter_l2(&vcpus[0]);
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0)
        create_l1(cpu);
    if (cpu == 1)
        avic_inhibit_create_vcpu(&vcpus[1], 1, cpu, &vcpu1_task);
    sched_pick_first(cpu);
}

/* ---- Threads ---- */

/* From L1's first entry on; L2 halts at once. */
void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* From L2's first entry on; it calls L1. */
void vcpu0_leaves_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* L2 halts at once; the VM has had a reason against AVIC from the beginning. */
void vcpu0_was_off_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* The thread of vCPU 1 runs its guest up to the HLT behind the IPI to vCPU 0. */
void ipi_thread(unsigned long cpu)
{
    struct kvm_vcpu *vcpu = &vcpus[cpu];

    vcpu->gprs[GUEST_IPI_FIRST] = VECTOR_ONE;
    to_svm(vcpu)->vmcb->rip = (u64)guest_ipi_main;
    while (to_block(vcpu)->mp_state == KVM_MP_STATE_RUNNABLE)
        vcpu_enter_guest(vcpu);
}

void device_thread(unsigned long cpu)
{
    (void)cpu;
    guest_count_post(VECTOR_ONE);
    note_value("the device sends %#x", VECTOR_ONE);
    svm_deliver_interrupt(&vcpus[0], VECTOR_ONE);
}

void off_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, true);
}
