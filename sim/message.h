/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt messages in flight (IPI, MSI, notification, doorbell). Each is an agent: it may arrive
 * at any time after it was sent, and overtake others, unless the knob message-order says "fifo"
 * (SDM vol. 3, 10.6: no order between interrupt messages is promised).
 *
 * A source has `slots` messages in flight at most; a sender that finds its slot taken waits, and
 * the run reports the bound.
 */
#ifndef SIM_MESSAGE_H
#define SIM_MESSAGE_H

#include "sim/machine.h"

/* True if the next message of `source` has a free slot. */
bool message_can_send(struct machine *, unsigned source);

/* The accesses of a step that sends the next message of `source` to core `target`. */
void message_order_send(const struct machine *, unsigned source, unsigned target,
                        struct footprint *);

void message_send(struct machine *, unsigned source, unsigned kind, unsigned vector,
                  unsigned target);

/* The same for a step that sends one message to each of several cores (a bit each), in ascending
 * order. */
bool message_can_send_all(const struct machine *, unsigned source, uint32_t targets);
void message_order_send_all(const struct machine *, unsigned source, uint32_t targets,
                            struct footprint *);

/* The target of a message that goes to no core; what receives it says what its arrival touches. */
enum { MESSAGE_TO_DEVICES = 0xff };
/* The same with all fields that the receiver gives a meaning to; the others are filled in. */
void message_post(struct machine *, unsigned source, struct message);

bool message_enabled(const struct machine *, unsigned source, unsigned slot);
void message_next_arrival(struct machine *, unsigned source, unsigned slot, struct footprint *);
void message_arrive(struct machine *, unsigned source, unsigned slot);

/*
 * Have those of the first `count` messages of `source` that are `awaited` arrived? A step that is not enabled
 * before has the accesses of the second, and comes behind the step that has sent the last of them.
 */
bool message_awaited_arrived(const struct machine *, unsigned source, uint32_t count);
void message_order_awaited(const struct machine *, unsigned source, uint32_t count,
                           struct footprint *);

/* True if a message with this vector is on its way to `target`. */
bool message_in_flight(const struct machine *, unsigned vector, unsigned target);

/* True if the step with this footprint, just made, has sent it. */
bool message_sent_in(const struct machine *, const struct footprint *, unsigned vector,
                     unsigned target);

/* Is an IPI of this source in flight? And what reading that touches: each arrival of one changes it, if the knob
 * delivery-status says that it can be seen. */
bool message_ipi_in_flight(const struct machine *, unsigned source);
uint64_t message_status(unsigned source);

#endif
