/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unit's memory-mapped registers, of 32 or 64 bits, described by a table. They are accessed as a
 * whole, those of 64 bits also by halves (VT-d specification, 11.2); anything else is a finding.
 */
#ifndef IOMMU_REGISTERS_H
#define IOMMU_REGISTERS_H

#include "cpu/core.h"

struct unit_register {
    uint16_t offset;
    uint8_t size;    /* in bytes */
    uint8_t parts;   /* of the unit's state that it belongs to, a bit each; 0: it never changes */
    uint64_t writable, clears, reset; /* bits: written; cleared by a 1; set at reset */
};

struct unit_registers {
    const char *unit; /* in messages */
    uint64_t base;
    const struct unit_register *table;
    unsigned count;
};

/* The register that these bytes belong to, or `count`. */
unsigned unit_register_find(const struct unit_registers *, uint64_t physical);

/* Is there none, or is it no access that the register allows? Then there is a finding. */
bool unit_register_refuse(struct machine *, const struct unit_registers *, const struct core *,
                          uint64_t physical, unsigned size);

/* The bytes of a register whose value is this. */
uint64_t unit_register_read(const struct unit_register *, uint64_t value, uint64_t physical,
                            unsigned size);

/* The bits of the register that a write to these bytes brings, and which bits it reaches. */
uint64_t unit_register_bits(const struct unit_register *, uint64_t physical, unsigned size,
                            uint64_t value, uint64_t *mask);

/* The value that a register has behind such a write. */
uint64_t unit_register_written(const struct unit_register *, uint64_t old, uint64_t physical,
                               unsigned size, uint64_t value);

#endif
