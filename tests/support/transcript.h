/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a check program (silicon/check) prints, in irqweave and under Bochs. */
#ifndef TESTS_SUPPORT_TRANSCRIPT_H
#define TESTS_SUPPORT_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

enum { TRANSCRIPT_SIZE = 1 << 16 };

/*
 * Runs an image on one core: stores reach memory and messages arrive at once, so that there is one
 * order of everything, the one of a processor that executes an instruction after the other. NULL, or
 * why there is no whole transcript; what has been printed until then is in `text`.
 */
const char *transcript_irqweave(const char *image, char text[TRANSCRIPT_SIZE]);

/* NULL, or what Bochs needs and this system lacks. */
const char *transcript_bochs_missing(void);

/* Boots a disk under Bochs, in the working directory, where its files stay. NULL, or why not. */
const char *transcript_bochs(const char *disk, char text[TRANSCRIPT_SIZE]);

#endif
