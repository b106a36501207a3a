/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erratum #1235: the ICR write of AVIC takes a target for running that software has just marked as not running, so
 * that its IRR is set and a doorbell goes to where it was, but there is no exit 401h. What the processor does
 * wrong is not public; there are two models (knob erratum-1235), see the source.
 */
#ifndef SVM_ERRATUM_1235_H
#define SVM_ERRATUM_1235_H

#include "cpu/core.h"

struct svm;

enum { PIT_COPIES = 4 };

/* Entries of the physical APIC ID table that a core has kept. Plain data, in the arena. */
struct pit_copy {
    uint8_t valid;
    uint8_t writes;  /* that may still use it */
    uint32_t number; /* of its making */
    uint64_t at;     /* the entry's address */
    uint64_t entry;
};

struct pit_copies {
    uint32_t made;
    struct pit_copy copy[PIT_COPIES];
};

/* Attaches its messages to the fabric. */
void erratum_1235_new(struct svm *);

/* The entry as an ICR write sees it behind the locked access to IRR. `early`: as it was before that. */
uint64_t erratum_1235_read(struct svm *, struct core *, uint64_t at, uint64_t early);

/* VMRUN or #VMEXIT; on a healthy processor nothing. */
void erratum_1235_world_switch(struct svm *, struct core *);

#endif
