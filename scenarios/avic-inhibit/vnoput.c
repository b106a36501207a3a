/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU is not put when its AVIC goes off: it stays marked as running.
 */
#include "avic_inhibit/no_put.h"
