/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1's AVIC stays on as far as KVM and its peers know.
 */
#include "left_running.h"
