# SPDX-License-Identifier: GPL-2.0-or-later
irqweave_image_uses(software-apic logic/lapic)
