# SPDX-License-Identifier: GPL-2.0-or-later
# Guests with AVIC, vCPUs that block and move, and KVM's functions for both on AMD.
irqweave_image_uses(avic-migrate logic/avic logic/svm logic/block runtime/sched runtime/xapic)
