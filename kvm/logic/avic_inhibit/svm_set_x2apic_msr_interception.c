/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MSRs of x2APIC mode, open or closed; see avic_inhibit.h. [APM vol. 2, 15.11, 15.29.10]
 *
 * Upstream changes the map of the vCPU; here there are two, and the VMCB names one of them. The timer's entry of the LVT
 * stays closed, because processors fault where they should leave the guest.
 */
#include "avic_inhibit/avic_inhibit.h"

#define MSRS_PER_BYTE 4         /* two bits each: reads, writes; 1 = exit */

static u8 x2avic_msrpm[2 * PAGE_SIZE] __aligned(PAGE_SIZE);
static u64 msrpm_pa;            /* of the map in which all exit */

static void init_map(struct vmcb *vmcb)
{
    msrpm_pa = vmcb->msrpm_base_pa;
    for (size_t i = 0; i < sizeof(x2avic_msrpm); i++)
        x2avic_msrpm[i] = 0xff;
    for (int msr = MSR_X2APIC_FIRST; msr <= MSR_X2APIC_LAST; msr++)
        if (msr != MSR_X2APIC_LVTT)
            x2avic_msrpm[msr / MSRS_PER_BYTE] &= ~(3u << 2 * (msr % MSRS_PER_BYTE));
}

void svm_set_x2apic_msr_interception(struct vmcb *vmcb, bool intercept)
{
    if (!msrpm_pa)
        init_map(vmcb);
    vmcb->msrpm_base_pa = intercept ? msrpm_pa : __pa(x2avic_msrpm);
}
