/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

void program(void)
{
    print("hello %x\n", rdmsr(MSR_IA32_APICBASE));
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_ENABLE | APICBASE_EXTD);
    for (u32 msr = 0x800; msr < 0x840; msr++) {
        u64 value, fault = try_rdmsr(msr, &value);
        print("rdmsr %x ", (u64)msr);
        print_result(fault, value);
        print("\n");
    }
}
