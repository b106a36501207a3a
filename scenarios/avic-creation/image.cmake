# SPDX-License-Identifier: GPL-2.0-or-later
# vCPUs that are created, in front of what avic-inhibit uses.
irqweave_image_uses(avic-creation logic/vcpu_creation logic/avic_inhibit logic/apicv logic/avic logic/svm logic/block
                    runtime/sched runtime/xapic runtime/ipi)
