# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that sends IPIs, and KVM's functions around IPI virtualization.
irqweave_image_uses(ipi-virtualization logic/ipiv runtime/ipi)
