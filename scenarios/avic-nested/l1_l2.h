/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For threads.c of scenarios with a guest hypervisor: L1, which runs L2 whenever it has nothing else to do, and L2, which halts
 * inside, or calls L1 first. vCPU 0 is L1.
 */
#ifndef IRQWEAVE_SCENARIOS_AVIC_NESTED_L1_L2_H
#define IRQWEAVE_SCENARIOS_AVIC_NESTED_L1_L2_H

#include "svm_nested/svm_nested.h"
#include "xapic/guest_xapic.h"

#define L2_MEMORY   2           /* of guest_memories */

void l1_main(void), l1_vmexit(void), l1_once_main(void), l1_once_vmexit(void), l2_main(void), l2_call_main(void);
struct vmcb vmcb12 __aligned(PAGE_SIZE);

/*
 * L1 has interrupts on, and GIF keeps them back from CLGI on until L2 has been left. It steps over L2's VMMCALL; the
 * other form enters L2 once and then halts. The physical address of vmcb12 is its linear one less IMAGE_OFFSET; 70h is the exit code, C8h nRIP, 578h RIP.
 */
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    ".globl l1_main, l1_vmexit, l1_once_main, l1_once_vmexit, l2_main, l2_call_main\n"
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
    "l1_once_main:\n"
    "    clgi\n"
    "    movabs $vmcb12 + 0x80000000, %rax\n"
    "    vmrun\n"
    "l1_once_vmexit:\n"
    "    stgi\n"
    "2:  hlt\n"
    "    jmp 2b\n"
    "l2_call_main:\n"
    "    vmmcall\n"
    "l2_main:\n"
    "    hlt\n"
    "    jmp l2_main\n"
    ".popsection\n");

/* What L1 asks for: all that L0 does for L1, with a stack, TSS and IDT of L2's own, and without AVIC. The IDT is empty: no
 * interrupt is L2's. */
static void init_vmcb12(const struct vmcb *vmcb01, bool calls)
{
    struct guest_memory *l2 = &guest_memories[L2_MEMORY];

    tss_init(&l2->tss);
    copy_save_area(&vmcb12, vmcb01);
    for (int i = 0; i < 6; i++)
        vmcb12.intercepts[i] = vmcb01->intercepts[i];
    vmcb12.int_ctl = V_INTR_MASKING_MASK;
    vmcb12.tr.base = (u64)&l2->tss;
    vmcb12.idtr.base = (u64)l2->idt;
    vmcb12.rip = (u64)(calls ? l2_call_main : l2_main);
    vmcb12.rsp = (u64)(l2->stack + GUEST_STACK_SIZE);
}

/* L1 has executed VMRUN, and what that leads to has been done. */
static void enter_l2(struct kvm_vcpu *vcpu, bool once)
{
    struct vmcb *vmcb01 = to_svm(vcpu)->vmcb01;

    vmcb01->rax = __pa(&vmcb12);
    vmcb01->next_rip = (u64)(once ? l1_once_vmexit : l1_vmexit);
    nested_svm_vmrun(vcpu);
    kvm_service_requests(vcpu);
}

/* Set-up: a vCPU that has been created, and may have guests of its own, becomes L1, before its first entry; or L2 runs, and calls L1. */
static void make_l1(struct kvm_vcpu *vcpu, bool leaves, bool once)
{
    struct vmcb *vmcb01;

    svm_halt_inside(vcpu);
    vmcb01 = to_svm(vcpu)->vmcb01;
    init_vmcb12(vmcb01, leaves);
    vmcb01->rip = (u64)(once ? l1_once_main : l1_main);
    vmcb01->rflags |= X86_EFLAGS_IF;
    if (leaves)
        enter_l2(vcpu, once);
}

#endif
