/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W5n: W5 on a host that is not preemptible.
 */
#include "not_preemptible.h"
#include "no_ipiv.h"
