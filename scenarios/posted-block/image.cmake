# SPDX-License-Identifier: GPL-2.0-or-later
# vCPUs that block need a scheduler, and KVM's functions around it.
irqweave_image_uses(posted-block logic/block runtime/sched)
