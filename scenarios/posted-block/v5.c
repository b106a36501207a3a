/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V5: V0 with the test before the wait state. The look at ON as the thread is switched out stands
 * in for it.
 */
#include "v5_block.h"
