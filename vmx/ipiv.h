/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPI virtualization (SDM vol. 3, later editions, "IPI Virtualization"): a guest's
 * write to the ICR posts the interrupt to another virtual CPU without a VM exit.
 */
#ifndef VMX_IPIV_H
#define VMX_IPIV_H

#include "vmx/checks.h"

enum {
    IPIV_PAGE_OFFSET = 0x300, /* VICR_LO; the qualification of the exit */
    IPIV_ENTRY_SIZE = 8,      /* of the PID-pointer table */
    IPIV_ENTRY_VALID = 1 << 0,
};

/* Bits of EAX whose write as 1 by WRMSR 830h faults: 31:20, 17:16, 13 ("Virtualizing
 * MSR-Based APIC Accesses"). */
#define IPIV_ICR_RESERVED 0xfff32000u

/* May a write of VICR_LO be virtualized: fixed, edge, physical destination, no shorthand, and no
 * reserved bit ("APIC-Write Emulation")? The vector is judged later. */
bool ipiv_shape(uint32_t icr_low);

/* Is an entry of the PID-pointer table one that is used: valid, reserved bits 5:1 clear, within the
 * physical-address width? */
bool ipiv_entry_valid(uint64_t entry);

/* Is the table where VM entry wants it: 8-byte aligned, first and last entry within the
 * physical-address width? */
bool ipiv_table_in_range(const struct vmcs *);

#endif
