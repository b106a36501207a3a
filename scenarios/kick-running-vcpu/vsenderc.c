/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request is not locked, and the cmpxchg of mode is barrier enough.
 */
#include "unlocked_request.h"
