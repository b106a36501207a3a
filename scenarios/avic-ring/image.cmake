# Guests with AVIC, vCPUs that block, and KVM's functions for both on AMD.
irqweave_image_uses(avic-ring logic/avic logic/svm logic/block runtime/sched runtime/xapic)
