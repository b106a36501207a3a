/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: the machine of one variant with its image loaded and its cores set up. It can be
 * explored and replayed any number of times, under each memory model and each setting of the
 * knobs.
 *
 * Unicorn engines that are suspended cannot be closed: session_close() gives back all else, and
 * who needs many sessions forks a process for each (cli/jobs.c).
 */
#ifndef SCENARIOS_SESSION_H
#define SCENARIOS_SESSION_H

#include "cpu/mutation.h"
#include "lapic/lapic.h"
#include "scenarios/scenario.h"
#include "sim/explore.h"
#include "sim/image.h"
#include "svm/svm.h"
#include "vmx/posted.h"
#include "vmx/vmx.h"

enum { STATE_VCPUS = 3 };

/* Of a vCPU that can block, and of one whose APIC virtualization goes off and on. */
struct state_vcpu {
    const struct image_state *on_rq, *task_state, *vapic, *apicv_active;
    const struct image_state *guest_mode; /* NULL: it has no guest of its own */
};
struct state_apicv {
    const struct image_state *active, *requests;
    bool shown; /* some invariant reads both from steps of others */
};

struct session {
    const struct scenario *scenario;
    const struct scenario_variant *variant;
    struct machine *m;
    struct image image;
    struct cpu *cpu;
    struct lapic *lapic;
    struct vmx *vmx; /* of an Intel machine, ... */
    struct svm *svm; /* ... or of one by AMD; the other is NULL */
    void *device[MACHINE_MAX_DEVICES]; /* struct iommu_device, msi_device or line_device; NULL: a timer */
    struct vtd *vtd; /* in front of devices with MSIs; ... */
    struct amdvi *amdvi; /* ... of a machine by AMD */
    struct ioapic *ioapic; /* in front of lines ... */
    struct ioapic_remap *remap; /* ... and, with a VT-d unit, between the two */
    struct stated *stated[2 * MACHINE_MAX_INVARIANTS]; /* what the scenario states itself: scenarios/invariants_stated.h */
    unsigned stated_count;
    char mutation[MUTATION_KEY]; /* what has been removed from the code under test; "": nothing */
    struct knobs knobs; /* as set, before the consulted ones are noted */

    /* Named states that invariants and obligations read. */
    struct {
        const struct image_state *pid, *mode, *on_rq, *task_state, *vapic, *posted, *answered, *handled;
        const struct image_state *requests, *requested, *served, *waited;
        const struct image_state *asserted, *entry;
        const struct image_state *apic_made, *apic_handled;
        const struct image_state *physical_id; /* AVIC's table */
        const struct image_state *irte;        /* the interrupt remapping table of an AMD IOMMU */
        struct state_vcpu vcpu[STATE_VCPUS];
        unsigned vcpus;
        const struct image_state *apicv_word, *apic_page; /* reasons against APICv; the mapping of the APIC's page */
        struct state_apicv apicv[STATE_VCPUS];
        unsigned apicv_vcpus;
        const struct image_state *vmcs12_pin, *vmcs12_proc, *vmcs12_secondary, *deferred;
    } states;
    uint64_t mode_before; /* MODE-2: vcpu0.mode before the step */
};

/* NULL with one line in `error`. The scenario must outlive the session. */
struct session *session_open(const struct scenario *, const struct scenario_variant *, char *error);

/* The same without one thing in the code under test, which `key` names (mutation_key()). */
struct session *session_open_mutated(const struct scenario *, const struct scenario_variant *, const char *key,
                                     char *error);
void session_close(struct session *);

/* Forgets what is visible beyond what devices and invariants need, and sets model and knobs. */
void session_configure(struct session *, enum memory_model, const struct knobs *);

void session_explore(struct session *, const struct explore_options *, struct explore_result *);

/*
 * Runs a schedule and records each step. `visible` and `observed`: the visible set and the
 * machine's observed_core in force when it was recorded; NULL finds both out by exploring. False: it does not fit; `error` says where.
 */
bool session_replay(struct session *, const struct schedule *, const struct visible_range *visible,
                    unsigned visible_count, uint32_t observed, struct trace *, char *error);

#endif
