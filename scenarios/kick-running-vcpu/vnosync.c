/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop does not sync, and the self-kick takes the vCPU back to where it is done.
 */
#include "no_sync.h"
#include "self_kick.h"
