# SPDX-License-Identifier: GPL-2.0-or-later
# vCPUs that block, and a device behind a VT-d unit.
irqweave_image_uses(posted-self logic/block logic/iommu runtime/sched)
