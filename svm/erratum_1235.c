/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two models of erratum #1235. After facts about AMD 56323 and Linux commit 8de4a1c8164e; Bonzini's and
 * Levitsky's descriptions (2021 to 2023).
 *
 * MODEL-R, "reorder": IsRunning is the one that was read before the bit in IRR was set. The window is one ICR write: who
 * clears IsRunning, waits, and looks at IRR again is safe.
 *
 * MODEL-C, "stale-copy": the core keeps what it has read of an entry for the next ICR writes, and the stores of others do
 * not reach the copy at once. They reach it when a message does that is sent as the copy is made and may arrive at
 * any time: up to then the copy is used, so at each ICR write the explorer has the choice between the old entry and
 * the one in memory. A copy serves a number of writes at most (knob), and then the entry is read again.
 *
 * In both IRR is always set, and the doorbell goes to the core that the stale entry names. Left out: copies of more than
 * PIT_COPIES entries, the oldest of which is forgotten; copies that threads of a core share; V and the page of the entry are
 * always fresh.
 */
#include "svm/erratum_1235.h"

#include <stdio.h>

#include "sim/message.h"
#include "svm/avic_internal.h"

enum { PIT_UPDATE = APIC_CARRIED }; /* kind of message; `vector`: the core, `destination`: the copy */

static uint64_t copies_of(unsigned core)
{
    return core_control(core, UNIT_PIT_COPY);
}

static bool keeps_copies(const struct svm *s)
{
    return s->errata & ERRATUM_1235;
}

static struct pit_copy *find(struct pit_copies *k, uint64_t at)
{
    for (unsigned i = 0; i < PIT_COPIES; i++)
        if (k->copy[i].valid && k->copy[i].at == at)
            return &k->copy[i];
    return NULL;
}

/* A free one, or the oldest. */
static struct pit_copy *make_room(struct pit_copies *k)
{
    struct pit_copy *oldest = &k->copy[0];
    for (unsigned i = 0; i < PIT_COPIES; i++) {
        if (!k->copy[i].valid)
            return &k->copy[i];
        if (k->copy[i].number < oldest->number)
            oldest = &k->copy[i];
    }
    return oldest;
}

static unsigned writes(struct core *c)
{
    static const uint8_t count[] = {2, 1, 4};
    return count[knob_value(&c->m->knobs, KNOB_ERRATUM_1235_WRITES)];
}

/* The entry in memory becomes the copy, and the message that will end it leaves: one step. */
static uint64_t read_and_keep(struct svm *s, struct core *c, uint64_t at)
{
    struct pit_copies *k = &avic_core(s, c)->copies;
    struct footprint fp;
    footprint_clear(&fp);
    footprint_add(&fp, copies_of(c->id), ACCESS_WRITE);
    message_order_send(s->m, c->id, MESSAGE_TO_DEVICES, &fp);
    uint64_t entry = core_hw_read_with(c, &fp, POINT_SLOT, at, PIT_ENTRY_SIZE);
    struct pit_copy *copy = make_room(k);
    *copy = (struct pit_copy){.valid = 1, .writes = (uint8_t)writes(c), .number = ++k->made,
                              .at = at, .entry = entry};
    message_post(s->m, c->id, (struct message){.kind = PIT_UPDATE, .vector = (uint8_t)c->id,
                                               .target = MESSAGE_TO_DEVICES,
                                               .destination = copy->number});
    machine_say(s->m, STEP_SVM, "keeps a copy: %s", pit_running(entry) ? "running" : "not running");
    return entry;
}

static uint64_t read_by_copy(struct svm *s, struct core *c, uint64_t at)
{
    struct pit_copies *k = &avic_core(s, c)->copies;
    struct footprint fp;
    footprint_clear(&fp);
    footprint_add(&fp, copies_of(c->id), ACCESS_WRITE);
    if (k->made)
        core_point(c, &fp, 0); /* whether there still is a copy is decided here */
    struct pit_copy *copy = find(k, at);
    if (!copy)
        return read_and_keep(s, c, at);
    copy->valid = --copy->writes > 0;
    machine_say(s->m, STEP_SVM, "uses its copy: %s",
                pit_running(copy->entry) ? "running" : "not running");
    return copy->entry;
}

uint64_t erratum_1235_read(struct svm *s, struct core *c, uint64_t at, uint64_t early)
{
    if (knob_value(&c->m->knobs, KNOB_ERRATUM_1235) == 1)
        return read_by_copy(s, c, at);
    machine_say(s->m, STEP_SVM, "IsRunning was read before: %d", pit_running(early));
    return early;
}

/* A message that is still on its way finds nothing then. */
void erratum_1235_world_switch(struct svm *s, struct core *c)
{
    struct pit_copies *k = &avic_core(s, c)->copies;
    if (!keeps_copies(s) || c->m->knobs.value[KNOB_ERRATUM_1235] != 1 || !k->made)
        return;
    if (knob_value(&c->m->knobs, KNOB_ERRATUM_1235_WORLD_SWITCH) == 1)
        memset(k->copy, 0, sizeof k->copy);
}

/* ---- The update that ends a copy ---- */

static void next_update(void *guest, const struct message *msg, struct footprint *fp)
{
    (void)guest;
    footprint_add(fp, copies_of(msg->vector), ACCESS_WRITE);
}

static void update(void *guest, const struct message *msg)
{
    struct svm *s = guest;
    struct pit_copies *k = &s->avic[msg->vector].copies;
    for (unsigned i = 0; i < PIT_COPIES; i++)
        if (k->copy[i].number == msg->destination)
            k->copy[i].valid = 0;
}

static void describe(void *guest, const struct message *msg, char *text, size_t size)
{
    (void)guest;
    snprintf(text, size, "update of CPU%u's copy %u of a table entry", msg->vector, msg->destination);
}

static const struct fabric_guest updates = {next_update, update, describe};

void erratum_1235_new(struct svm *s)
{
    s->lapic->carried = &updates;
    s->lapic->carried_for = s;
}
