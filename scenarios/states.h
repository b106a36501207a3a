/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What invariants and obligations read: states of the image, and the model's own. */
#ifndef SCENARIOS_STATES_H
#define SCENARIOS_STATES_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/session.h"

/*
 * Constants of the code under test (kvm/logic/kvm_host.h, kvm/runtime/vectors.h). They are repeated
 * here because those headers are compiled for the image only; tests/ compares the two.
 */
enum { OUTSIDE_GUEST_MODE, IN_GUEST_MODE, EXITING_GUEST_MODE };
enum { KVM_REQ_EVENT = 6, KVM_REQ_APICV_UPDATE = 9 };
enum { POSTED_INTR_WAKEUP_VECTOR = 0xf1, POSTED_INTR_VECTOR = 0xf2, RESCHEDULE_VECTOR = 0xfd };

enum { PIR_BYTES = 32, VECTORS = 256 };

/* The named state; false with one line in `error` if the image has none of at least `size` bytes. */
bool state_find(const struct session *, const char *name, uint64_t size,
                const struct image_state **state, char *error);

/* Memory as all see it, and as one core does through its store buffer. */
static inline uint64_t state_read(const struct session *s, uint64_t address, unsigned size)
{
    return memory_read(&s->m->memory, address, size);
}
uint64_t state_read_as(const struct session *, unsigned core, uint64_t address, unsigned size);

/* The lowest vector whose bit is set in the PIR at `address`, or in the vIRR of the virtual-APIC
 * page at `address`; -1 if none. */
int state_pir_lowest(const struct session *, uint64_t address);
int state_virr_lowest(const struct session *, uint64_t address);

/* Do several contexts touch this byte, or has it been made visible? */
bool state_shared(const struct session *, uint64_t address);

/* Is this host vector on its way to the core or pending there? */
bool vector_coming(const struct session *, unsigned core, unsigned vector);

/* Is a core other than `except` (~0: any) inside one of the regions (a bit each)? */
bool region_occupied(const struct session *, unsigned except, uint32_t regions);

/* Footprints of the questions above; a resource that is already there is not added again. */
void read_memory(struct footprint *, uint64_t address, unsigned size);
void read_resource(struct footprint *, uint64_t resource);
void read_vectors(struct footprint *, unsigned core);
void read_regions(const struct session *, struct footprint *, unsigned except, uint32_t regions);

#endif
