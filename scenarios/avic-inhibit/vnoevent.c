/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is pending in IRR when AVIC goes off is looked at by nobody: no EVENT.
 */
#include "apicv/no_event.h"
