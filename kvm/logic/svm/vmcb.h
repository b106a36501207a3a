/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMCB, as far as this code fills and reads it.
 *
 * After the AMD64 APM vol. 2, appendix B (tables B-1, B-2) and C (exit codes), 15.9 and 15.29. Only fields that
 * this code uses are named.
 */
#ifndef IRQWEAVE_KVM_LOGIC_SVM_VMCB_H
#define IRQWEAVE_KVM_LOGIC_SVM_VMCB_H

#include "compiler.h"

struct vmcb_seg {
    u16 selector;
    u16 attrib;
    u32 limit;
    u64 base;
};

struct vmcb {
    u32 intercepts[6];          /* CR, DR, exceptions; then exit codes from 60h, 80h, A0h */
    u8 reserved_018[0x48 - 0x18];
    u64 msrpm_base_pa;
    u64 tsc_offset;
    u32 asid;
    u8 tlb_ctl;
    u8 reserved_05d[3];
    u64 int_ctl;
    u64 int_state;
    u64 exit_code;
    u64 exit_info_1;
    u64 exit_info_2;
    u64 exit_int_info;
    u64 np_control;
    u64 avic_vapic_bar;
    u64 ghcb_pa;
    u64 event_inj;
    u8 reserved_0b0[0xc0 - 0xb0];
    u32 clean;
    u32 reserved_0c4;
    u64 next_rip;
    u8 reserved_0d0[0xe0 - 0xd0];
    u64 avic_backing_page;
    u64 reserved_0e8;
    u64 avic_logical_id;
    u64 avic_physical_id;       /* and the last index */
    u8 reserved_100[0x400 - 0x100];

    struct vmcb_seg es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    u8 reserved_4a0[0x4cb - 0x4a0];
    u8 cpl;
    u32 reserved_4cc;
    u64 efer;
    u8 reserved_4d8[0x548 - 0x4d8];
    u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
    u8 reserved_580[0x5d8 - 0x580];
    u64 rsp;
    u8 reserved_5e0[0x5f8 - 0x5e0];
    u64 rax;
    u8 reserved_600[PAGE_SIZE - 0x600];
};
#define VMCB_AT(offset, member) static_assert(offsetof(struct vmcb, member) == (offset), "APM vol. 2, B: " #member)
VMCB_AT(0x048, msrpm_base_pa);
VMCB_AT(0x058, asid);
VMCB_AT(0x060, int_ctl);
VMCB_AT(0x070, exit_code);
VMCB_AT(0x088, exit_int_info);
VMCB_AT(0x098, avic_vapic_bar);
VMCB_AT(0x0a8, event_inj);
VMCB_AT(0x0c0, clean);
VMCB_AT(0x0c8, next_rip);
VMCB_AT(0x0e0, avic_backing_page);
VMCB_AT(0x0f0, avic_logical_id);
VMCB_AT(0x0f8, avic_physical_id);
VMCB_AT(0x400, es);
VMCB_AT(0x490, tr);
VMCB_AT(0x4cb, cpl);
VMCB_AT(0x4d0, efer);
VMCB_AT(0x548, cr4);
VMCB_AT(0x570, rflags);
VMCB_AT(0x5d8, rsp);
VMCB_AT(0x5f8, rax);
static_assert(sizeof(struct vmcb) == PAGE_SIZE, "APM vol. 2, 15.5.1");

/* int_ctl [15.21, 15.29.3, 15.33]; an interrupt of the highest priority, whose vector nobody looks at, is a window */
#define V_IRQ_MASK              (1ul << 8)
#define V_GIF_MASK              (1ul << 9)
#define V_INTR_PRIO_MASK        (15ul << 16)
#define V_INTR_MASKING_MASK     (1ul << 24)
#define V_GIF_ENABLE_MASK       (1ul << 25)
#define X2APIC_MODE_MASK        (1ul << 30)
#define AVIC_ENABLE_MASK        (1ul << 31)
#define SVM_INTERRUPT_SHADOW    1ul     /* int_state */
#define SVM_EVTINJ_VALID        (1ul << 31)     /* event_inj and exit_int_info; type 0: an interrupt */
#define TLB_CONTROL_FLUSH_ASID  3

/* Exit codes with an intercept bit: word 3 + (code - 60h) / 32. */
#define SVM_EXIT_INTR           0x60
#define SVM_EXIT_NMI            0x61
#define SVM_EXIT_INIT           0x63
#define SVM_EXIT_VINTR          0x64
#define SVM_EXIT_HLT            0x78
#define SVM_EXIT_MSR            0x7c
#define SVM_EXIT_SHUTDOWN       0x7f
#define SVM_EXIT_VMRUN          0x80    /* then VMMCALL, VMLOAD, VMSAVE, STGI, CLGI */
#define SVM_EXIT_VMMCALL        0x81
#define SVM_EXIT_STGI           0x84
#define SVM_EXIT_CLGI           0x85
#define SVM_EXIT_AVIC_INCOMPLETE_IPI        0x401
#define SVM_EXIT_AVIC_UNACCELERATED_ACCESS  0x402

static inline void vmcb_set_intercept(struct vmcb *vmcb, u32 code)
{
    vmcb->intercepts[3 + (code - SVM_EXIT_INTR) / 32] |= 1u << code % 32;
}

static inline void vmcb_clr_intercept(struct vmcb *vmcb, u32 code)
{
    vmcb->intercepts[3 + (code - SVM_EXIT_INTR) / 32] &= ~(1u << code % 32);
}

#endif
