/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V7: as in Linux 5.13 to 5.16. The vector is armed before the wait, so who is told has to end the wait.
 */
#include "undone.h"
