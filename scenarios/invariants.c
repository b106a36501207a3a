/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants of posted-interrupt delivery to vCPU 0, whose thread runs on core 0. See
 * scenarios/posted-delivery/README.md, also for what exploration corrected.
 *
 * Each is evaluated in the steps that carry one of its events. It asks its questions one after the
 * other and stops at the first answer that settles it: every question more would make steps conflict
 * that nobody can tell apart.
 */
#include "scenarios/invariants_internal.h"

#include <stdio.h>
#include <string.h>

#include "iommu/posting.h"
#include "kvm/runtime/marker.h"
#include "scenarios/states.h"
#include "sim/message.h"

enum { CORE = 0 }; /* where vCPU 0 runs */

static uint64_t ask_control(const struct look *l)
{
    uint64_t at = l->s->states.pid->address + PID_CONTROL;
    read_memory(l->footprint, at, 8);
    return state_read(l->s, at, 8);
}

static int ask_lowest_posted(const struct look *l)
{
    uint64_t at = l->s->states.pid->address;
    read_memory(l->footprint, at, PIR_BYTES);
    return state_pir_lowest(l->s, at);
}

static bool ask_in_guest(const struct look *l)
{
    read_resource(l->footprint, core_control(CORE, UNIT_VIRT));
    return l->s->vmx && vmx_non_root(l->s->vmx, CORE) && vmx_posted_descriptor(l->s->vmx, CORE);
}

static bool ask_processing(const struct look *l)
{
    read_resource(l->footprint, core_control(CORE, UNIT_VIRT));
    return l->s->vmx && vmx_processing(l->s->vmx, CORE);
}

bool ask_coming(const struct look *l, unsigned core, unsigned vector)
{
    read_vectors(l->footprint, core);
    return vector_coming(l->s, core, vector);
}

/* No question: is it a step of this core? Asked of those that carry events of VMX. */
static bool is_own(const struct footprint *fp)
{
    for (uint32_t i = 0; i < fp->count; i++)
        if (fp->access[i].resource == core_control(CORE, UNIT_VIRT) &&
            fp->access[i].mode == ACCESS_WRITE)
            return true;
    return false;
}

/* Has nothing happened but that another core has entered its guest, or drained its descriptor? */
static bool is_of_another(const struct footprint *fp)
{
    return !(fp->events & ~(uint32_t)(EVENT_VM_ENTRY | EVENT_PI_DONE)) && !is_own(fp);
}

/* No question to others: nothing can have come between. */
static bool is_sending(const struct look *l, unsigned vector)
{
    return message_sent_in(l->s->m, l->footprint, vector, CORE);
}

bool ask_region(const struct look *l, unsigned except, uint32_t regions)
{
    read_regions(l->s, l->footprint, except, regions);
    return region_occupied(l->s, except, regions);
}

/* Mode as the core sees it that runs the vCPU. */
static uint64_t ask_mode(const struct look *l)
{
    uint64_t at = l->s->states.mode->address;
    read_memory(l->footprint, at, 4);
    return state_read_as(l->s, CORE, at, 4);
}

/*
 * PI-1: while the vCPU is in guest mode with posted interrupts and ON = 1, help is on its way: the
 * notification or the reschedule vector is in flight to its core or pending there, or the core is
 * in posted-interrupt processing, or a core that will send one of them has not done so yet. A device
 * sets ON and sends in one step.
 */
static bool pi1(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    (void)m;
    if (is_of_another(fp) || is_sending(&l, POSTED_INTR_VECTOR) ||
        is_sending(&l, RESCHEDULE_VECTOR))
        return true;
    if (!ask_in_guest(&l) || !(ask_control(&l) & PID_ON) || ask_processing(&l))
        return true;
    if (ask_coming(&l, CORE, POSTED_INTR_VECTOR) || ask_coming(&l, CORE, RESCHEDULE_VECTOR))
        return true;
    if (ask_region(&l, CORE, INSIDE(REGION_NOTIFY) | INSIDE(REGION_KICK)))
        return true;
    snprintf(message, size, "vCPU0 is in guest mode with ON = 1, and neither %#x nor %#x is pending "
             "at CPU%d or on its way there: later posts stay silent too",
             POSTED_INTR_VECTOR, RESCHEDULE_VECTOR, CORE);
    return false;
}

/* Whoever sets ON need not look at PIR, and whoever empties PIR need not look at ON. */
static bool pir_answered(const struct look *l, bool emptied)
{
    if (emptied)
        return ask_lowest_posted(l) < 0 || (ask_control(l) & (PID_ON | PID_SN));
    return (ask_control(l) & (PID_ON | PID_SN)) || ask_lowest_posted(l) < 0;
}

/*
 * PI-2: PIR is not empty only while ON = 1 or SN = 1, or somebody is between setting a bit in it
 * and setting ON, or between clearing ON and emptying it.
 */
static bool pi2(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    (void)m;
    if (is_of_another(fp) ||
        pir_answered(&l, fp->events & (EVENT_PI_DONE | LEAVES(REGION_SYNC))) || ask_processing(&l) ||
        ask_region(&l, ~0u, INSIDE(REGION_POST) | INSIDE(REGION_SYNC)))
        return true;
    snprintf(message, size, "PIR holds %#x while ON = 0, and nobody is about to set ON or to empty "
             "PIR", (unsigned)ask_lowest_posted(&l));
    return false;
}

/*
 * MODE-1: at VM entry the vCPU's mode is IN_GUEST_MODE; or it is EXITING_GUEST_MODE and the kicker's
 * interrupt is pending, in flight, or about to be sent.
 */
static bool mode1(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    (void)m;
    if (!is_own(fp))
        return true;
    uint64_t mode = ask_mode(&l);
    if (mode == IN_GUEST_MODE)
        return true;
    if (mode != EXITING_GUEST_MODE) {
        snprintf(message, size, "vCPU0 enters the guest with mode %llu, not IN_GUEST_MODE: nobody "
                 "will notify or kick it", (unsigned long long)mode);
        return false;
    }
    if (ask_coming(&l, CORE, RESCHEDULE_VECTOR) || ask_region(&l, CORE, INSIDE(REGION_KICK)))
        return true;
    snprintf(message, size, "vCPU0 enters the guest with mode EXITING_GUEST_MODE, and no kick "
             "(%#x) is pending at CPU%d or on its way there", RESCHEDULE_VECTOR, CORE);
    return false;
}

static uint64_t ask_task(const struct look *l, const struct image_state *state)
{
    read_memory(l->footprint, state->address, 4);
    return state_read(l->s, state->address, 4);
}

/* Off its run queue, and nobody has begun to wake it: that resets the state first. */
static bool ask_asleep(const struct look *l)
{
    return !ask_task(l, l->s->states.on_rq) && ask_task(l, l->s->states.task_state);
}

/* In service, too: between taking the vector and its EOI, where the handler's region begins. */
static bool ask_waking(const struct look *l, int core)
{
    return core >= 0 && (ask_coming(l, (unsigned)core, POSTED_INTR_WAKEUP_VECTOR) ||
                         lapic_isr(l->s->lapic, (unsigned)core, POSTED_INTR_WAKEUP_VECTOR));
}

/*
 * PI-3: while the vCPU sleeps (nobody is waking it, and no core is still putting it to sleep) with
 * ON = 1, its wake-up is on its way: the wake-up vector is in flight to NDST, pending or in service
 * there, or a core is in the handler of that vector or in the poster that set ON.
 */
static bool pi3(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    (void)m;
    if (!ask_asleep(&l))
        return true;
    uint64_t control = ask_control(&l);
    int core = lapic_core_of_id(l.s->lapic, pid_ndst(control));
    if (!(control & PID_ON) || ask_waking(&l, core) ||
        ask_region(&l, ~0u, INSIDE(REGION_BLOCK) | INSIDE(REGION_NOTIFY) | INSIDE(REGION_WAKE)))
        return true;
    snprintf(message, size, "vCPU0 sleeps with ON = 1, NV = %#x, NDST = CPU%d, and nothing that wakes "
             "it is pending or on its way: later posts stay silent too", pid_nv(control), core);
    return false;
}

/* ---- By name ---- */

static const struct invariant table[] = {
    {
        .name = "PI-3",
        .events = LEAVES(REGION_BLOCK) | LEAVES(REGION_NOTIFY) | LEAVES(REGION_WAKE) |
                  EVENT_DEVICE_POST,
        .holds = pi3,
    },
    {
        .name = "PI-1",
        /* A kick of the poster lies within NOTIFY. A device that sets ON sends in the same step;
         * one that finds it set changes nothing that PI-1 reads. */
        .events = EVENT_VM_ENTRY | EVENT_PI_DONE | LEAVES(REGION_NOTIFY),
        .holds = pi1,
    },
    {
        .name = "PI-2",
        .events = EVENT_PI_DONE | EVENT_DEVICE_POST | LEAVES(REGION_POST) | LEAVES(REGION_SYNC),
        .holds = pi2,
    },
    {
        .name = "MODE-1",
        .events = EVENT_VM_ENTRY,
        .holds = mode1,
    },
    {
        .name = "MODE-2",
        .every_step = true,
        .holds = mode2,
    },
    {
        .name = "LIVE-1",
        .events = EVENT_VM_ENTRY | LEAVES(REGION_REQUEST) | LEAVES(REGION_KICK),
        .holds = live1,
    },
    {
        .name = "WAIT-1",
        .events = EVENT_VM_ENTRY,
        .every_step = true,
        .holds = wait1,
    },
    {
        .name = "AVIC-1",
        .events = LEAVES(REGION_BLOCK) | LEAVES(REGION_NOTIFY) | LEAVES(REGION_WAKE),
        .holds = avic1,
    },
    {
        .name = "AVIC-2",
        .events = EVENT_VMRUN | LEAVES(REGION_IR) | LEAVES(REGION_BLOCK),
        .holds = avic2,
    },
    {
        .name = "AVIC-3",
        .events = EVENT_VMRUN | LEAVES(REGION_IR),
        .holds = avic3,
    },
    {
        .name = "AVIC-4",
        .events = LEAVES(REGION_NOTIFY),
        .holds = avic4,
    },
    {
        .name = "AVIC-5",
        .events = EVENT_VMRUN | LEAVES(REGION_BLOCK),
        .holds = avic5,
    },
    {
        .name = "N-2",
        .events = EVENT_VMRUN,
        .holds = nested2,
    },
    {
        .name = "N-3",
        .events = EVENT_VM_ENTRY,
        .holds = nested3,
    },
    {
        .name = "N-4",
        .events = LEAVES(REGION_APICV),
        .holds = nested4,
    },
    {
        .name = "APICV-1",
        .events = EVENT_VM_ENTRY | EVENT_VMRUN,
        .holds = apicv1,
    },
    {
        .name = "APICV-2",
        .events = LEAVES(REGION_APICV),
        .holds = apicv2,
    },
    {
        .name = "APICV-3",
        .events = EVENT_VMRUN | LEAVES(REGION_APIC_PAGE),
        .holds = apicv3,
    },
    {
        .name = "APICV-4",
        .events = LEAVES(REGION_APICV_WORD),
        .holds = apicv4,
    },
    {
        .name = "N-5",
        .events = EVENT_VMRUN | LEAVES(REGION_IR),
        .holds = nested5,
    },
};

enum { TABLE_SIZE = sizeof table / sizeof *table };

static const struct invariant *lookup(const char *name)
{
    for (unsigned i = 0; i < TABLE_SIZE; i++)
        if (!strcmp(table[i].name, name))
            return &table[i];
    return NULL;
}

bool invariant_known(const char *name)
{
    return lookup(name);
}

const char *invariant_names(void)
{
    return "PI-1, PI-2, PI-3, MODE-1, MODE-2, LIVE-1, WAIT-1, AVIC-1, AVIC-2, AVIC-3, AVIC-4, AVIC-5, N-2, N-3, N-4, N-5, "
           "APICV-1, APICV-2, APICV-3, APICV-4";
}

static bool prepare_pi3(struct session *s, struct invariant *inv, char *error)
{
    if (s->m->cores > PI3_CORES_MAX) {
        snprintf(error, SCENARIO_ERROR, "variant %.40s: %u cores; with PI-3 at most %d are right",
                 s->variant->name, s->m->cores, PI3_CORES_MAX);
        return false;
    }
    if (!state_find(s, "vcpu0.on_rq", 4, &s->states.on_rq, error) ||
        !state_find(s, "vcpu0.state", 4, &s->states.task_state, error))
        return false;
    watch(inv, s->states.on_rq, 4);
    watch(inv, s->states.task_state, 4);
    s->m->region_watch |= INSIDE(REGION_BLOCK) | INSIDE(REGION_WAKE);
    return true;
}

/* N-5 is about them only where there is a unit. */
static bool of_entries(const struct session *s, const struct invariant *inv)
{
    return inv->holds == avic2 || inv->holds == avic3 || (inv->holds == nested5 && s->amdvi);
}

static bool prepare_entries(struct session *s, struct invariant *inv, char *error)
{
    if (!avic_entries_find(s, error))
        return false;
    watch(inv, s->states.irte, s->states.irte->size);
    s->m->region_watch |= INSIDE(REGION_IR);
    return true;
}

static bool prepare_avic(struct session *s, struct invariant *inv, char *error)
{
    if (!s->svm) {
        snprintf(error, SCENARIO_ERROR, "variant %.40s: invariant %s is for machines with vendor: amd",
                 s->variant->name, inv->name);
        return false;
    }
    if (!avic_states_find(s, error) || (inv->holds == nested2 && !avic_active_states_find(s, error)) ||
        (inv->holds == nested5 && !avic_nested_states_find(s, error)))
        return false;
    for (unsigned i = 0; i < s->states.vcpus; i++) {
        watch(inv, s->states.vcpu[i].on_rq, 4);
        watch(inv, s->states.vcpu[i].task_state, 4);
    }
    watch(inv, s->states.physical_id, 8 * STATE_VCPUS);
    s->m->region_watch |= INSIDE(REGION_NOTIFY) | INSIDE(REGION_BLOCK) | INSIDE(REGION_WAKE);
    return !of_entries(s, inv) || prepare_entries(s, inv, error);
}

static bool of_mode(const struct invariant *inv)
{
    return inv->holds == mode2 || inv->holds == live1 || inv->holds == wait1;
}

static bool prepare_posting(struct session *s, struct invariant *inv, char *error)
{
    if (!state_find(s, "pid0", sizeof(struct posted_descriptor), &s->states.pid, error) ||
        !state_find(s, "vcpu0.mode", 4, &s->states.mode, error))
        return false;
    watch(inv, s->states.pid, sizeof(struct posted_descriptor));
    watch(inv, s->states.mode, 4);
    if (inv->holds == pi3 && !prepare_pi3(s, inv, error))
        return false;
    /* Regions that are read, whether their end is an event or not. */
    s->m->region_watch |= INSIDE(REGION_POST) | INSIDE(REGION_NOTIFY) | INSIDE(REGION_SYNC) |
                          INSIDE(REGION_KICK);
    return true;
}

static bool of_avic(const struct invariant *inv)
{
    return inv->holds == avic1 || inv->holds == avic4 || inv->holds == avic5 || inv->holds == nested2 ||
           inv->holds == nested5 || inv->holds == avic2 || inv->holds == avic3;
}

static bool of_apicv(const struct invariant *inv)
{
    return inv->holds == apicv1 || inv->holds == apicv2 || inv->holds == apicv3 || inv->holds == apicv4;
}

static bool of_nesting(const struct invariant *inv)
{
    return inv->holds == nested2_vmx || inv->holds == nested3 || inv->holds == nested4;
}

static bool prepare(struct session *s, struct invariant *inv, char *error)
{
    if (s->vmx && inv->holds == nested2) {
        inv->events = EVENT_VM_ENTRY;
        inv->holds = nested2_vmx;
    }
    if (of_apicv(inv))
        return apicv_prepare(s, inv, error);
    if (of_nesting(inv))
        return nested_prepare(s, inv, error);
    if (of_mode(inv))
        return mode_prepare(s, inv, error);
    return (of_avic(inv) ? prepare_avic : prepare_posting)(s, inv, error);
}

static bool add(struct session *s, char **names, unsigned count, char *error)
{
    for (unsigned i = 0; i < count; i++) {
        struct invariant inv = *lookup(names[i]);
        inv.context = s;
        if (!prepare(s, &inv, error))
            return false;
        machine_add_invariant(s->m, &inv);
    }
    return true;
}

bool invariants_add(struct session *s, char *error)
{
    const struct scenario_variant *v = s->variant;
    assert(!(s->scenario->invariants_count + v->invariants_count) || s->m->cores <= INVARIANT_CORES_MAX);
    return add(s, s->scenario->invariants, s->scenario->invariants_count, error) &&
           add(s, v->invariants, v->invariants_count, error);
}
