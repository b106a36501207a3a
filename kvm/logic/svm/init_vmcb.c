/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VMCB: intercepts, and a guest that begins in 64-bit mode with the host's control registers and GDT, and its own
 * TSS, IDT and stacks; see svm.h.
 *
 * After the AMD64 APM vol. 2, 15.5.1 (checks), 15.9 to 15.12 (intercepts), 15.11 (MSR permission map).
 */
#include "xapic/guest_xapic.h"
#include "msr.h"
#include "percpu.h"
#include "svm/svm.h"

#define ATTRIB_CODE64   0xa9b       /* accessed code, present, DPL 0, L, 4 KiB granularity */
#define ATTRIB_DATA     0xc93
#define ATTRIB_TSS      0x08b
#define RFLAGS_RESET    0x2         /* bit 1 is always set; IF = 0 */

/* Two bits an MSR, reads and writes: 1 = exit. */
static u8 msrpm[2 * PAGE_SIZE] __aligned(PAGE_SIZE);

static void set_intercepts(struct vmcb *vmcb)
{
    vmcb->intercepts[2] = ~0u;      /* a guest exception is a bug of the scenario */
    vmcb_set_intercept(vmcb, SVM_EXIT_INTR);
    vmcb_set_intercept(vmcb, SVM_EXIT_NMI);
    vmcb_set_intercept(vmcb, SVM_EXIT_INIT);
    vmcb_set_intercept(vmcb, SVM_EXIT_HLT);
    vmcb_set_intercept(vmcb, SVM_EXIT_MSR);
    vmcb_set_intercept(vmcb, SVM_EXIT_SHUTDOWN);
    for (u32 code = SVM_EXIT_VMRUN; code <= SVM_EXIT_CLGI; code++)
        vmcb_set_intercept(vmcb, code);
    for (size_t i = 0; i < sizeof(msrpm); i++)
        msrpm[i] = 0xff;
    vmcb->msrpm_base_pa = __pa(msrpm);
}

static void set_segments(struct vmcb *vmcb, struct guest_memory *guest)
{
    struct percpu *area = &percpu_areas[this_cpu_read(cpu_number)];

    vmcb->cs = (struct vmcb_seg) { KERNEL_CS, ATTRIB_CODE64, ~0u, 0 };
    vmcb->ss = (struct vmcb_seg) { KERNEL_SS, ATTRIB_DATA, ~0u, 0 };
    vmcb->tr = (struct vmcb_seg) { KERNEL_TR, ATTRIB_TSS, sizeof(guest->tss) - 1, (u64)&guest->tss };
    vmcb->gdtr = (struct vmcb_seg) { .limit = sizeof(area->gdt) - 1, .base = (u64)area->gdt };
    vmcb->idtr = (struct vmcb_seg) { .limit = sizeof(guest->idt) - 1, .base = (u64)guest->idt };
}

void init_vmcb(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;
    struct guest_memory *guest = &guest_memories[vcpu->vcpu_id];

    set_intercepts(vmcb);
    set_segments(vmcb, guest);
    vmcb->asid = 1 + vcpu->vcpu_id;
    vmcb->int_ctl = V_INTR_MASKING_MASK;
    vmcb->nested_ctl = SVM_NESTED_CTL_NP_ENABLE; /* AVIC wants it */
    vmcb->efer = rdmsr(MSR_EFER);
    vmcb->cr0 = READ_CR(0);
    vmcb->cr3 = READ_CR(3);
    vmcb->cr4 = READ_CR(4);
    vmcb->rip = (u64)guest_main;
    vmcb->rsp = (u64)(guest->stack + GUEST_STACK_SIZE);
    vmcb->rflags = RFLAGS_RESET;
}
