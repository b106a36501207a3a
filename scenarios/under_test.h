/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of an image is the code under test, and what can be removed from it. */
#ifndef SCENARIOS_UNDER_TEST_H
#define SCENARIOS_UNDER_TEST_H

#include "cpu/mutation.h"
#include "sim/image.h"

/*
 * Functions from kvm/logic and from the files of the scenario, wherever those are, but for its threads.c: what starts the
 * threads, and what keeps account, is not under test, nor are kvm/runtime and the guest's code. What is inlined counts with the
 * function that it is inlined in.
 */
bool under_test(const struct image *, const struct image_symbol *);

/* Adds all mutations of the code under test, in the order of addresses; `touched` as in struct code_view. */
void under_test_mutations(const struct image *, const uint8_t *ram, const uint8_t *touched, struct mutation_list *);

#endif
