/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0n: V0 on a host that is not preemptible.
 */
#include "not_preemptible.h"
