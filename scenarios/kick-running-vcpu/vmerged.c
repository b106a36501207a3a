/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged, 5.17: a plain store for the vCPU that runs here, and in the loop the sync before the look. It kicks itself.
 */
#include "self_kick.h"
