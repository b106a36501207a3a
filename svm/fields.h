/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of a VMCB that VMRUN loads, by name, and a core's copies of them (APM vol. 2, 15.15, "VMCB State
 * Caching").
 *
 * A core keeps the fields of the VMCBs that it has run last. Software says by clean bits which groups it has
 * not changed since; those a VMRUN may take from the copy. If software has changed them all the same, or another core
 * has run the guest since, the copy is stale, and knob `vmcb-clean-bits` says which of the two is used.
 */
#ifndef SVM_FIELDS_H
#define SVM_FIELDS_H

#include "svm/vmcb.h"

enum vmcb_field {
    /* Control area */
    VMCB_INTERCEPT_CR,
    VMCB_INTERCEPT_EXCEPTIONS,
    VMCB_INTERCEPT_3,
    VMCB_INTERCEPT_4,
    VMCB_INTERCEPT_5,
    VMCB_IOPM_BASE,
    VMCB_MSRPM_BASE,
    VMCB_TSC_OFFSET,
    VMCB_ASID,
    VMCB_TLB_CONTROL,
    VMCB_INT_CTL,
    VMCB_INT_STATE,
    VMCB_NP_CONTROL,
    VMCB_APIC_BAR,
    VMCB_EVENT_INJ,
    VMCB_EVENT_INJ_ERROR,
    VMCB_NCR3,
    VMCB_NRIP,
    VMCB_BACKING_PAGE,
    VMCB_LOGICAL_TABLE,
    VMCB_PHYSICAL_TABLE,
    /* Guest state */
    VMCB_CS,
    VMCB_CS_ATTRIBUTES,
    VMCB_SS,
    VMCB_GDTR_LIMIT,
    VMCB_GDTR_BASE,
    VMCB_IDTR_LIMIT,
    VMCB_IDTR_BASE,
    VMCB_CPL,
    VMCB_EFER,
    VMCB_CR0,
    VMCB_CR2,
    VMCB_CR3,
    VMCB_CR4,
    VMCB_DR6,
    VMCB_DR7,
    VMCB_RFLAGS,
    VMCB_RIP,
    VMCB_RSP,
    VMCB_RAX,
    VMCB_FIELDS,
};

struct vmcb_field_info {
    uint16_t offset;
    uint8_t size;
    uint8_t group; /* enum clean_bit */
    const char *name;
};

extern const struct vmcb_field_info vmcb_field_table[VMCB_FIELDS];

enum { VMCB_CACHED = 2 }; /* VMCBs that a core keeps copies of */

/* Plain data, in the arena. */
struct vmcb_copy {
    uint64_t address; /* of the VMCB */
    uint64_t used;    /* when, counted in VMRUNs of the core; 0: nothing is kept */
    uint64_t value[VMCB_FIELDS];
};

#endif
