/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exit 402h: a register that the processor does not emulate; see avic.h. [APM vol. 2, 15.29.9.2]
 *
 * The exit behind a write of LDR is trap-like: the page holds the value. Left out: all other registers, which no
 * guest here touches.
 */
#include "avic/avic.h"

/* The table follows the register. Its entries are for one vCPU each: upstream turns AVIC off if ids are not. */
static void handle_ldr_update(struct kvm_vcpu *vcpu)
{
    u32 ldr = *kvm_apic_reg(vcpu, APIC_LDR) >> 24;

    for (int bit = 0; bit < AVIC_FLAT_IDS; bit++) {
        u32 entry = READ_ONCE(avic_logical_id_table[bit]);
        u32 own = AVIC_LOGICAL_ID_ENTRY_VALID_MASK | vcpu->vcpu_id;

        if (ldr == 1u << bit)
            WRITE_ONCE(avic_logical_id_table[bit], own);
        else if (entry == own)
            WRITE_ONCE(avic_logical_id_table[bit], 0);
    }
}

int avic_unaccelerated_access_interception(struct kvm_vcpu *vcpu)
{
    u64 info = to_svm(vcpu)->vmcb->exit_info_1;
    u32 offset = info & 0xff0;
    bool write = info >> 32 & 1;

    if (!write || offset != APIC_LDR) {
        note_value("unexpected access to a register of the APIC, offset %#x", offset);
        BUG();
    }
    handle_ldr_update(vcpu);
    return 1;
}
