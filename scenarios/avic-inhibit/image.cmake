# SPDX-License-Identifier: GPL-2.0-or-later
# AVIC off and on: KVM's functions for that, in front of those for AVIC and for APIC virtualization of both vendors.
irqweave_image_uses(avic-inhibit logic/avic_inhibit logic/apicv logic/avic logic/svm logic/block runtime/sched
                    runtime/xapic runtime/ipi)
