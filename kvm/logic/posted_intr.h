/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The posted-interrupt descriptor.
 *
 * After Intel SDM vol. 3, "Posted-Interrupt Processing" (table 29-1), and the VT-d specification
 * 9.11 for the fields that only the IOMMU and software read. Several agents write it at any time,
 * so every update is a locked read-modify-write. SN is for those who preempt: block/.
 */
#ifndef IRQWEAVE_KVM_LOGIC_POSTED_INTR_H
#define IRQWEAVE_KVM_LOGIC_POSTED_INTR_H

#include "bitops.h"

#define POSTED_INTR_ON  0       /* outstanding notification: bit 256 of the descriptor */
#define POSTED_INTR_SN  1       /* suppress notification */
#define PIR_WORDS       4

struct pi_desc {
    u64 pir[PIR_WORDS];         /* one bit a vector */
    union {
        u64 control;
        struct {
            u16 on : 1, sn : 1, reserved0 : 14;
            u8 nv;              /* notification vector */
            u8 reserved1;
            u32 ndst;           /* x2APIC id to notify */
        };
    };
    u64 reserved2[3];
} __aligned(64);
static_assert(sizeof(struct pi_desc) == 64, "SDM table 29-1");
static_assert(offsetof(struct pi_desc, control) == 32, "ON is bit 256");
static_assert(offsetof(struct pi_desc, nv) == 34, "VT-d 9.11: bits 279:272");
static_assert(offsetof(struct pi_desc, ndst) == 36, "VT-d 9.11: bits 319:288");

static inline bool pi_test_and_set_pir(int vector, struct pi_desc *pi_desc)
{
    return test_and_set_bit(vector, pi_desc->pir);
}

static inline bool pi_test_and_set_on(struct pi_desc *pi_desc)
{
    return test_and_set_bit(POSTED_INTR_ON, &pi_desc->control);
}

static inline void pi_clear_on(struct pi_desc *pi_desc)
{
    clear_bit(POSTED_INTR_ON, &pi_desc->control);
}

static inline bool pi_test_and_clear_on(struct pi_desc *pi_desc)
{
    return test_and_clear_bit(POSTED_INTR_ON, &pi_desc->control);
}

static inline bool pi_test_on(struct pi_desc *pi_desc)
{
    return test_bit(POSTED_INTR_ON, &pi_desc->control);
}

#endif
