/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants and obligations by name, one implementation each. What each says, in the words of the
 * hardware and of KVM, is above its function in invariants.c and obligations.c.
 */
#ifndef SCENARIOS_INVARIANTS_H
#define SCENARIOS_INVARIANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/machine.h"

struct session;

/*
 * Cores of a machine with invariants. The longest look, when PI-1 and PI-2 are asked in one step, reads
 * four regions of each core and 9 resources beside them: VMX state, mode, control, four words of PIR, what is pending and what is on its way.
 * The step itself touches no more than 16: two cells of memory, three orders, what it can be
 * interrupted by, VMX state, and four regions that begin and four that end in it.
 */
enum { INVARIANT_CORES_MAX = 9 };
/* With PI-3 two regions more are read, and may begin and end in the step, and four resources beside. */
enum { PI3_CORES_MAX = 5 };
/* Those of AVIC read of each vCPU two words, those of IRR that are shared, which are three at most, and its entry; and
 * three regions and, in N-5, SVM state of each core. */
enum { AVIC_CORES_MAX = 3 };
/* AVIC-2, AVIC-3 and N-5 read beside that the table's entries, SVM state and one region of each core. */
enum { AVIC_IRTE_CORES_MAX = 2, AVIC_IRTE_ENTRIES_MAX = 4 };
/* MODE-2, LIVE-1 and WAIT-1 beside PI-1 and PI-2 read one region more of each core, which may begin and end in the step, and
 * three resources: requests and two words of the ledger. */
enum { MODE_CORES_MAX = 6 };
static_assert(5 * MODE_CORES_MAX + 9 + 3 + 18 <= FOOTPRINT_MAX, "a look must fit a footprint");
static_assert((2 + 3 + 1) * AVIC_IRTE_CORES_MAX + 3 * AVIC_IRTE_CORES_MAX + 2 * AVIC_IRTE_ENTRIES_MAX +
              2 * AVIC_IRTE_CORES_MAX + 6 + 20 <= FOOTPRINT_MAX, "a look must fit a footprint");
static_assert((2 + 3 + 1) * AVIC_CORES_MAX + 4 * AVIC_CORES_MAX + 6 + 20 <= FOOTPRINT_MAX, "a look must fit a footprint");
static_assert(6 * PI3_CORES_MAX + 13 + 20 <= FOOTPRINT_MAX, "a look must fit a footprint");
static_assert(4 * INVARIANT_CORES_MAX + 9 + 16 <= FOOTPRINT_MAX, "a look must fit a footprint");

bool invariant_known(const char *name);
bool obligation_known(const char *name);
const char *invariant_names(void); /* "PI-1, PI-2, ..." */
const char *obligation_names(void);

/* Adds those that the session's scenario names, and makes the memory that they read visible.
 * False: the image lacks a state that one of them needs; `error` names it. */
bool invariants_add(struct session *, char *error);
bool obligations_add(struct session *, char *error);

#endif
