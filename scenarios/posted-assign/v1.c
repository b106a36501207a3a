/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: as before Linux 5.13. Nobody is told of a device that comes.
 */
#include "not_told.h"
