/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W5: V0 for processors with erratum 1235.
 */
#include "no_ipiv.h"
