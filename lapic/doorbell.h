/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The AVIC doorbell as a message: from a core or a device to the one core that has a physical APIC id
 * (AMD APM vol. 2, AVIC: "Doorbell"). It has no vector and no payload, and no register of the local
 * APIC changes when it arrives: what it does to a guest that runs there belongs to whoever runs
 * guests. It may arrive as late as any other message.
 */
#ifndef LAPIC_DOORBELL_H
#define LAPIC_DOORBELL_H

#include "lapic/lapic.h"

/* What an arrival does at a core that may be running a guest. */
struct doorbell_ops {
    /* What it touches beyond INBOUND of the core: INTR is what the local APIC shows, which does not change. */
    void (*next)(void *owner, unsigned core, struct footprint *);
    void (*arrive)(void *owner, unsigned core);
};

/* Before set-up. Without it no core ever runs a guest, and an arrival has no effect. */
void lapic_answer_doorbells(struct lapic *, const struct doorbell_ops *, void *owner);

/*
 * A step of message source `source` rings the doorbell of the core with this id: may it now (a free
 * slot), what does that touch, and ringing it. Nothing is sent to an id that nobody has.
 */
bool doorbell_can_send(const struct lapic *, unsigned source, uint32_t id);
void doorbell_next(const struct lapic *, unsigned source, uint32_t id, struct footprint *);
void doorbell_send(struct lapic *, unsigned source, uint32_t id);

#endif
