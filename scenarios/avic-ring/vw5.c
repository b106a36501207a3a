/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W5: V0 without IPI virtualization, as on processors with erratum 1235.
 */
#include "no_ipiv.h"
#include "not_preemptible.h"
