/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged, without IPI virtualization: `enable_ipiv` is off.
 */
#include "avic/no_ipiv.h"
