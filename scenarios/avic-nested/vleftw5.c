/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same without IPI virtualization.
 */
#include "avic/no_ipiv.h"
#include "left_running.h"
