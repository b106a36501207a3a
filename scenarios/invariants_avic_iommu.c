/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants of entries of an AMD IOMMU that post to vCPUs, and of all that rings for a vCPU while its own guest runs. After
 * the dossier of races (A5, A2): see scenarios/avic-device/README.md, scenarios/avic-device-off/README.md.
 *
 * An entry belongs to the vCPU whose backing page it names, whatever lists software keeps. While a core is about to change
 * entries, or the place of a vCPU with them (REGION_IR), nothing is said of them.
 */
#include <stdio.h>

#include "iommu/amdvi.h"
#include "kvm/runtime/marker.h"
#include "scenarios/invariants_internal.h"
#include "scenarios/states.h"
#include "svm/avic_tables.h"

static unsigned entries(const struct look *l)
{
    return (unsigned)(l->s->states.irte->size / sizeof(struct table_entry));
}

/* False: it does anything but post to this vCPU. */
static bool ask_posts_to(const struct look *l, unsigned index, unsigned vcpu, struct amdvi_live *live)
{
    uint64_t at = l->s->states.irte->address + sizeof(struct table_entry) * index;
    bool xt = amdvi_register(l->s->amdvi, AMDVI_CONTROL) & AMDVI_XT_EN; /* nobody changes it behind set-up */
    struct amdvi_mode mode = {.ga = true, .guest = true, .xt = xt};
    read_memory(l->footprint, at, sizeof(struct table_entry));
    struct table_entry e = {.low = state_read(l->s, at, 8), .high = state_read(l->s, at + 8, 8)};
    struct amdvi_outcome outcome = amdvi_judge_entry(&e, mode);
    *live = amdvi_live_fields(&e, mode);
    return outcome.form == AMDVI_GUEST && outcome.page == vcpu_of(l, vcpu)->vapic->address;
}

/* The core that is in the guest of this vCPU; -1: none is. */
static int ask_core_of(const struct look *l, unsigned vcpu)
{
    for (unsigned core = 0; core < l->s->m->cores; core++) {
        read_resource(l->footprint, core_control(core, UNIT_VIRT));
        if (vcpu_runs(l, core, vcpu))
            return (int)core;
    }
    return -1;
}

static bool ask_changing(const struct look *l)
{
    return ask_region(l, ~0u, INSIDE(REGION_IR));
}

/* AVIC-2: a vCPU that an entry says runs does not sleep, and the core that is in its guest is the entry's Destination. */
bool avic2(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    struct amdvi_live live;
    (void)m;
    for (unsigned vcpu = 0; vcpu < l.s->states.vcpus; vcpu++) {
        for (unsigned i = 0; i < entries(&l); i++) {
            if (!ask_posts_to(&l, i, vcpu, &live) || !live.is_run || ask_changing(&l))
                continue;
            if (ask_vcpu_asleep(&l, vcpu)) {
                snprintf(message, size, "vCPU%u sleeps, and entry %u of the IOMMU says that it runs: nobody will be told "
                         "of its interrupt", vcpu, i);
                return false;
            }
            int core = ask_core_of(&l, vcpu);
            if (core < 0 || lapic_core_of_id(l.s->lapic, live.destination) == core)
                continue;
            snprintf(message, size, "CPU%d is in the guest of vCPU%u, and Destination of entry %u of the IOMMU is APIC id "
                     "%#x: doorbells go there", core, vcpu, i, live.destination);
            return false;
        }
    }
    return true;
}

/* AVIC-3: each entry that posts to a vCPU whose guest a core is in says that it runs. */
bool avic3(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    struct amdvi_live live;
    (void)m;
    for (unsigned vcpu = 0; vcpu < l.s->states.vcpus; vcpu++) {
        int core = ask_core_of(&l, vcpu);
        for (unsigned i = 0; core >= 0 && i < entries(&l); i++) {
            if (!ask_posts_to(&l, i, vcpu, &live) || live.is_run || ask_changing(&l))
                continue;
            snprintf(message, size, "CPU%d is in the guest of vCPU%u, and entry %u of the IOMMU says that it does not run: "
                     "no doorbell will come", core, vcpu, i);
            return false;
        }
    }
    return true;
}

/* Does L2 run on this vCPU, on its own core? The bit is the vCPU's own, and stays while a guest runs. It is asked when that
 * core enters a guest, whose step this is, and when somebody may have changed entries meanwhile. */
static bool ask_runs_l2(const struct look *l, unsigned vcpu)
{
    const struct image_state *guest_mode = vcpu_of(l, vcpu)->guest_mode;
    bool enters = step_writes(l->footprint, core_control(vcpu, UNIT_VIRT));
    if (!guest_mode || vcpu >= l->s->m->cores || (!enters && !(l->footprint->events & LEAVES(REGION_IR))))
        return false;
    read_resource(l->footprint, core_control(vcpu, UNIT_VIRT));
    return svm_vmcb(l->s->svm, vcpu) && state_read_as(l->s, vcpu, guest_mode->address, 1);
}

/* N-5: while L2 runs on a vCPU, its entry of the physical ID table says that it does not run, and so does each entry of an IOMMU
 * that posts to its page. Nobody moves it meanwhile: a core that holds the lock of its list is no excuse. */
bool nested5(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    struct amdvi_live live;
    (void)m;
    for (unsigned vcpu = 0; vcpu < l.s->states.vcpus; vcpu++) {
        if (!ask_runs_l2(&l, vcpu))
            continue;
        if (pit_running(ask_entry(&l, vcpu))) {
            snprintf(message, size, "L2 runs on vCPU%u, which is marked as running: a doorbell for L1 meets L2", vcpu);
            return false;
        }
        for (unsigned i = 0; l.s->states.irte && i < entries(&l); i++) {
            if (!ask_posts_to(&l, i, vcpu, &live) || !live.is_run)
                continue;
            snprintf(message, size, "L2 runs on vCPU%u, and entry %u of the IOMMU says that it runs: a doorbell for L1 "
                     "meets L2", vcpu, i);
            return false;
        }
    }
    return true;
}

bool avic_entries_find(struct session *s, char *error)
{
    uint64_t most = sizeof(struct table_entry) * AVIC_IRTE_ENTRIES_MAX;
    if (!state_find(s, "irte", sizeof(struct table_entry), &s->states.irte, error))
        return false;
    if (s->m->cores > AVIC_IRTE_CORES_MAX)
        snprintf(error, SCENARIO_ERROR, "variant %.40s: %u cores; with AVIC-2 and AVIC-3 at most %d are right",
                 s->variant->name, s->m->cores, AVIC_IRTE_CORES_MAX);
    else if (!s->amdvi)
        snprintf(error, SCENARIO_ERROR, "variant %.40s: AVIC-2 and AVIC-3 are about the entries of an AMD IOMMU; a device "
                 "with msi brings one", s->variant->name);
    else if (s->states.irte->size > most)
        snprintf(error, SCENARIO_ERROR, "%.200s: state 'irte' has %llu bytes; at most %llu are right", s->image.path,
                 (unsigned long long)s->states.irte->size, (unsigned long long)most);
    else
        return true;
    return false;
}
