# SPDX-License-Identifier: GPL-2.0-or-later
# The APIC's page, in front of what turns AVIC off and on.
irqweave_image_uses(apicv-page logic/apic_page logic/avic_inhibit logic/apicv logic/avic logic/svm logic/block runtime/sched
                    runtime/xapic runtime/ipi)
