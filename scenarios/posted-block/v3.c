/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: V0 without the barrier between the wait state and the test. The look at ON as the thread is
 * switched out stands in for it.
 */
#include "v3_block.h"
