/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as in Linux 6.1: the vCPU is woken, and the wake-up vector is armed.
 */
#include "notify_wakes.h"
