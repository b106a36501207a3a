/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants of kicks and requests to vCPU 0, whose thread runs on core 0 and stays there. See
 * scenarios/kick-running-vcpu/README.md, and invariants.c for MODE-1.
 */
#include "scenarios/invariants_internal.h"

#include <stdio.h>

#include "kvm/runtime/marker.h"
#include "scenarios/states.h"

static bool ask_in_guest(const struct look *l)
{
    read_resource(l->footprint, core_control(CORE, UNIT_VIRT));
    return vmx_non_root(l->s->vmx, CORE);
}

/* Of steps that enter the guest only those of this core matter. */
static bool concerns(const struct footprint *fp)
{
    return fp->events != EVENT_VM_ENTRY || step_writes(fp, core_control(CORE, UNIT_VIRT));
}

/* Is it a step of the core, or a store of its own that reaches memory? */
static bool by_thread(const struct machine *m)
{
    return m->stepping == CORE || m->stepping == agent_of_buffer(m, CORE);
}

/*
 * MODE-2: vcpu->mode is changed by the vCPU's thread, and by others from IN_GUEST_MODE to EXITING_GUEST_MODE alone. Evaluated
 * in each step that writes it, also where a cmpxchg fails and writes back what it found.
 */
bool mode2(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    uint64_t at = l.s->states.mode->address;
    read_memory(fp, at, 4);
    uint64_t before = l.s->mode_before, mode = state_read(l.s, at, 4);
    if (by_thread(m) || mode == before || (before == IN_GUEST_MODE && mode == EXITING_GUEST_MODE))
        return true;
    snprintf(message, size, "another core than CPU%d changes vCPU0's mode from %llu to %llu, and not from IN_GUEST_MODE (1) to "
             "EXITING_GUEST_MODE (2)", CORE, (unsigned long long)before, (unsigned long long)mode);
    return false;
}

/*
 * LIVE-1: while the vCPU is in the guest with a request pending, somebody has yet to end what makes and kicks for a request, or
 * a kick (also that of somebody else: the second to come finds EXITING_GUEST_MODE and sends nothing), or the kick's interrupt is
 * in flight to its core or pending there: it leaves the guest and looks. Evaluated where that can become false: as the guest
 * is entered, and as one of those is over. A request counts whichever it is.
 */
bool live1(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    uint64_t at = l.s->states.requests->address;
    (void)m;
    if (!concerns(fp) || !ask_in_guest(&l))
        return true;
    read_memory(fp, at, 8);
    uint64_t pending = state_read(l.s, at, 8);
    if (!pending || ask_region(&l, CORE, INSIDE(REGION_REQUEST) | INSIDE(REGION_KICK)) ||
        ask_coming(&l, CORE, RESCHEDULE_VECTOR))
        return true;
    snprintf(message, size, "vCPU0 is in the guest with requests %#llx, and no kick (%#x) is pending at CPU%d or on its way there",
             (unsigned long long)pending, RESCHEDULE_VECTOR, CORE);
    return false;
}

/*
 * WAIT-1: since a request that waits has returned (ledger.waited), the vCPU is not in the guest unless it has served that
 * request: on no state older than that. Evaluated as it returns, and as the guest is entered. What has been served
 * is what the core has written, also if that is in its store buffer; it writes nothing while it is in the guest, so the word need
 * not be visible.
 */
bool wait1(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    uint64_t waited_at = l.s->states.waited->address, served_at = l.s->states.served->address;
    (void)m;
    if (!concerns(fp) || !ask_in_guest(&l))
        return true;
    read_memory(fp, waited_at, 4);
    uint64_t waited = state_read(l.s, waited_at, 4);
    if (!waited)
        return true;
    read_memory(fp, served_at, 4);
    uint64_t served = state_read_as(l.s, CORE, served_at, 4);
    if (served >= waited)
        return true;
    snprintf(message, size, "request %llu was to wait until vCPU0 has left the guest, and has returned; vCPU0 is in the guest "
             "and has served request %llu last", (unsigned long long)waited, (unsigned long long)served);
    return false;
}

static bool find(struct session *s, char *error)
{
    return state_find(s, "vcpu0.mode", 4, &s->states.mode, error) &&
           state_find(s, "vcpu0.requests", 8, &s->states.requests, error) &&
           state_find(s, "ledger.served", 4, &s->states.served, error) &&
           state_find(s, "ledger.waited", 4, &s->states.waited, error);
}

bool mode_prepare(struct session *s, struct invariant *inv, char *error)
{
    if (!s->vmx || s->m->cores > MODE_CORES_MAX) {
        snprintf(error, SCENARIO_ERROR, "variant %.40s: invariant %s is for machines with vendor: intel and at most %d cores",
                 s->variant->name, inv->name, MODE_CORES_MAX);
        return false;
    }
    if (!find(s, error))
        return false;
    if (inv->holds == live1)
        watch(inv, s->states.requests, 8);
    else
        watch(inv, inv->holds == mode2 ? s->states.mode : s->states.waited, 4);
    if (inv->holds == mode2)
        inv->was = &s->mode_before;
    s->m->region_watch |= INSIDE(REGION_REQUEST) | INSIDE(REGION_KICK);
    return true;
}
