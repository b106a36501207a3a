/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../avic-is-running/vw0.c"
