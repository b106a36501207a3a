/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants of vCPUs with AVIC that block. After the dossier of races (A5): see scenarios/avic-is-running/README.md.
 *
 * vCPU i is the one with the states vcpui.state, vcpui.on_rq and vapici, and stays on core i. As in invariants.c each asks
 * its questions one after the other and stops at the first answer that settles it.
 */
#include <stdio.h>
#include <string.h>

#include "iommu/posting.h"
#include "kvm/runtime/marker.h"
#include "lapic/vapic.h"
#include "scenarios/invariants_internal.h"
#include "scenarios/states.h"
#include "svm/avic_tables.h"
#include "svm/vmcb.h"

const struct state_vcpu *vcpu_of(const struct look *l, unsigned vcpu)
{
    assert(vcpu < l->s->states.vcpus);
    return &l->s->states.vcpu[vcpu];
}

static uint32_t ask_word(const struct look *l, uint64_t at)
{
    read_memory(l->footprint, at, 4);
    return (uint32_t)state_read(l->s, at, 4);
}

/* Off its run queue, and nobody has begun to wake it: that resets the state first. */
bool ask_vcpu_asleep(const struct look *l, unsigned vcpu)
{
    return !ask_word(l, vcpu_of(l, vcpu)->on_rq->address) &&
           ask_word(l, vcpu_of(l, vcpu)->task_state->address);
}

/* The highest vector in IRR, 0 if there is none. Words that only one context touches hold none of another's. */
static unsigned ask_irr(const struct look *l, unsigned vcpu)
{
    uint64_t irr = vcpu_of(l, vcpu)->vapic->address + VAPIC_VIRR;
    for (int i = VECTORS / 32 - 1; i >= 0; i--) {
        uint64_t at = irr + 16 * (unsigned)i;
        uint32_t word = state_shared(l->s, at) ? ask_word(l, at) : 0;
        if (word)
            return 32 * (unsigned)i + 31 - (unsigned)__builtin_clz(word);
    }
    return 0;
}

/* AVIC-1: while a vCPU sleeps (nobody is waking it, and no core is still putting it to sleep) with a vector in IRR, some
 * core is between the write to the ICR and the end of what that leads to, or is handling a GA log. */
bool avic1(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    (void)m;
    for (unsigned vcpu = 0; vcpu < l.s->states.vcpus; vcpu++) {
        unsigned vector = ask_vcpu_asleep(&l, vcpu) ? ask_irr(&l, vcpu) : 0;
        if (!vector)
            continue;
        if (ask_region(&l, ~0u, INSIDE(REGION_BLOCK) | INSIDE(REGION_NOTIFY) | INSIDE(REGION_WAKE)))
            return true;
        snprintf(message, size, "vCPU%u sleeps with %#x in IRR, and no core is still sending it, or about to wake "
                 "the vCPU", vcpu, vector);
        return false;
    }
    return true;
}

bool step_writes(const struct footprint *fp, uint64_t resource)
{
    for (uint32_t i = 0; i < fp->count; i++)
        if (fp->access[i].resource == resource && fp->access[i].mode == ACCESS_WRITE)
            return true;
    return false;
}

/* The ICR is the sender's own, whose step this is. */
static struct avic_targets targets_of(const struct look *l, unsigned sender, uint64_t *icr)
{
    uint64_t page = vcpu_of(l, sender)->vapic->address;
    *icr = state_read_as(l->s, sender, page + VAPIC_VICR_LO, 4) |
           state_read_as(l->s, sender, page + VAPIC_VICR_HI, 4) << 32;
    return avic_targets_of(*icr, false, (uint32_t)state_read(l->s, page + VAPIC_DFR, 4),
                           l->s->m->knobs.value[KNOB_AVIC_LOGICAL_FFH] == 0);
}

/* A flat logical id is the vCPU's bit. */
static bool is_target(const struct avic_targets *to, unsigned sender, unsigned vcpu)
{
    switch (to->scope) {
    case AVIC_TO_SELF: return vcpu == sender;
    case AVIC_TO_MANY: return !to->all_but_self || vcpu != sender;
    case AVIC_TO_ONE: return vcpu == to->first;
    default: return to->mask >> vcpu & 1;
    }
}

static bool ask_answered(const struct look *l, unsigned vector)
{
    return ask_word(l, l->s->states.answered->address + 4 * vector) ==
           ask_word(l, l->s->states.posted->address + 4 * vector);
}

/* AVIC-4: when all that a write to the ICR leads to has been done, each target that sleeps has the vector in IRR, or its
 * guest has handled it. (One that does not sleep may be about to handle it.) */
bool avic4(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    uint64_t icr;
    for (unsigned sender = 0; sender < l.s->states.vcpus && sender < m->cores; sender++) {
        if (!step_writes(fp, region_resource(sender, REGION_NOTIFY)))
            continue;
        struct avic_targets to = targets_of(&l, sender, &icr);
        unsigned vector = icr & 0xff;
        for (unsigned vcpu = 0; vcpu < l.s->states.vcpus; vcpu++) {
            uint64_t at = vcpu_of(&l, vcpu)->vapic->address + VAPIC_VIRR + vapic_word(vector);
            if (!is_target(&to, sender, vcpu) || !ask_vcpu_asleep(&l, vcpu) ||
                ask_word(&l, at) >> (vector & 31) & 1 || ask_answered(&l, vector))
                continue;
            snprintf(message, size, "vCPU%u has sent IPI %#x to vCPU%u, which sleeps: neither is it in IRR, nor has "
                     "software sent it", sender, vector, vcpu);
            return false;
        }
    }
    return true;
}

uint64_t ask_entry(const struct look *l, unsigned vcpu)
{
    uint64_t at = pit_entry_at(l->s->states.physical_id->address, vcpu);
    read_memory(l->footprint, at, PIT_ENTRY_SIZE);
    return state_read(l->s, at, PIT_ENTRY_SIZE);
}

/* Which vCPU's guest is it that a core has entered? */
bool vcpu_runs(const struct look *l, unsigned core, unsigned vcpu)
{
    uint64_t vmcb = svm_vmcb(l->s->svm, core);
    uint64_t page = vmcb ? state_read(l->s, vmcb + offsetof(struct vmcb, control.avic_backing_page), 8) : 0;
    return page && page == vcpu_of(l, vcpu)->vapic->address;
}

/* AVIC-5: a vCPU that is marked as running does not sleep, and the core that enters its guest is the one that the entry
 * names. */
bool avic5(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    for (unsigned vcpu = 0; vcpu < l.s->states.vcpus; vcpu++) {
        if (fp->events & LEAVES(REGION_BLOCK) && ask_vcpu_asleep(&l, vcpu) && pit_running(ask_entry(&l, vcpu))) {
            snprintf(message, size, "vCPU%u sleeps and is marked as running: no IPI to it will exit", vcpu);
            return false;
        }
        for (unsigned core = 0; fp->events & EVENT_VMRUN && core < m->cores; core++) {
            if (!step_writes(fp, core_control(core, UNIT_VIRT)) || !vcpu_runs(&l, core, vcpu))
                continue;
            uint64_t entry = ask_entry(&l, vcpu);
            if (!pit_running(entry) || (unsigned)lapic_core_of_id(l.s->lapic, pit_host_id(entry)) == core)
                continue;
            snprintf(message, size, "CPU%u enters the guest of vCPU%u, which is marked as running at APIC id %#x: "
                     "doorbells go there", core, vcpu, pit_host_id(entry));
            return false;
        }
    }
    return true;
}

/* N-2: where a core enters a vCPU's own guest (not a guest of that guest, whose VMCB has no backing page), AVIC is on if and
 * only if KVM takes it to be on: the bit is the vCPU's own, whose step this is, and so is the VMCB. */
bool nested2(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    for (unsigned vcpu = 0; vcpu < l.s->states.vcpus && vcpu < m->cores; vcpu++) {
        if (!step_writes(fp, core_control(vcpu, UNIT_VIRT)) || !vcpu_runs(&l, vcpu, vcpu))
            continue;
        uint64_t vmcb = svm_vmcb(l.s->svm, vcpu);
        bool on = state_read_as(l.s, vcpu, vmcb + offsetof(struct vmcb, control.int_ctl), 8) & V_AVIC_ENABLE;
        bool active = state_read_as(l.s, vcpu, vcpu_of(&l, vcpu)->apicv_active->address, 1);
        if (on == active)
            continue;
        snprintf(message, size, "CPU%u enters the guest of vCPU%u with AVIC %s, and KVM takes it to be %s", vcpu, vcpu,
                 on ? "on" : "off", active ? "on" : "off");
        return false;
    }
    return true;
}

/* ---- States ---- */

static bool find_vcpu(struct session *s, unsigned i, char *error)
{
    struct state_vcpu *v = &s->states.vcpu[i];
    char name[16];
    snprintf(name, sizeof name, "vcpu%u.on_rq", i);
    if (!state_find(s, name, 4, &v->on_rq, error))
        return false;
    snprintf(name, sizeof name, "vcpu%u.state", i);
    if (!state_find(s, name, 4, &v->task_state, error))
        return false;
    snprintf(name, sizeof name, "vapic%u", i);
    return state_find(s, name, 4096, &v->vapic, error);
}

bool avic_states_find(struct session *s, char *error)
{
    char name[16];
    if (s->states.vcpus)
        return true;
    if (s->m->cores > AVIC_CORES_MAX) {
        snprintf(error, SCENARIO_ERROR, "variant %.40s: %u cores; with invariants of AVIC at most %d are right",
                 s->variant->name, s->m->cores, AVIC_CORES_MAX);
        return false;
    }
    for (unsigned i = 0; i < STATE_VCPUS; i++) {
        snprintf(name, sizeof name, "vapic%u", i);
        if (i && !image_state(&s->image, name))
            break;
        if (!find_vcpu(s, i, error))
            return false;
        s->states.vcpus = i + 1;
    }
    return state_find(s, "physical_id", PIT_ENTRY_SIZE * STATE_VCPUS, &s->states.physical_id, error) &&
           state_find(s, "ledger.posted", 4 * VECTORS, &s->states.posted, error) &&
           state_find(s, "ledger.answered", 4 * VECTORS, &s->states.answered, error);
}

bool avic_active_states_find(struct session *s, char *error)
{
    char name[32];
    for (unsigned i = 0; i < s->states.vcpus; i++) {
        snprintf(name, sizeof name, "vcpu%u.apicv_active", i);
        if (!state_find(s, name, 1, &s->states.vcpu[i].apicv_active, error))
            return false;
    }
    return true;
}

bool avic_nested_states_find(struct session *s, char *error)
{
    char name[32];
    bool any = false;
    for (unsigned i = 0; i < s->states.vcpus; i++) {
        snprintf(name, sizeof name, "vcpu%u.guest_mode", i);
        s->states.vcpu[i].guest_mode = image_state(&s->image, name);
        any |= s->states.vcpu[i].guest_mode != NULL;
    }
    const struct image_state *first;
    return any || state_find(s, "vcpu0.guest_mode", 1, &first, error);
}
