# SPDX-License-Identifier: GPL-2.0-or-later
# A vCPU that blocks, and whose APICv goes off.
irqweave_image_uses(posted-block-off logic/apicv_block logic/apicv logic/block runtime/sched)
