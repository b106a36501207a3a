# SPDX-License-Identifier: GPL-2.0-or-later
# A guest hypervisor on AMD, in front of what avic-inhibit uses.
irqweave_image_uses(avic-nested logic/svm_nested logic/avic_inhibit logic/apicv logic/avic logic/svm logic/block
                    runtime/sched runtime/xapic runtime/ipi)
