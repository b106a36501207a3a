# SPDX-License-Identifier: GPL-2.0-or-later
# Guests of guests, in front of what turns APICv off and on; calls across CPUs come with the scheduler's interrupts.
irqweave_image_uses(nested-apicv-update logic/nested_apicv logic/apicv runtime/sched)
