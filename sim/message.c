/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/message.h"

static struct message *next_slot(const struct machine *m, unsigned source)
{
    struct message_queue *q = &m->state->queue[source];
    return &q->slot[q->sent % m->slots];
}

static uint64_t slot_resource(unsigned source, unsigned slot)
{
    return resource_make(RES_MESSAGE, (uint64_t)source << 16 | slot);
}

/* In fifo order the arrivals of one sender at one target form a chain. */
static uint64_t chain_resource(unsigned source, unsigned target)
{
    return resource_make(RES_MESSAGE, (uint64_t)source << 16 | 0x100 | target);
}

/* Of one message. A slot would not do: what waits for one message is indifferent to the next one there. */
static uint64_t arrival_resource(unsigned source, uint32_t number)
{
    return resource_make(RES_MESSAGE, (uint64_t)number << 24 | (uint64_t)source << 16 | 0x200);
}

bool message_can_send(struct machine *m, unsigned source)
{
    if (!next_slot(m, source)->in_flight)
        return true;
    m->state->bounds |= BOUND_MESSAGES;
    return false;
}

/* Of the message that is sent behind `before` others in the same step. */
static void order_send(const struct machine *m, unsigned source, unsigned before, unsigned target,
                       struct footprint *fp)
{
    uint32_t number = m->state->queue[source].sent + before;
    footprint_add_order(fp, slot_resource(source, number % m->slots));
    if (target != MESSAGE_TO_DEVICES)
        footprint_add(fp, resource_make(RES_INBOUND, target), ACCESS_ACCUMULATE);
}

void message_order_send(const struct machine *m, unsigned source, unsigned target,
                        struct footprint *fp)
{
    order_send(m, source, 0, target, fp);
}

bool message_can_send_all(const struct machine *m, unsigned source, uint32_t targets)
{
    const struct message_queue *q = &m->state->queue[source];
    unsigned count = (unsigned)__builtin_popcount(targets);
    for (unsigned i = 0; i < count; i++)
        if (i == m->slots || q->slot[(q->sent + i) % m->slots].in_flight) {
            m->state->bounds |= BOUND_MESSAGES;
            return false;
        }
    return true;
}

void message_order_send_all(const struct machine *m, unsigned source, uint32_t targets,
                            struct footprint *fp)
{
    for (unsigned i = 0; targets; i++, targets &= targets - 1)
        order_send(m, source, i, (unsigned)__builtin_ctz(targets), fp);
}

void message_send(struct machine *m, unsigned source, unsigned kind, unsigned vector,
                  unsigned target)
{
    message_post(m, source, (struct message){.kind = (uint8_t)kind, .vector = (uint8_t)vector,
                                             .target = (uint8_t)target});
}

void message_post(struct machine *m, unsigned source, struct message message)
{
    struct message_queue *q = &m->state->queue[source];
    struct message *slot = next_slot(m, source);
    assert(!slot->in_flight);
    assert(message.target < m->cores || message.target == MESSAGE_TO_DEVICES);
    *slot = message;
    slot->in_flight = true;
    q->in_flight++;
    slot->number = q->sent++;
    /* Whether an earlier one is still on its way differs between equivalent executions; how many
     * the source has sent does not. */
    if (q->sent > 1)
        knob_value(&m->knobs, KNOB_MESSAGE_ORDER);
}

static bool is_fifo(const struct machine *m)
{
    return m->knobs.value[KNOB_MESSAGE_ORDER] == 1;
}

static bool overtaken(const struct machine *m, unsigned source, const struct message *msg)
{
    const struct message_queue *q = &m->state->queue[source];
    for (unsigned i = 0; i < m->slots; i++) {
        const struct message *other = &q->slot[i];
        if (other->in_flight && other->target == msg->target && other->number < msg->number)
            return true;
    }
    return false;
}

bool message_enabled(const struct machine *m, unsigned source, unsigned slot)
{
    const struct message *msg = &m->state->queue[source].slot[slot];
    if (!msg->in_flight || (is_fifo(m) && overtaken(m, source, msg)))
        return false;
    return msg->target != MESSAGE_TO_DEVICES || m->message_ops->ready(m->fabric, msg);
}

void message_next_arrival(struct machine *m, unsigned source, unsigned slot, struct footprint *fp)
{
    const struct message *msg = &m->state->queue[source].slot[slot];
    footprint_add_order(fp, slot_resource(source, slot));
    if (msg->awaited)
        footprint_add_order(fp, arrival_resource(source, msg->number));
    if (msg->target != MESSAGE_TO_DEVICES)
        footprint_add(fp, resource_make(RES_INBOUND, msg->target), ACCESS_ACCUMULATE);
    if (msg->ipi && m->knobs.value[KNOB_DELIVERY_STATUS] == 1)
        footprint_add(fp, message_status(source), ACCESS_ACCUMULATE);
    m->message_ops->next(m->fabric, msg, fp);
    if (is_fifo(m))
        footprint_add_order(fp, chain_resource(source, msg->target));
}

void message_arrive(struct machine *m, unsigned source, unsigned slot)
{
    struct message *msg = &m->state->queue[source].slot[slot];
    assert(msg->in_flight);
    msg->in_flight = false;
    m->state->queue[source].in_flight--;
    if (m->record) {
        char text[STEP_TEXT];
        m->message_ops->describe(m->fabric, msg, text, sizeof text);
        if (msg->target == MESSAGE_TO_DEVICES)
            machine_say(m, STEP_ARRIVE, "%s arrives", text);
        else
            machine_say(m, STEP_ARRIVE, "%s arrives at CPU%u", text, msg->target);
    }
    m->message_ops->arrive(m->fabric, msg);
}

bool message_awaited_arrived(const struct machine *m, unsigned source, uint32_t count)
{
    for (unsigned i = 0; i < m->slots; i++) {
        const struct message *msg = &m->state->queue[source].slot[i];
        if (msg->in_flight && msg->awaited && msg->number < count)
            return false;
    }
    return true;
}

/* Those before the last `slots` have arrived before others were sent through their slots. */
void message_order_awaited(const struct machine *m, unsigned source, uint32_t count,
                           struct footprint *fp)
{
    for (uint32_t n = count > m->slots ? count - m->slots : 0; n < count; n++)
        footprint_add_order(fp, arrival_resource(source, n));
}

bool message_sent_in(const struct machine *m, const struct footprint *fp, unsigned vector,
                     unsigned target)
{
    for (unsigned s = 0; s < m->cores + m->devices; s++) {
        for (unsigned i = 0; i < m->slots; i++) {
            const struct message *msg = &m->state->queue[s].slot[i];
            if (!msg->in_flight || msg->vector != vector || msg->target != target)
                continue;
            for (uint32_t k = 0; k < fp->count; k++)
                if (fp->access[k].resource == slot_resource(s, i) && fp->access[k].order)
                    return true; /* an arrival touches the slot as well, but leaves it empty */
        }
    }
    return false;
}

uint64_t message_status(unsigned source)
{
    return resource_make(RES_MESSAGE, (uint64_t)source << 16 | 0x201); /* of no arrival */
}

bool message_ipi_in_flight(const struct machine *m, unsigned source)
{
    for (unsigned i = 0; i < m->slots; i++)
        if (m->state->queue[source].slot[i].in_flight && m->state->queue[source].slot[i].ipi)
            return true;
    return false;
}

bool message_in_flight(const struct machine *m, unsigned vector, unsigned target)
{
    for (unsigned s = 0; s < m->cores + m->devices; s++) {
        for (unsigned i = 0; i < m->slots; i++) {
            const struct message *msg = &m->state->queue[s].slot[i];
            if (msg->in_flight && msg->vector == vector && msg->target == target)
                return true;
        }
    }
    return false;
}
