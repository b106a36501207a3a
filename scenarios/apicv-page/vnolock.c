/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handler of the request reads the word without the lock.
 */
#include "apicv/no_lock.h"
