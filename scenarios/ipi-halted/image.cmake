# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that sends IPIs, vCPUs that block, and KVM's functions around both.
irqweave_image_uses(ipi-halted logic/ipiv_block logic/ipiv logic/block runtime/sched runtime/ipi)
