/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: V0, but the vCPU of this core is not woken.
 */
#include "notify_not_self.h"
