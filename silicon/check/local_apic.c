/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program that guests of software_apic.c run, on this core alone: xAPIC mode, then x2APIC mode.
 */
#include "apic_program.h"

void program(void)
{
    apic_program_init();
    print("xAPIC\n");
    apic_program_bare(false);
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    print("x2APIC\n");
    apic_program_bare(true);
}
