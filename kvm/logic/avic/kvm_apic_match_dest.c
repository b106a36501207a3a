/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is an IPI for this vCPU? See avic.h. Flat logical ids.
 */
#include "avic/avic.h"

bool kvm_apic_match_dest(struct kvm_vcpu *vcpu, struct kvm_vcpu *source, u32 icrl, u32 icrh)
{
    u32 dest = icrh >> 24;

    switch (icrl & APIC_SHORTHAND_MASK) {
    case APIC_SHORTHAND_SELF: return vcpu == source;
    case APIC_SHORTHAND_ALL: return true;
    case APIC_SHORTHAND_ALLBUT: return vcpu != source;
    }
    if (dest == APIC_BROADCAST)
        return true;
    if (icrl & APIC_DEST_LOGICAL)
        return dest & *kvm_apic_reg(vcpu, APIC_LDR) >> 24;
    return dest == (u32)vcpu->vcpu_id;
}
