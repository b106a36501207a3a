# SPDX-License-Identifier: GPL-2.0-or-later
# What avic-nested uses, with AMD's IOMMU in front of AVIC, and what joins it to AVIC that goes off and on.
irqweave_image_uses(avic-device-off logic/avic_inhibit_iommu logic/svm_nested logic/avic_inhibit logic/avic_iommu
                    logic/apicv logic/avic logic/svm logic/block runtime/sched runtime/xapic runtime/ipi)
