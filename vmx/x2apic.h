/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which MSR accesses of a guest are special (SDM vol. 3, 24.6.9 and 29.5); pure rules. */
#ifndef VMX_X2APIC_H
#define VMX_X2APIC_H

#include <stdbool.h>
#include <stdint.h>

enum x2apic_write {
    X2APIC_PHYSICAL,
    X2APIC_FAULT,
    X2APIC_TPR,
    X2APIC_EOI,
    X2APIC_SELF_IPI,
    X2APIC_ICR, /* under IPI virtualization */
};

/* Where the MSR bitmaps (four of 1 KByte) hold an MSR's bit; false: it has none and exits. */
bool x2apic_bitmap_byte(uint32_t msr, bool write, unsigned *byte, unsigned *bit);

/* What a WRMSR that does not exit does; `secondary`: secondary controls as they act. */
enum x2apic_write x2apic_judge_write(uint32_t secondary, uint32_t msr, uint64_t value);

/* Does RDMSR read the virtual-APIC page? */
bool x2apic_reads_page(uint32_t secondary, uint32_t msr);

#endif
