/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of VM entry on the event to inject and on guest state, as far as they concern interrupts.
 * An entry that fails on guest state is an exit with bit 31 of its reason set. [SDM 26.2.1.3, 26.3.1]
 */
#include "guest.h"

static void injection(void)
{
    guest_check_field("injects an interrupt with an error code", VM_ENTRY_INTR_INFO_FIELD, 0x80000831);
    guest_check_field("injects #GP without its error code", VM_ENTRY_INTR_INFO_FIELD, 0x8000030d);
    guest_check_field("injects vector 31 with IF = 0", VM_ENTRY_INTR_INFO_FIELD, 0x80000031);
}

static void guest_state(void)
{
    guest_check_field("interruptibility bit 5", GUEST_INTERRUPTIBILITY_INFO, 1 << 5);
    guest_check_field("blocking by STI with IF = 0", GUEST_INTERRUPTIBILITY_INFO, 1);
    guest_check_field("blocking by STI and MOV SS", GUEST_INTERRUPTIBILITY_INFO, 3);
    guest_check_field("blocking by MOV SS", GUEST_INTERRUPTIBILITY_INFO, 2);
    guest_check_field("blocking by NMI", GUEST_INTERRUPTIBILITY_INFO, 8);
    guest_check_field("activity state 4", GUEST_ACTIVITY_STATE, 4);
    guest_check_field("RFLAGS bit 1 is 0", GUEST_RFLAGS, 0);
    guest_check_field("RFLAGS bit 15 is 1", GUEST_RFLAGS, 0x8002);
    guest_check_field("link pointer 0", VMCS_LINK_POINTER, 1);
}

void program(void)
{
    const struct guest_controls controls = {
        .pin = PIN_BASED_EXT_INTR_EXITING,
        .cpu = CPU_BASED_TPR_SHADOW | CPU_BASED_ACTIVATE_SECONDARY,
        .secondary = SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_VIRTUAL_INTR_DELIVERY,
    };

    if (!guest_init())
        return;
    guest_set_controls(&controls);
    guest_check_begin();
    guest_check("good");
    injection();
    guest_state();
    guest_check("good");
}
