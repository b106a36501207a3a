/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for what a trace holds: memory, values, places in the source. */
#ifndef CLI_SYMBOLISE_H
#define CLI_SYMBOLISE_H

#include "scenarios/session.h"

enum { SYMBOL_TEXT = 96 };

/* "vcpu0.mode", "pid0.pir[1]", "vapic0.vIRR[2]" */
void symbolise_address(const struct session *, uint64_t physical, char *text, size_t size);

/* What `value` of `bytes` bytes at an address means there: "IN_GUEST", "{ON}", "{0x41}", "0x3". */
void symbolise_value(const struct session *, uint64_t physical, unsigned bytes, uint64_t value,
                     char *text, size_t size);

/* Does the scenario say what its values mean? */
bool symbolise_is_described(const struct session *, uint64_t physical);

/*
 * Where an instruction stands: the frame that is not inlined, as "vcpu_enter_guest.c:20" if the
 * file has the function's name, else "post() threads.c:51". `inlined` gets the name of the call
 * in that line that the instruction belongs to, or "".
 */
void symbolise_place(const struct image_place *, char *text, size_t size, char *inlined,
                     size_t inlined_size);

#endif
