/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W5: as merged in 6.17 for processors with the erratum.
 */
#include "no_ipiv.h"
