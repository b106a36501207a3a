/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios: what runs, in which variants, what must hold and what is expected. One folder each,
 * described by its scenario.yaml; docs/scenarios.md documents the file.
 *
 * Functions that can fail because of the user return false or NULL and leave one line in `error`:
 * where, what, and what would be right.
 */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lapic/line.h"
#include "sim/explore.h"
#include "sim/nearest.h"

enum { SCENARIO_ERROR = 640 };

/* A function of the image that runs on a core. */
struct scenario_thread {
    unsigned cpu;
    char *function;
};

/* `count` interrupts that a device sends through an entry of the remapping table. */
struct scenario_msi {
    unsigned handle;
    unsigned count;  /* 1 if the file says nothing */
    unsigned vector; /* the guest's, under which the ledger counts them; 0: it does not */
};

/* A line to a pin of the I/O APIC, and what its device does with it. */
struct scenario_line {
    unsigned pin;
    enum line_action *script;
    unsigned script_count;
};

/* ... or to a local source of one core. */
struct scenario_local {
    unsigned cpu;
    enum apic_lvt entry;
    enum line_action *script;
    unsigned script_count;
};

struct scenario_timer {
    unsigned cpu;
    unsigned ticks; /* of an APIC timer, for each start in periodic mode; 1 if the file says nothing */
};

/* One of: a device that posts these vectors to vCPU 0 whatever the remapping table says, one after
 * another; one whose MSIs go through the table that the code under test has written; one with a line;
 * the APIC timer or the VMX-preemption timer of a core. */
struct scenario_device {
    uint8_t *posts;
    unsigned posts_count;
    struct scenario_msi *msi;
    unsigned msi_count;
    struct scenario_line *line;
    struct scenario_local *local;
    struct scenario_timer *apic_timer;
    struct scenario_timer *vmx_timer;
};

/* Whose processor it is, "intel" (or NULL) or "amd"; of AMD, which one (svm/errata.h), NULL: a healthy one with all that is
 * modelled, and errata that it has beside its own; and what it does not offer, although the model has it. */
struct scenario_machine {
    char *vendor;
    char *processor;
    char **errata;
    unsigned errata_count;
    char **without;
    unsigned without_count;
};

struct scenario_expected {
    enum verdict tso;
    enum verdict sc;
    char **findings; /* names or kinds, each of which must be found where a violation is expected */
    unsigned findings_count;
    char **depends; /* knobs whose value may change the verdict */
    unsigned depends_count;
};

struct scenario_variant {
    char *name;
    char *summary;
    char *image; /* IMAGE.elf in the scenario's folder of images */
    unsigned *cores_given; /* NULL: the file says nothing */
    unsigned cores;
    struct scenario_thread *threads;
    unsigned threads_count;
    struct scenario_device *devices;
    unsigned devices_count;
    struct scenario_machine machine;
    char **needs; /* features, beside those that the scenario needs */
    unsigned needs_count;
    char **invariants; /* beside those of the scenario */
    unsigned invariants_count;
    uint64_t sample; /* executions to draw (PCT) where nobody asks for more; 0: the variant is explored */
    struct scenario_expected expected;
};

/* How the timeline shows a state: names of its values, of its bits, or as a set of vectors. */
struct scenario_state {
    char *name;
    char **values;
    unsigned values_count;
    char **bits;
    unsigned bits_count;
    bool vectors;
};

/* Which bit element `index` of `bits` is about, and what it is called. "62:running" says so itself; without a number
 * it is the bit above that of the element before, or bit 0. 64 stands for any that there is not. */
unsigned scenario_bit(const struct scenario_state *, unsigned index, const char **name);

struct scenario {
    char *name;
    char *summary;
    char **invariants;
    unsigned invariants_count;
    char **obligations;
    unsigned obligations_count;
    char **needs; /* features that the machine of each variant must have */
    unsigned needs_count;
    struct scenario_state *states;
    unsigned states_count;
    struct scenario_variant *variants;
    unsigned variants_count;
    char *folder; /* where the images are */
};

/* Where the images are: $IRQWEAVE_IMAGES, or images/ beside the program. */
const char *scenario_images(void);

/* Names of all scenarios, sorted; NULL ends the list. Free with scenario_names_free(). */
char **scenario_names(const char *images);
void scenario_names_free(char **names);

struct scenario *scenario_load_file(const char *path, char *error);

/* The scenario of that name. */
struct scenario *scenario_load(const char *images, const char *name, char *error);
void scenario_free(struct scenario *);

/* The devices that a machine needs for a variant: a VT-d unit or an AMD IOMMU, too, if one of them has MSIs,
 * and an I/O APIC if one has a line. */
unsigned scenario_devices(const struct scenario_variant *);

const struct scenario_variant *scenario_variant(const struct scenario *, const char *name,
                                                char *error);

/* Splits "SCENARIO[:VARIANT]" and loads it; *variant is NULL if none is named. */
struct scenario *scenario_open(const char *argument, const struct scenario_variant **variant,
                               char *error);

#endif
