/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 5.18 to 6.13: a request from the beginning, but the vCPU may serve it before it is online.
 */
#include "vcpu_creation/early_fd.h"
