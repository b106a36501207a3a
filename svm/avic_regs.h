/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which accesses of a guest to the registers of its virtual APIC the processor completes, and which leave the
 * guest (APM vol. 2, 15.29.3.1, table 15-22). Pure rules, one table.
 *
 * Registers are named by their offset in the page; that of an x2APIC MSR is (MSR - 800h) * 10h.
 */
#ifndef SVM_AVIC_REGS_H
#define SVM_AVIC_REGS_H

#include <stdbool.h>
#include <stdint.h>

enum avic_action {
    AVIC_ALLOW, /* an access to the backing page and nothing else */
    AVIC_ACCEL, /* the same, and what the register stands for */
    AVIC_TRAP,  /* the access completes, then the guest is left */
    AVIC_FAULT, /* the guest is left before the access */
    AVIC_GP,    /* #GP in the guest: MSRs alone */
};

enum { AVIC_REGISTERS = 0x1000 / 16 };

/* `ext_lvt`: the processor lets the extended LVT be accessed (CPUID 8000_000A EDX[27]). The write of EOI is
 * AVIC_ACCEL here: whether it is a trap depends on what is in service. */
enum avic_action avic_mmio_action(unsigned offset, bool write, bool ext_lvt);

/* RDMSR or WRMSR of 800h to 8FFh: first what an x2APIC faults at, unless `unchecked`, then the table. */
enum avic_action avic_msr_action(uint32_t msr, bool write, uint64_t value, bool ext_lvt,
                                 bool unchecked);

/* Where the register of an x2APIC MSR lies in the page. */
static inline unsigned avic_msr_offset(uint32_t msr)
{
    return (msr & 0xff) << 4;
}

/* EXITINFO1 of exit 402h (15.29.9.2). */
static inline uint64_t avic_noaccel_info(unsigned offset, bool write)
{
    return (uint64_t)write << 32 | (offset & 0xff0);
}

#endif
