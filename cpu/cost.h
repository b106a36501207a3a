/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cycles by instruction class. Assumed round figures of a current server core, until the machine
 * profiles come; in exploration they only annotate.
 */
#ifndef CPU_COST_H
#define CPU_COST_H

#include <stdint.h>

#include "cpu/decode.h"

uint16_t cost_of_instruction(enum insn_kind);

#endif
