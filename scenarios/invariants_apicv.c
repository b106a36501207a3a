/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants of APIC virtualization that goes off and on while its VM runs, of either vendor. After the dossier of races
 * (A1): see scenarios/apicv-update/README.md, also for what exploration corrected in them.
 *
 * One word of the VM holds the reasons against APICv, 0 if there are none; vCPU i has a bit, vcpui.apicv_active, and stays on
 * core i. As in invariants.c each asks its questions one after the other and stops at the first answer that settles it.
 */
#include <stdio.h>

#include "kvm/runtime/marker.h"
#include "scenarios/invariants_internal.h"
#include "scenarios/states.h"
#include "svm/vmcb.h"
#include "vmx/controls.h"

static bool ask_activated(const struct look *l)
{
    uint64_t at = l->s->states.apicv_word->address;
    read_memory(l->footprint, at, 8);
    return !state_read(l->s, at, 8);
}

/* As the vCPU's own core sees it, which alone writes it: no question where the step is that core's. */
static bool own_active(const struct look *l, unsigned vcpu)
{
    return state_read_as(l->s, vcpu, l->s->states.apicv[vcpu].active->address, 1);
}

static bool is_own(const struct look *l, unsigned vcpu)
{
    return step_writes(l->footprint, region_resource(vcpu, REGION_APICV));
}

static bool ask_active(const struct look *l, unsigned vcpu)
{
    if (!is_own(l, vcpu))
        read_memory(l->footprint, l->s->states.apicv[vcpu].active->address, 1);
    return own_active(l, vcpu);
}

static bool ask_update_pending(const struct look *l, unsigned vcpu)
{
    uint64_t at = l->s->states.apicv[vcpu].requests->address;
    read_memory(l->footprint, at, 8);
    return state_read(l->s, at, 8) >> KVM_REQ_APICV_UPDATE & 1;
}

static bool ask_guest_runs(const struct look *l, unsigned vcpu)
{
    read_resource(l->footprint, core_control(vcpu, UNIT_VIRT));
    return l->s->vmx ? vmx_non_root(l->s->vmx, vcpu) : svm_in_guest(l->s->svm, vcpu);
}

/* Of the guest that runs: what the entry has found in the VMCS or VMCB, which nobody writes meanwhile. */
static bool has_apicv(const struct look *l, unsigned vcpu)
{
    if (l->s->vmx)
        return vmx_sec(vmx_current(l->s->vmx, vcpu), SEC_VIRTUAL_INTERRUPT);
    uint64_t vmcb = svm_vmcb(l->s->svm, vcpu);
    return state_read_as(l->s, vcpu, vmcb + offsetof(struct vmcb, control.int_ctl), 8) & V_AVIC_ENABLE;
}

/* APICV-1: where a core enters a guest, the word of the VM and the bit of the vCPU agree. */
bool apicv1(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    (void)m;
    for (unsigned vcpu = 0; vcpu < l.s->states.apicv_vcpus; vcpu++) {
        if (!step_writes(fp, core_control(vcpu, UNIT_VIRT)))
            continue;
        bool activated = ask_activated(&l), active = own_active(&l, vcpu);
        if (activated == active)
            continue;
        snprintf(message, size, "CPU%u enters the guest of vCPU%u, whose bit says that APICv is %s; the VM's word says %s",
                 vcpu, vcpu, active ? "on" : "off", activated ? "on" : "off");
        return false;
    }
    return true;
}

/* APICV-2: when nobody is changing the word or serving the request any more, each vCPU's bit agrees with the word, or the
 * request is pending and the vCPU's guest does not run. */
bool apicv2(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    (void)m;
    if (ask_region(&l, ~0u, INSIDE(REGION_APICV)))
        return true;
    for (unsigned vcpu = 0; vcpu < l.s->states.apicv_vcpus; vcpu++) {
        bool pending = ask_update_pending(&l, vcpu);
        if (pending && !ask_guest_runs(&l, vcpu))
            continue;
        bool active = ask_active(&l, vcpu);
        if (active == ask_activated(&l))
            continue;
        snprintf(message, size, "nobody changes APICv any more, its word and the bit of vCPU%u (%s) differ, and %s", vcpu,
                 active ? "on" : "off", pending ? "its guest runs" : "no request is pending");
        return false;
    }
    return true;
}

/* APICV-3: while a guest runs without AVIC, the APIC's page is not mapped. */
bool apicv3(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    uint64_t at = l.s->states.apic_page->address;
    (void)m;
    read_memory(fp, at, 8);
    if (!state_read(l.s, at, 8))
        return true;
    for (unsigned vcpu = 0; vcpu < l.s->states.apicv_vcpus; vcpu++) {
        if (!ask_guest_runs(&l, vcpu) || has_apicv(&l, vcpu))
            continue;
        snprintf(message, size, "the guest of vCPU%u runs without AVIC, and its APIC's page is mapped: what it writes there "
                 "is lost", vcpu);
        return false;
    }
    return true;
}

/* APICV-4: where the first reason is stored or the last one goes, no guest runs that has APICv otherwise. */
bool apicv4(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    (void)m;
    for (unsigned vcpu = 0; vcpu < l.s->states.apicv_vcpus; vcpu++) {
        if (!ask_guest_runs(&l, vcpu) || has_apicv(&l, vcpu) == ask_activated(&l))
            continue;
        snprintf(message, size, "the word of the VM changes while the guest of vCPU%u runs with APICv %s", vcpu,
                 has_apicv(&l, vcpu) ? "on" : "off");
        return false;
    }
    return true;
}

/* ---- States ---- */

static bool find_states(struct session *s, char *error)
{
    char name[32];
    for (unsigned i = 0; i < STATE_VCPUS && i < s->m->cores; i++) {
        snprintf(name, sizeof name, "vcpu%u.apicv_active", i);
        if (i && !image_state(&s->image, name))
            break;
        if (!state_find(s, name, 1, &s->states.apicv[i].active, error))
            return false;
        snprintf(name, sizeof name, "vcpu%u.requests", i);
        if (!state_find(s, name, 8, &s->states.apicv[i].requests, error))
            return false;
        s->states.apicv_vcpus = i + 1;
    }
    return state_find(s, "kvm.inhibit_reasons", 8, &s->states.apicv_word, error);
}

static bool prepare_page(struct session *s, struct invariant *inv, char *error)
{
    if (!s->svm) {
        snprintf(error, SCENARIO_ERROR, "variant %.40s: invariant %s is for machines with vendor: amd",
                 s->variant->name, inv->name);
        return false;
    }
    if (!state_find(s, "apic.page", 8, &s->states.apic_page, error))
        return false;
    watch(inv, s->states.apic_page, 8);
    return true;
}

bool apicv_prepare(struct session *s, struct invariant *inv, char *error)
{
    if (!find_states(s, error) || (inv->holds == apicv3 && !prepare_page(s, inv, error)))
        return false;
    watch(inv, s->states.apicv_word, 8);
    for (unsigned i = 0; inv->holds == apicv2 && i < s->states.apicv_vcpus; i++) {
        s->states.apicv[i].shown = true;
        watch(inv, s->states.apicv[i].active, 1);
        watch(inv, s->states.apicv[i].requests, 8);
    }
    s->m->region_watch |= inv->holds == apicv2 ? INSIDE(REGION_APICV) : inv->holds == apicv3 ? INSIDE(REGION_APIC_PAGE)
                          : INSIDE(REGION_APICV_WORD);
    return true;
}
