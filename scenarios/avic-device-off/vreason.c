/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * That L2 runs is no reason against AVIC of L1: table and entries say that it runs.
 */
#include "../avic-nested/left_running.h"
