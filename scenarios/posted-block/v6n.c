/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V6n: V0n without the waker's own barrier. The poster's locked instruction is one.
 */
#include "v6_wake.h"
#include "needs_no_wakeup.h"
