/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The posted-interrupt descriptor (SDM vol. 3, "Posted-Interrupt Processing", table 29-1; VT-d
 * specification 9.11). The CPU knows PIR and ON only; SN, NV and NDST belong to software and to
 * those who post.
 */
#ifndef VMX_POSTED_H
#define VMX_POSTED_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct posted_descriptor {
    uint64_t pir[4];  /* a bit a vector */
    uint64_t control; /* see below; table 29-1: bits 319:256 */
    uint64_t reserved[3];
};

_Static_assert(sizeof(struct posted_descriptor) == 64, "PID");
_Static_assert(offsetof(struct posted_descriptor, control) == 32, "PID control word");

enum {
    PID_CONTROL = offsetof(struct posted_descriptor, control),
    PID_ON = 1 << 0, /* outstanding notification */
    PID_SN = 1 << 1, /* suppress notification */
    PID_WORDS = 4,
};

static inline unsigned pid_nv(uint64_t control)
{
    return control >> 16 & 0xff;
}

static inline uint32_t pid_ndst(uint64_t control)
{
    return (uint32_t)(control >> 32); /* 32-bit id in x2APIC mode */
}

/* Bits of the control word that must be 0 (VT-d specification 9.11). */
#define PID_RESERVED 0x00000000ff00fffcull

#endif
