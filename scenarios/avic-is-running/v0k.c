/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0k: V0 with software that goes by IsRunning, as before 5.17.
 */
#include "goes_by_is_running.h"
