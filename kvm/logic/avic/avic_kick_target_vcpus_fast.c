/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Targets that the destination names one by one; see avic.h.
 */
#include "avic/avic.h"

static void kick_id(u32 id)
{
    if (id < NR_VCPUS && vcpu_exists(&vcpus[id]))
        avic_kick_vcpu(&vcpus[id]);
}

static void kick_logical(u32 bitmap)
{
    for (int bit = 0; bit < AVIC_FLAT_IDS; bit++) {
        u32 entry = READ_ONCE(avic_logical_id_table[bit]);

        if ((bitmap & 1u << bit) && (entry & AVIC_LOGICAL_ID_ENTRY_VALID_MASK))
            kick_id(entry & AVIC_LOGICAL_ID_ENTRY_GUEST_MASK);
    }
}

/* With a physical destination the exit must name that very entry. */
bool avic_kick_target_vcpus_fast(struct kvm_vcpu *source, u32 icrl, u32 icrh, u32 index)
{
    u32 dest = icrh >> 24;

    (void)source;
    if (icrl & APIC_SHORTHAND_MASK)
        return false;
    if (icrl & APIC_DEST_LOGICAL) {
        kick_logical(dest);
        return true;
    }
    if (dest == APIC_BROADCAST)
        return false;
    WARN_ON(dest != index);
    kick_id(dest);
    return true;
}
