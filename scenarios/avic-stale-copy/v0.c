/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as merged in 6.17, on processors whose IPI virtualization is used.
 */
#include "not_preemptible.h"
