/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices of a variant: each posts its vectors through the IOMMU, one after another. */
#ifndef SCENARIOS_DEVICES_H
#define SCENARIOS_DEVICES_H

#include "scenarios/session.h"

/* Checks those of a variant as the file has them, and fills in what it leaves out. False: `what` says what
 * is wrong and what would be right. */
bool devices_check(const struct scenario_variant *, char *what, size_t size);

/* Each counts its posts in the state ledger.posted, if the image has one. */
bool devices_add(struct session *, char *error);
void devices_free(struct session *);

#endif
