/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An entry that has changed its form is not invalidated: the unit may go on posting.
 */
#include "../avic-device/v10.c"
