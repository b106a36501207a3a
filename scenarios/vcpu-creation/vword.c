/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before 5.18: a new vCPU reads the word, and nobody asks it to do so again.
 */
#include "vcpu_creation/reads_the_word.h"
