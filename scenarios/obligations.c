/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Obligations: what must have come out when everything is at rest, with empty store buffers and no
 * message in flight.
 *
 * Posts of one vector may merge, and so may raises of one request: what is owed is an answer after
 * the last one. The ledger of the image tells. Who posts counts up first; who answers then copies
 * the count. At rest, a copy that is behind means that the last answer read the count before the
 * last post was begun.
 *
 * So no violation is false. And none is missed, although an answer may fall between the count and
 * the post proper (the locked access that sets the bit) and so seem to come after it: the poster
 * does nothing in between that others could see, so in another execution it counts only after
 * that answer, all else is as before, and there the copy is behind. Both executions are explored,
 * because the count and its copy are accesses of shared memory and conflict. A device counts and
 * posts in one step.
 */
#include <stdio.h>
#include <string.h>

#include "scenarios/invariants_internal.h"
#include "scenarios/invariants_stated.h"
#include "scenarios/states.h"

static const char *where(const struct session *s, unsigned vector)
{
    uint64_t pir = s->states.pid->address + vector / 64 * 8;
    uint64_t virr = s->states.vapic->address + VAPIC_VIRR + vapic_word(vector);
    if (state_read(s, pir, 8) >> vector % 64 & 1)
        return "it is still in PIR";
    if (state_read(s, virr, 4) >> vector % 32 & 1)
        return "it is still in vIRR";
    return "it is in neither PIR nor vIRR";
}

static bool unhandled(const struct session *s, unsigned vector, char *message, size_t size)
{
    uint64_t control = state_read(s, s->states.pid->address + PID_CONTROL, 8);
    bool before = state_read(s, s->states.answered->address + 4 * vector, 4);
    snprintf(message, size, "PI-4, interrupt lost: %#x was posted to vCPU0 %s; %s, ON = %d", vector,
             before ? "and not handled since its last post" : "and never handled",
             where(s, vector), control & PID_ON ? 1 : 0);
    return false;
}

static bool answered(const struct session *s, unsigned vector)
{
    return state_read(s, s->states.answered->address + 4 * vector, 4) ==
           state_read(s, s->states.posted->address + 4 * vector, 4);
}

/*
 * PI-4, as seen at rest: the guest has handled each vector after its last post, and none is left in
 * PIR or in vIRR.
 */
static bool posted_handled(void *context, struct machine *m, char *message, size_t size)
{
    const struct session *s = context;
    int left = state_pir_lowest(s, s->states.pid->address);
    (void)m;
    for (unsigned vector = 0; vector < VECTORS; vector++)
        if (!answered(s, vector))
            return unhandled(s, vector, message, size);
    if (left < 0)
        left = state_virr_lowest(s, s->states.vapic->address);
    return left < 0 || unhandled(s, (unsigned)left, message, size);
}

static bool posted_handled_init(struct session *s, char *error)
{
    return state_find(s, "pid0", sizeof(struct posted_descriptor), &s->states.pid, error) &&
           state_find(s, "vapic0", 4096, &s->states.vapic, error) &&
           state_find(s, "ledger.posted", 4 * VECTORS, &s->states.posted, error) &&
           state_find(s, "ledger.answered", 4 * VECTORS, &s->states.answered, error);
}

/*
 * IPIs of AVIC, as seen at rest: each vector has been handled after its last post, and none is left in the IRR of any
 * vCPU.
 */
static bool ipis_handled(void *context, struct machine *m, char *message, size_t size)
{
    const struct session *s = context;
    (void)m;
    for (unsigned i = 0; i < s->states.vcpus; i++) {
        int left = state_virr_lowest(s, s->states.vcpu[i].vapic->address);
        if (left < 0)
            continue;
        snprintf(message, size, "interrupt lost: %#x is still in the IRR of vCPU%u, which %s, and everything is at rest",
                 left, i, state_read(s, s->states.vcpu[i].on_rq->address, 4) ? "runs" : "sleeps");
        return false;
    }
    for (unsigned vector = 0; vector < VECTORS; vector++) {
        if (answered(s, vector))
            continue;
        snprintf(message, size, "interrupt lost: %#x has been sent and not been handled since, it is in no IRR, and "
                 "everything is at rest", vector);
        return false;
    }
    return true;
}

/*
 * No vector has been handled more often than it was posted. Posts merge, so less often is no loss; more often is an interrupt
 * that nobody sent, such as one that goes into IRR again while it is being delivered. Of a vector that was never counted, as
 * of a device without `vector`, the ledger says nothing.
 */
static bool handled_once(void *context, struct machine *m, char *message, size_t size)
{
    const struct session *s = context;
    (void)m;
    for (unsigned vector = 0; vector < VECTORS; vector++) {
        uint64_t handled = state_read(s, s->states.handled->address + 4 * vector, 4);
        uint64_t posted = state_read(s, s->states.posted->address + 4 * vector, 4);
        if (!posted || handled <= posted)
            continue;
        snprintf(message, size, "interrupt delivered twice: %#x has been handled %llu times, and was posted %llu times", vector,
                 (unsigned long long)handled, (unsigned long long)posted);
        return false;
    }
    return true;
}

static bool handled_once_init(struct session *s, char *error)
{
    return state_find(s, "ledger.handled", 4 * VECTORS, &s->states.handled, error) &&
           state_find(s, "ledger.posted", 4 * VECTORS, &s->states.posted, error);
}

/*
 * The request of the ledger has been served after it was last raised, and none is left set.
 * KVM_REQ_EVENT does not count: it asks for a look at pending interrupts, may stay set once the
 * processor has delivered them, and what it is for is the obligation above.
 */
static bool requests_served(void *context, struct machine *m, char *message, size_t size)
{
    const struct session *s = context;
    uint64_t pending = state_read(s, s->states.requests->address, 8);
    uint64_t raised = state_read(s, s->states.requested->address, 4);
    uint64_t served = state_read(s, s->states.served->address, 4);
    (void)m;
    if (served == raised && !(pending & ~(1ull << KVM_REQ_EVENT)))
        return true;
    snprintf(message, size, "request lost: raised %llu times, last served when it had been raised "
             "%llu times; vcpu0.requests = %#llx, and everything is at rest",
             (unsigned long long)raised, (unsigned long long)served, (unsigned long long)pending);
    return false;
}

static bool requests_served_init(struct session *s, char *error)
{
    return state_find(s, "vcpu0.requests", 8, &s->states.requests, error) &&
           state_find(s, "ledger.requested", 4, &s->states.requested, error) &&
           state_find(s, "ledger.served", 4, &s->states.served, error);
}

/*
 * A line of a virtual I/O APIC that was raised has been looked after: the guest's handler has found the
 * last count, by whichever vector it was called. And remote IRR is clear (bit 14: 82093AA, 3.2.4): no
 * handler runs at rest, so no EOI will come to clear it, and whatever the line asks for next is lost.
 */
static bool level_handled(void *context, struct machine *m, char *message, size_t size)
{
    const struct session *s = context;
    uint64_t asserted = state_read(s, s->states.asserted->address, 4), last = 0;
    uint64_t entry = state_read(s, s->states.entry->address, 8);
    (void)m;
    for (unsigned vector = 0; vector < VECTORS; vector++) {
        uint64_t answer = state_read(s, s->states.answered->address + 4 * vector, 4);
        last = answer > last ? answer : last;
    }
    bool remote_irr = entry >> 14 & 1;
    if (last == asserted && !remote_irr)
        return true;
    snprintf(message, size, "%s: it was raised %llu times, and the guest last handled it when it had been "
             "raised %llu times; entry %#llx, remote IRR = %d, and everything is at rest",
             last == asserted ? "line stuck" : "level lost", (unsigned long long)asserted,
             (unsigned long long)last, (unsigned long long)entry, remote_irr);
    return false;
}

static bool level_handled_init(struct session *s, char *error)
{
    return state_find(s, "ioapic.entry", 8, &s->states.entry, error) &&
           state_find(s, "ledger.asserted", 4, &s->states.asserted, error) &&
           state_find(s, "ledger.answered", 4 * VECTORS, &s->states.answered, error);
}

/* Each access of a guest to its APIC's page has reached the APIC: the processor has accelerated it, or software has emulated
 * it. */
static bool apic_accesses_handled(void *context, struct machine *m, char *message, size_t size)
{
    const struct session *s = context;
    uint64_t made = state_read(s, s->states.apic_made->address, 4);
    uint64_t handled = state_read(s, s->states.apic_handled->address, 4);
    (void)m;
    if (made == handled)
        return true;
    snprintf(message, size, "access lost: the guest has touched its APIC's page %llu times, and %llu of them have reached the "
             "APIC", (unsigned long long)made, (unsigned long long)handled);
    return false;
}

static bool apic_accesses_init(struct session *s, char *error)
{
    return state_find(s, "ledger.apic_made", 4, &s->states.apic_made, error) &&
           state_find(s, "ledger.apic_handled", 4, &s->states.apic_handled, error);
}

/* ---- By name ---- */

static const struct {
    const char *name;
    bool (*init)(struct session *, char *error);
    bool (*met)(void *context, struct machine *, char *message, size_t size);
} table[] = {
    {"posted-handled", posted_handled_init, posted_handled},
    {"ipis-handled", avic_states_find, ipis_handled},
    {"handled-once", handled_once_init, handled_once},
    {"requests-served", requests_served_init, requests_served},
    {"level-handled", level_handled_init, level_handled},
    {"apic-accesses-handled", apic_accesses_init, apic_accesses_handled},
};

enum { TABLE_SIZE = sizeof table / sizeof *table };

bool obligation_known(const char *name)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        if (!strcmp(table[i].name, name))
            return true;
    return false;
}

const char *obligation_names(void)
{
    return "posted-handled, ipis-handled, handled-once, requests-served, level-handled, apic-accesses-handled";
}

static bool add(struct session *s, const struct scenario_rule *rule, char *error)
{
    if (rule->holds)
        return stated_obligation_add(s, rule, error);
    for (unsigned i = 0; i < TABLE_SIZE; i++) {
        if (strcmp(table[i].name, rule->name))
            continue;
        struct obligation o = {table[i].name, s, table[i].met};
        machine_add_obligation(s->m, &o);
        return table[i].init(s, error);
    }
    return true;
}

bool obligations_add(struct session *s, char *error)
{
    for (unsigned i = 0; i < s->scenario->obligations_count; i++)
        if (!add(s, &s->scenario->obligations[i], error))
            return false;
    return true;
}
