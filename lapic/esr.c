/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The error status register (SDM vol. 3, 10.5.3): an error is logged in a register that
 * software cannot see; a write to ESR makes the log readable and begins a new one.
 *
 * Bits that occur: 4 redirectable IPI, 5 send illegal vector, 6 receive illegal vector, 7 illegal register
 * address. Left out: checksum and accept errors (bits 0 to 3), of the serial bus of the P6 family.
 */
#include "lapic/esr.h"

void apic_log_error(struct apic_regs *r, uint32_t bit)
{
    assert(bit && !(bit & (bit - 1)));
    if (r->esr_shadow & bit)
        return;
    r->esr_shadow |= bit;
    uint32_t lvt = r->lvt[LVT_ERROR];
    unsigned vector = lvt & 0xff;
    /* An illegal vector in the LVT itself cannot be raised: SDM vol. 3, 10.5.3, "receive illegal
     * vector", of the entry for errors as of all others. */
    if (lvt & APIC_LVT_MASKED)
        return;
    if (vector < APIC_FIRST_VECTOR)
        r->esr_shadow |= APIC_ESR_RECEIVE_ILLEGAL;
    else
        apic_accept_fixed(r, vector, false);
}

void apic_write_esr(struct apic_regs *r)
{
    r->esr = r->esr_shadow;
    r->esr_shadow = 0;
}
