/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: the wake-up vector is armed only for a VM with assigned devices, as before IPI virtualization.
 * This one has none.
 */
#include "needs_no_wakeup.h"
