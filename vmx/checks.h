/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of VM entry as rows of a table: each has a name, a sentence, and the condition that must
 * hold (SDM vol. 3, VM Entries: 26.2.1, 26.2.2, 26.3.1). Pure functions of the VMCS and of VTPR.
 */
#ifndef VMX_CHECKS_H
#define VMX_CHECKS_H

#include "vmx/controls.h"

enum entry_failure {
    ENTRY_PASSES = 0,
    ENTRY_FAILS_CONTROLS = VM_ERROR_CONTROLS,        /* VMfailValid, error 7 */
    ENTRY_FAILS_HOST = VM_ERROR_HOST_STATE,          /* VMfailValid, error 8 */
    ENTRY_FAILS_GUEST = EXIT_ENTRY_GUEST_STATE,      /* VM exit, reason 33 with bit 31 */
};

struct entry_row {
    enum entry_failure failure;
    const char *must; /* what must hold, for messages */
    bool (*holds)(const struct vmcs *);
};

/* The first of `count` rows that does not hold; NULL if all do. */
const struct entry_row *entry_row_broken(const struct entry_row *, unsigned count, const struct vmcs *);

/* The first row that does not hold; NULL if all do. `vtpr` counts only if the next function says
 * so. */
const struct entry_row *vmx_check_entry(const struct vmcs *, unsigned vtpr);

/* ... of the rows on host and guest state (checks_state.c). */
const struct entry_row *vmx_check_state(const struct vmcs *);

/* The qualification of the exit with reason 33 that a row on guest state causes (26.7). */
unsigned vmx_check_qualification(const struct entry_row *);

/* Does a check depend on VTPR, that is, on memory? */
bool vmx_check_reads_vtpr(const struct vmcs *);

#endif
