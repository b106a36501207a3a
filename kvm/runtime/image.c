/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a core: set up, run its thread, go idle; see image.h for the contract.
 */
#include "image.h"

#include "apic.h"
#include "irqflags.h"

image_thread_fn *image_thread[NR_CPUS];
u8 boot_stacks[NR_CPUS][BOOT_STACK_SIZE] __aligned(PAGE_SIZE);

void image_main(unsigned long cpu);

void image_main(unsigned long cpu)
{
    cpu_init(cpu);
    apic_init();
    scenario_setup(cpu);
    local_irq_enable();
    marker_setup_done();

    if (READ_ONCE(image_thread[cpu]))
        image_thread[cpu](cpu);

    marker_thread_end();
    for (;;)
        asm volatile("sti; hlt" : : : "memory");
}
