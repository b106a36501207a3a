/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register access matrix of AVIC and x2AVIC: APM vol. 2 (rev. 3.44), table 15-22; for the faults of an x2APIC
 * its chapter 16.
 *
 * Offsets that have no row are ordinary memory of the page. Which faults of an x2APIC the hardware raises before it
 * looks at the table the manual does not list: knob x2avic-faults. Register 83Fh, which the table
 * gives no read, and offsets that are no MSR of an x2APIC, fault in any case.
 */
#include "svm/avic_regs.h"

#include <stddef.h>

#include "lapic/icr.h"

enum { M = 1, X = 2, MX = M | X }; /* there as a memory-mapped register, as an MSR */
enum { R = 1, W = 2, RW = R | W }; /* what an x2APIC allows */

struct row {
    uint16_t first, last; /* offsets */
    uint8_t read, write;  /* enum avic_action */
    uint8_t where;
    uint8_t access;    /* as an MSR */
    uint64_t reserved; /* bits that a WRMSR faults at */
};

#define ABOVE(bits) (~0ull << (bits))
static const struct row rows[] = {
    {0x020, 0x020, AVIC_ALLOW, AVIC_TRAP, MX, R, 0},           /* APIC ID */
    {0x030, 0x030, AVIC_ALLOW, AVIC_FAULT, MX, R, 0},          /* version */
    {0x080, 0x080, AVIC_ALLOW, AVIC_ACCEL, MX, RW, ABOVE(8)},  /* TPR */
    {0x090, 0x090, AVIC_FAULT, AVIC_FAULT, MX, R, 0},          /* APR */
    {0x0a0, 0x0a0, AVIC_ALLOW, AVIC_FAULT, MX, R, 0},          /* PPR */
    {0x0b0, 0x0b0, AVIC_ALLOW, AVIC_ACCEL, MX, W, ~0ull},      /* EOI */
    {0x0c0, 0x0c0, AVIC_ALLOW, AVIC_TRAP, M, 0, 0},            /* remote read */
    {0x0d0, 0x0d0, AVIC_ALLOW, AVIC_TRAP, MX, R, 0},           /* LDR */
    {0x0e0, 0x0e0, AVIC_ALLOW, AVIC_TRAP, M, 0, 0},            /* DFR */
    {0x0f0, 0x0f0, AVIC_ALLOW, AVIC_TRAP, MX, RW, ABOVE(32)},  /* spurious vector */
    {0x100, 0x170, AVIC_ALLOW, AVIC_FAULT, MX, R, 0},          /* ISR */
    {0x180, 0x1f0, AVIC_ALLOW, AVIC_FAULT, MX, R, 0},          /* TMR */
    {0x200, 0x270, AVIC_ALLOW, AVIC_FAULT, MX, R, 0},          /* IRR */
    {0x280, 0x280, AVIC_ALLOW, AVIC_TRAP, MX, RW, ~0ull},      /* ESR */
    {0x300, 0x300, AVIC_ALLOW, AVIC_ACCEL, MX, RW, ICR_RESERVED}, /* ICR */
    {0x310, 0x310, AVIC_ALLOW, AVIC_ALLOW, M, 0, 0},           /* its upper half */
    {0x320, 0x370, AVIC_ALLOW, AVIC_TRAP, MX, RW, ABOVE(32)},  /* LVT */
    {0x380, 0x380, AVIC_ALLOW, AVIC_TRAP, MX, RW, ABOVE(32)},  /* initial count */
    {0x390, 0x390, AVIC_FAULT, AVIC_FAULT, MX, R, 0},          /* current count */
    {0x3e0, 0x3e0, AVIC_ALLOW, AVIC_TRAP, MX, RW, ABOVE(32)},  /* divide */
    {0x3f0, 0x3f0, AVIC_ALLOW, AVIC_ACCEL, X, W, ABOVE(8)},    /* self IPI */
    {0x400, 0x420, AVIC_FAULT, AVIC_FAULT, MX, RW, 0},         /* extended features, control, SEOI */
    {0x480, 0x4f0, AVIC_FAULT, AVIC_FAULT, MX, RW, 0},         /* IER */
    {0x500, 0x530, AVIC_FAULT, AVIC_FAULT, MX, RW, 0},         /* extended LVT */
    {0x540, 0xff0, AVIC_FAULT, AVIC_FAULT, MX, 0, 0},          /* reserved */
};

static const struct row *find(unsigned slot)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (slot >= rows[i].first && slot <= rows[i].last)
            return &rows[i];
    return NULL;
}

static enum avic_action action_of(const struct row *r, bool write, bool ext_lvt)
{
    if (ext_lvt && r->first == 0x500)
        return write ? AVIC_TRAP : AVIC_ALLOW;
    return (enum avic_action)(write ? r->write : r->read);
}

enum avic_action avic_mmio_action(unsigned offset, bool write, bool ext_lvt)
{
    const struct row *r = find(offset & 0xff0);
    return r && (r->where & M) ? action_of(r, write, ext_lvt) : AVIC_ALLOW;
}

enum avic_action avic_msr_action(uint32_t msr, bool write, uint64_t value, bool ext_lvt,
                                 bool unchecked)
{
    const struct row *r = find(avic_msr_offset(msr));
    if (!r || !(r->where & X) || (r->first == 0x3f0 && !write))
        return AVIC_GP;
    bool faults = !(r->access & (write ? W : R)) || (write && (value & r->reserved));
    return faults && !unchecked ? AVIC_GP : action_of(r, write, ext_lvt);
}
