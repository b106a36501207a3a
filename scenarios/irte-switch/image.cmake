# SPDX-License-Identifier: GPL-2.0-or-later
# Devices behind a VT-d unit.
irqweave_image_uses(irte-switch logic/iommu)
