/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has been posted before the entries became the host's is looked at by nobody: no EVENT.
 */
#include "apicv/no_event.h"
