/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual-interrupt delivery, the part that is pure state: RVI, SVI, VPPR and recognition
 * (SDM vol. 3, APIC Virtualization and Virtual Interrupts: 29.1, 29.2).
 */
#ifndef VMX_VID_H
#define VMX_VID_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "lapic/vapic.h"

/* Kept inside the processor while it is in guest mode. */
struct vid {
    uint8_t rvi, svi;
    uint8_t vppr;       /* what the page holds; only the processor writes it in guest mode */
    uint8_t recognized; /* a pending virtual interrupt is recognised */
};

/* Evaluation of pending virtual interrupts, 29.2.1: reads RVI and VPPR, never VIRR. */
void vid_evaluate(struct vid *, bool interrupt_window_exiting);

/* May a virtual interrupt be delivered at this boundary, 29.2.2? */
bool vid_deliverable(const struct vid *, bool interrupt_flag, bool blocked,
                     bool interrupt_window_exiting);

/* Registers after the delivery of RVI; `next` is the highest bit left in VIRR. Returns the
 * vector. */
uint8_t vid_take(struct vid *);
void vid_taken(struct vid *, uint8_t next);

/* A vector has been added to VIRR. */
static inline void vid_raise_rvi(struct vid *vid, unsigned vector)
{
    if (vector > vid->rvi)
        vid->rvi = (uint8_t)vector;
}

#endif
