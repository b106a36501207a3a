/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error status register: what software reads, and what has been logged since. Pure. */
#ifndef LAPIC_ESR_H
#define LAPIC_ESR_H

#include "lapic/priority.h"

/* Logs an error bit; raises the LVT error interrupt when it is new and unmasked. */
void apic_log_error(struct apic_regs *, uint32_t bit);

/* A write to ESR: makes the errors logged since the last write readable. */
void apic_write_esr(struct apic_regs *);

#endif
