/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as in Linux 6.1 to 6.12; the guest halts inside.
 */
#include "hlt_inside.h"
