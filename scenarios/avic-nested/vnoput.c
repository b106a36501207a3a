/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM knows that L1's AVIC is off while L2 runs, and peers do not.
 */
#include "avic_inhibit/no_put.h"
