/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged, but the handler of the request reads the word without the lock.
 */
#include "no_lock.h"
