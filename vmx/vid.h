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

/* Offsets in the virtual-APIC page. */
enum {
    VAPIC_VTPR = 0x080,
    VAPIC_VPPR = 0x0a0,
    VAPIC_VEOI = 0x0b0,
    VAPIC_VISR = 0x100,
    VAPIC_VIRR = 0x200,
    VAPIC_VICR_LO = 0x300,
    VAPIC_VICR_HI = 0x310,
    VAPIC_SELF_IPI = 0x3f0,
};

/* Kept inside the processor while it is in guest mode. */
struct vid {
    uint8_t rvi, svi;
    uint8_t vppr;       /* what the page holds; only the processor writes it in guest mode */
    uint8_t recognized; /* a pending virtual interrupt is recognised */
};

/* Byte offset, from VIRR or VISR, of the 32-bit word that holds a vector's bit. */
static inline unsigned vapic_word(unsigned vector)
{
    assert(vector < 256);
    return (vector & 0xe0) >> 1;
}

/* The new VPPR of PPR virtualization, 29.1.3. */
uint8_t vid_ppr(uint8_t vtpr, uint8_t svi);

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
