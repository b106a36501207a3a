/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: V0 without the look at ON behind the switch to the wake-up vector.
 */
#include "no_look_at_on.h"
