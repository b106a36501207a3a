/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual-machine control structures (SDM vol. 3, "Virtual Machine Control Structures").
 *
 * The VMCS data of a region in memory are opaque to software: they live here, in a table keyed by
 * the region's physical address, and not in the memory of the region. Only the revision
 * identifier at its head is read from memory.
 */
#ifndef VMX_VMCS_H
#define VMX_VMCS_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "cpu/core.h"
#include "vmx/vmcs_fields.h"

enum vmcs_launch { VMCS_UNKNOWN, VMCS_CLEAR, VMCS_LAUNCHED };

enum { VMCS_MAX = 8 };

struct vmcs {
    uint64_t address;
    uint8_t used;
    uint8_t launch; /* enum vmcs_launch */
    uint8_t active_on; /* 1 + core whose current VMCS this is; 0: none */
    struct guest_contexts contexts; /* of the guest, at the last VM exit */
    uint64_t field[VMCS_FIELD_COUNT];
};

/* What a field's encoding says (SDM vol. 3, 24.11.2). */
enum vmcs_width { VMCS_16, VMCS_64, VMCS_32, VMCS_NATURAL };
enum vmcs_type { VMCS_CONTROL, VMCS_READ_ONLY, VMCS_GUEST, VMCS_HOST };

static inline enum vmcs_width vmcs_width_of(uint32_t encoding)
{
    return (enum vmcs_width)(encoding >> 13 & 3);
}

static inline enum vmcs_type vmcs_type_of(uint32_t encoding)
{
    return (enum vmcs_type)(encoding >> 10 & 3);
}

static inline uint64_t vmcs_get(const struct vmcs *v, enum vmcs_field f)
{
    assert(f < VMCS_FIELD_COUNT);
    return v->field[f];
}

static inline void vmcs_set(struct vmcs *v, enum vmcs_field f, uint64_t value)
{
    assert(f < VMCS_FIELD_COUNT);
    v->field[f] = value;
}

/* The field of an encoding; -1 if there is none. *high: the encoding is of bits 63:32. */
int vmcs_lookup(uint64_t encoding, bool *high);

uint32_t vmcs_encoding(enum vmcs_field);
const char *vmcs_field_name(enum vmcs_field);

/* VMREAD and VMWRITE by encoding. 0, or the VM-instruction error number (12: no such field,
 * 13: read-only). */
unsigned vmcs_access_read(const struct vmcs *, uint64_t encoding, uint64_t *value);
unsigned vmcs_access_write(struct vmcs *, uint64_t encoding, uint64_t value);

/* The entry of the table for a region; NULL if there is none and none is free. */
struct vmcs *vmcs_find(struct vmcs *table, unsigned count, uint64_t address);

#endif
