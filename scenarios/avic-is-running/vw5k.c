/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W5k: W5 with the software of V0k.
 */
#include "goes_by_is_running.h"
#include "no_ipiv.h"
