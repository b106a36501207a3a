# SPDX-License-Identifier: GPL-2.0-or-later
# Kicks of 5.17 and the loop of the fast path. Calls across CPUs, for requests that wait, come with the scheduler's
# interrupts; nobody is scheduled.
irqweave_image_uses(kick-running-vcpu logic/kick logic/fastpath runtime/sched)
