# SPDX-License-Identifier: GPL-2.0-or-later
# Calls across CPUs come with the scheduler's interrupts; nobody is scheduled.
irqweave_image_uses(shadow-walk logic/mmu runtime/sched)
