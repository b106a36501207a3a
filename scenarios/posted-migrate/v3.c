/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: as in Linux 6.1 to 6.12; the guest's HLT exits, and who is woken runs where the waker does.
 */
#include "waker_cpu.h"
