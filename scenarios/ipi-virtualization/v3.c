/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: as V2, and software takes the exit for one that needs nothing more, because the write has been
 * done. So it has, to the page; but the IPI is lost.
 */
#include "ipiv/ipiv.h"

u64 vmx_pid_table_entry(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}

int handle_apic_write(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return 1;
}
