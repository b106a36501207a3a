/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtual machine control block: 4 KiB of ordinary memory, which VMRUN reads and #VMEXIT writes
 * (APM vol. 2, appendix B: tables B-1 and B-2; bits of 060h: 15.21, 15.29).
 *
 * The layout is that of the manual; what lies between the fields here is reserved, or of parts that are not
 * modelled (SEV, LBR and IBS virtualization, CET).
 */
#ifndef SVM_VMCB_H
#define SVM_VMCB_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

struct vmcb_control {
    uint32_t intercept_cr;         /* 000: reads of CR0 to CR15, then writes */
    uint32_t intercept_dr;         /* 004 */
    uint32_t intercept_exceptions; /* 008 */
    uint32_t intercept_3;          /* 00C: exit codes from 60h */
    uint32_t intercept_4;          /* 010: from 80h */
    uint32_t intercept_5;          /* 014: from A0h */
    uint8_t reserved_018[0x3c - 0x18];
    uint16_t pause_threshold;      /* 03C */
    uint16_t pause_count;          /* 03E */
    uint64_t iopm_base;            /* 040 */
    uint64_t msrpm_base;           /* 048 */
    uint64_t tsc_offset;           /* 050 */
    uint32_t asid;                 /* 058 */
    uint8_t tlb_control;           /* 05C: enum tlb_control */
    uint8_t reserved_05d[3];
    uint64_t int_ctl;              /* 060: virtual interrupts, see below */
    uint64_t int_state;            /* 068: bit 0: interrupt shadow */
    uint64_t exit_code;            /* 070 */
    uint64_t exit_info_1;          /* 078 */
    uint64_t exit_info_2;          /* 080 */
    uint32_t exit_int_info;        /* 088: the event whose delivery the exit has ended */
    uint32_t exit_int_error;       /* 08C */
    uint64_t np_control;           /* 090 */
    uint64_t avic_apic_bar;        /* 098 */
    uint64_t ghcb;                 /* 0A0 */
    uint32_t event_inj;            /* 0A8 */
    uint32_t event_inj_error;      /* 0AC */
    uint64_t ncr3;                 /* 0B0 */
    uint64_t virt_ext;             /* 0B8: bit 0 LBR, 1 VMSAVE and VMLOAD virtualization */
    uint32_t clean;                /* 0C0: enum clean_bit */
    uint32_t reserved_0c4;
    uint64_t nrip;                 /* 0C8 */
    uint8_t fetched;               /* 0D0: bytes of the instruction, then those */
    uint8_t instruction[15];
    uint64_t avic_backing_page;    /* 0E0 */
    uint64_t reserved_0e8;
    uint64_t avic_logical_table;   /* 0F0 */
    uint64_t avic_physical_table;  /* 0F8: and PHYSICAL_MAX_INDEX in 11:0 */
    uint8_t reserved_100[0x400 - 0x100];
};

struct vmcb_segment {
    uint16_t selector;
    uint16_t attributes; /* descriptor bits 47:40, then 55:52 */
    uint32_t limit;
    uint64_t base;
};

struct vmcb_save { /* from 400h */
    struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    uint8_t reserved_0a0[0xcb - 0xa0];
    uint8_t cpl; /* 0CB */
    uint8_t reserved_0cc[4];
    uint64_t efer; /* 0D0 */
    uint8_t reserved_0d8[0x148 - 0xd8];
    uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip; /* 148 */
    uint8_t reserved_180[0x1d8 - 0x180];
    uint64_t rsp;                     /* 1D8 */
    uint64_t s_cet, ssp, isst;        /* 1E0 */
    uint64_t rax;                     /* 1F8 */
    uint64_t star, lstar, cstar, sfmask, kernel_gs_base; /* 200 */
    uint64_t sysenter_cs, sysenter_esp, sysenter_eip;    /* 228 */
    uint64_t cr2;                     /* 240 */
    uint8_t reserved_248[0x268 - 0x248];
    uint64_t g_pat;                   /* 268 */
    uint8_t reserved_270[0xc00 - 0x270];
};

struct vmcb {
    struct vmcb_control control;
    struct vmcb_save save;
};

#define VMCB_AT(offset, member) \
    static_assert(offsetof(struct vmcb, member) == (offset), "APM vol. 2, appendix B: " #member)
VMCB_AT(0x03c, control.pause_threshold);
VMCB_AT(0x040, control.iopm_base);
VMCB_AT(0x058, control.asid);
VMCB_AT(0x05c, control.tlb_control);
VMCB_AT(0x060, control.int_ctl);
VMCB_AT(0x068, control.int_state);
VMCB_AT(0x070, control.exit_code);
VMCB_AT(0x088, control.exit_int_info);
VMCB_AT(0x090, control.np_control);
VMCB_AT(0x098, control.avic_apic_bar);
VMCB_AT(0x0a8, control.event_inj);
VMCB_AT(0x0b0, control.ncr3);
VMCB_AT(0x0b8, control.virt_ext);
VMCB_AT(0x0c0, control.clean);
VMCB_AT(0x0c8, control.nrip);
VMCB_AT(0x0d0, control.fetched);
VMCB_AT(0x0e0, control.avic_backing_page);
VMCB_AT(0x0f0, control.avic_logical_table);
VMCB_AT(0x0f8, control.avic_physical_table);
VMCB_AT(0x400, save.es);
VMCB_AT(0x410, save.cs);
VMCB_AT(0x460, save.gdtr);
VMCB_AT(0x480, save.idtr);
VMCB_AT(0x490, save.tr);
VMCB_AT(0x4cb, save.cpl);
VMCB_AT(0x4d0, save.efer);
VMCB_AT(0x548, save.cr4);
VMCB_AT(0x558, save.cr0);
VMCB_AT(0x570, save.rflags);
VMCB_AT(0x578, save.rip);
VMCB_AT(0x5d8, save.rsp);
VMCB_AT(0x5f8, save.rax);
VMCB_AT(0x600, save.star);
VMCB_AT(0x620, save.kernel_gs_base);
VMCB_AT(0x640, save.cr2);
VMCB_AT(0x668, save.g_pat);
static_assert(sizeof(struct vmcb) == 4096, "APM vol. 2, 15.5.1: a 4-Kbyte page");
#undef VMCB_AT

/* 060h. The last three are ignored while AVIC is on, like V_IRQ. */
#define V_TPR 0xffull             /* 3:0 count */
#define V_IRQ (1ull << 8)
#define V_GIF (1ull << 9)
#define V_NMI (1ull << 11)
#define V_NMI_MASK (1ull << 12)
#define V_INTR_PRIO (0xfull << 16)
#define V_IGN_TPR (1ull << 20)
#define V_INTR_MASKING (1ull << 24)
#define V_GIF_ENABLE (1ull << 25)
#define V_NMI_ENABLE (1ull << 26)
#define V_X2AVIC_ENABLE (1ull << 30)
#define V_AVIC_ENABLE (1ull << 31)
#define V_INTR_VECTOR (0xffull << 32)

#define INT_SHADOW 1ull       /* 068h */
#define NP_ENABLE (1ull << 0) /* 090h */
#define NP_SEV (3ull << 1)    /* SEV, SEV-ES */

/* EVENTINJ and EXITINTINFO (15.20, 15.7.2). */
enum {
    EVENT_TYPE_EXTERNAL = 0,
    EVENT_TYPE_NMI = 2,
    EVENT_TYPE_EXCEPTION = 3,
    EVENT_TYPE_SOFTWARE = 4, /* INT n */
    EVENT_HAS_ERROR = 1 << 11,
};
#define EVENT_VALID 0x80000000u

enum tlb_control { TLB_NOTHING = 0, TLB_FLUSH_ALL = 1, TLB_FLUSH_ASID = 3, TLB_FLUSH_ASID_LOCAL = 7 };

/* 0C0h: which group of fields software has not changed (15.15.1). */
enum clean_bit {
    CLEAN_INTERCEPTS = 0,
    CLEAN_PERMISSIONS = 1,
    CLEAN_ASID = 2,
    CLEAN_TPR = 3,
    CLEAN_NP = 4,
    CLEAN_CR = 5,
    CLEAN_DR = 6,
    CLEAN_TABLES = 7,
    CLEAN_SEGMENTS = 8,
    CLEAN_CR2 = 9,
    CLEAN_LBR = 10,
    CLEAN_AVIC = 11,
    CLEAN_CET = 12,
    CLEAN_NEVER = 32, /* read by each VMRUN */
};

/* Exit codes (appendix C). Codes from 60h have an intercept bit in words 3 to 5. */
enum svm_exit_code {
    VMEXIT_CR0_READ = 0x00,
    VMEXIT_CR8_READ = 0x08,
    VMEXIT_CR0_WRITE = 0x10,
    VMEXIT_CR8_WRITE = 0x18,
    VMEXIT_EXCP0 = 0x40,
    VMEXIT_INTR = 0x60,
    VMEXIT_NMI = 0x61,
    VMEXIT_SMI = 0x62,
    VMEXIT_INIT = 0x63,
    VMEXIT_VINTR = 0x64,
    VMEXIT_CR0_SEL_WRITE = 0x65,
    VMEXIT_IDTR_WRITE = 0x6a,
    VMEXIT_GDTR_WRITE = 0x6b,
    VMEXIT_TR_WRITE = 0x6d,
    VMEXIT_RDTSC = 0x6e,
    VMEXIT_PUSHF = 0x70,
    VMEXIT_POPF = 0x71,
    VMEXIT_CPUID = 0x72,
    VMEXIT_IRET = 0x74,
    VMEXIT_SWINT = 0x75,
    VMEXIT_PAUSE = 0x77,
    VMEXIT_HLT = 0x78,
    VMEXIT_INVLPG = 0x79,
    VMEXIT_INVLPGA = 0x7a,
    VMEXIT_IOIO = 0x7b,
    VMEXIT_MSR = 0x7c,
    VMEXIT_SHUTDOWN = 0x7f,
    VMEXIT_VMRUN = 0x80,
    VMEXIT_VMMCALL = 0x81,
    VMEXIT_VMLOAD = 0x82,
    VMEXIT_VMSAVE = 0x83,
    VMEXIT_STGI = 0x84,
    VMEXIT_CLGI = 0x85,
    VMEXIT_SKINIT = 0x86,
    VMEXIT_RDTSCP = 0x87,
    VMEXIT_WBINVD = 0x89,
    VMEXIT_IDLE_HLT = 0xa6,
    VMEXIT_NPF = 0x400,
    VMEXIT_AVIC_INCOMPLETE_IPI = 0x401,
    VMEXIT_AVIC_NOACCEL = 0x402,
};
#define VMEXIT_INVALID (~0ull)

/* Bit of a code in its word of intercepts. */
#define INTERCEPT(code) (1u << ((code) & 0x1f))

/* "VMEXIT_INTR"; "?" if there is no such code. */
const char *vmexit_name(uint64_t code);

#endif
