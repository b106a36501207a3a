# SPDX-License-Identifier: GPL-2.0-or-later
# APICv on and off needs the scheduler's calls across CPUs; nobody is scheduled.
irqweave_image_uses(posted-inhibited logic/apicv runtime/sched)
