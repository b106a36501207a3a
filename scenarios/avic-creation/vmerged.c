/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged.
 */
#include "not_preemptible.h"
