/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged, for processors with erratum 1235: `enable_ipiv` is off.
 */
#include "avic/no_ipiv.h"
