/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W5: as merged in 6.17 for processors with the erratum.
 */
#include "not_preemptible.h"
#include "no_ipiv.h"
