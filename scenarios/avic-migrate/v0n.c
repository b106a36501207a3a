/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0n: as merged.
 */
#include "not_preemptible.h"
