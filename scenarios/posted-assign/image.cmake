# SPDX-License-Identifier: GPL-2.0-or-later
# A vCPU that blocks, and devices that come and go meanwhile.
irqweave_image_uses(posted-assign logic/assign logic/block runtime/sched)
