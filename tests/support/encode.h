/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machine code for operations of 1, 2, 4 and 8 bytes on shared memory. */
#ifndef TESTS_SUPPORT_ENCODE_H
#define TESTS_SUPPORT_ENCODE_H

#include "tests/support/generator.h"

/* An instruction with a memory operand at `place` and a register (or /digit): `opcode` is that of
 * its 8-bit form, the others follow by 1. `escape`: behind 0Fh. */
void encode_memory(struct code *, bool lock, bool escape, unsigned opcode, unsigned reg,
                   struct place);

/* Loads, and jumps if it is 0: to where encode_skipped() is told. */
unsigned encode_when(struct code *, const struct op *);
void encode_skipped(struct code *, unsigned when);

void encode_op(struct code *, const struct op *);

/* A wait; `assume`: one round, and who is not released ends with R15 = `number`. */
void encode_wait(struct code *, const struct op *, unsigned number, bool assume);

#endif
