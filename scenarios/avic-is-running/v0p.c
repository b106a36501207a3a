/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0p: V0, and the vCPU is preempted as soon as it blocks.
 */
#include "preempted_blocking.h"
