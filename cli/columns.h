/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interleaving as text, a column a CPU, as mailing lists draw it. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stdio.h>

#include "cli/story.h"

enum { COLUMNS_WIDTH = 80 };

void columns_print_head(FILE *, const struct story *);

/* One event: a line, or a few. False if it is scaffolding, which is not printed. */
bool columns_print_event(FILE *, const struct story *, unsigned index);

/* One paragraph of at most COLUMNS_WIDTH columns. */
void columns_print_wrapped(FILE *, const char *text);

/* The state at the end, and what was found. */
void columns_print_end(FILE *, const struct story *);

/* The kinds of findings of which nothing but the name was kept; nothing if there are none. */
void columns_print_dropped(FILE *, const struct machine *, uint64_t dropped);

/* Wide enough for the name of each variant, or of each knob. */
int columns_of_variants(const struct scenario *);
int columns_of_knobs(void);

/* All of it. */
void columns_print(FILE *, const struct story *);

#endif
