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

#include "sim/explore.h"
#include "sim/nearest.h"

enum { SCENARIO_ERROR = 400 };

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

/* A device that posts these vectors to vCPU 0 whatever the remapping table says, one after another; or
 * one whose MSIs go through the table that the code under test has written. One of the two. */
struct scenario_device {
    uint8_t *posts;
    unsigned posts_count;
    struct scenario_msi *msi;
    unsigned msi_count;
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
    unsigned cores;
    struct scenario_thread *threads;
    unsigned threads_count;
    struct scenario_device *devices;
    unsigned devices_count;
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

struct scenario {
    char *name;
    char *summary;
    char **invariants;
    unsigned invariants_count;
    char **obligations;
    unsigned obligations_count;
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

/* The devices that a machine needs for a variant: a VT-d unit, too, if one of them has MSIs. */
unsigned scenario_devices(const struct scenario_variant *);

const struct scenario_variant *scenario_variant(const struct scenario *, const char *name,
                                                char *error);

/* Splits "SCENARIO[:VARIANT]" and loads it; *variant is NULL if none is named. */
struct scenario *scenario_open(const char *argument, const struct scenario_variant **variant,
                               char *error);

#endif
