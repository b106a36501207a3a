/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same without IPI virtualization: processors see nobody as running.
 */
#include "avic/no_ipiv.h"
#include "avic_inhibit/no_put.h"
