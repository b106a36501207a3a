/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of devices in physical memory (SDM vol. 3, 11.3: uncached). They lie outside RAM and
 * are mapped linear = physical, whatever the window of RAM is.
 */
#ifndef CPU_MMIO_H
#define CPU_MMIO_H

#include "cpu/core.h"

/*
 * A range of registers. An access is one step of the core that makes it: the store buffer has been
 * drained, an interrupt may come before the instruction but not between its accesses. An access
 * never crosses the end of the range; which sizes and alignments are good is the owner's to say.
 */
struct mmio_ops {
    uint64_t first, last; /* physical addresses of the first and the last byte; whole pages */
    /* What the access will touch. `flags`: more conditions (enum point_flags). */
    void (*next)(void *owner, struct core *, uint64_t physical, unsigned size, bool write,
                 uint64_t value, struct footprint *, unsigned *flags);
    uint64_t (*read)(void *owner, struct core *, uint64_t physical, unsigned size);
    void (*write)(void *owner, struct core *, uint64_t physical, unsigned size, uint64_t value);
    /* Is what a read finds all that there is to it: it changes nothing, and depends on no more than what next() says? Then a
     * pause loop can wait for the register to change (cpu/spin.c). NULL: of none. */
    bool (*is_steady)(const void *owner, uint64_t physical);
};

/* Before the first core is set up. */
void cpu_add_mmio(struct cpu *, const struct mmio_ops *, void *owner);

#endif
