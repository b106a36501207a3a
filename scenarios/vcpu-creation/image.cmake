# SPDX-License-Identifier: GPL-2.0-or-later
# vCPUs that are created, in front of APIC virtualization off and on. Calls across CPUs come with the scheduler's
# interrupts; nobody is scheduled.
irqweave_image_uses(vcpu-creation logic/vcpu_creation logic/apicv runtime/sched)
