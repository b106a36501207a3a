/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two IPIs of AVIC, the second to a virtual CPU that blocks; and one, where who blocks kicks all others: the machine and the threads of avic-is-running.
 */
#include "../avic-is-running/threads.c"
