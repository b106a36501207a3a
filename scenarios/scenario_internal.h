/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the reader of scenario.yaml: schema, checks, loading. */
#ifndef SCENARIOS_SCENARIO_INTERNAL_H
#define SCENARIOS_SCENARIO_INTERNAL_H

#include <cyaml/cyaml.h>

#include "scenarios/scenario.h"

/* Of a pointer to struct scenario. */
extern const cyaml_schema_value_t scenario_schema;

struct check {
    const char *path;
    char *error;
    unsigned from; /* the line from which on names are looked for */
};

/* Fills in what the file leaves out. False: one line in `error`, SCENARIO_ERROR bytes. */
bool check_scenario(const struct check *, struct scenario *);

/* The text of the file, with items that are a name alone in the form that the schema has (scenario_text.c). NULL: it cannot
 * be read, or is larger than a scenario is, and `error` says so. */
char *scenario_text(const char *path, size_t *length, char *error);

/* Which keys there are in the mapping below the key `field` ("": the outermost), and which of them `key` probably means. */
void scenario_advise_key(const char *field, const char *key, char *advice, size_t size);

/* The line of a number that is none, but begins like one; 0 if there is none. */
unsigned scenario_odd_number(const char *text, size_t size, char *number, size_t number_size);

/* The first line of the file that holds `text`; 1 if none does. */
unsigned scenario_line_of(const char *path, const char *text);

/* ... from line `first` on; `first` if none does. */
unsigned scenario_line_from(const char *path, unsigned first, const char *text);

#endif
