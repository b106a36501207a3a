/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC under random operations. [SDM 10.8] */
#include "random.h"

#define OPERATIONS 300

void program(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    for (int i = 0; i < OPERATIONS; i++) {
        random_operation();
        print_operation();
        print(": TPR %x PPR %x", rdmsr(X2APIC_TPR), rdmsr(X2APIC_PPR));
        print_msr_bits("IRR", X2APIC_IRR);
        print_msr_bits("ISR", X2APIC_ISR);
        print_taken();
        print("\n");
    }
}
