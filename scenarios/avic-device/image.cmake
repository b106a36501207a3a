# Guests with AVIC, an AMD IOMMU that posts to them, vCPUs that block.
irqweave_image_uses(avic-device logic/avic_iommu logic/avic logic/svm logic/block runtime/sched runtime/xapic)
