/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual-interrupt delivery under random operations of the guest. The guest prints what it sees in the
 * virtual-APIC page; now and then it leaves, for RVI and SVI and for the evaluation at VM entry.
 * [SDM 29.1, 29.2, 29.5]
 */
#include "guest.h"
#include "random.h"

#define OPERATIONS  300
#define PER_EXIT    5

static void guest(void)
{
    for (int i = 0; i < OPERATIONS; i++) {
        random_operation();
        print_operation();
        print(": VTPR %x VPPR %x", (u64)vapic_read(VAPIC_TPR), (u64)vapic_read(VAPIC_PPR));
        print_taken();
        print("\n");
        if (i % PER_EXIT == 0)
            tell("exit");
    }
    tell(NULL);
}

void program(void)
{
    const struct guest_controls controls = {
        .pin = PIN_BASED_EXT_INTR_EXITING,
        .cpu = CPU_BASED_TPR_SHADOW | CPU_BASED_ACTIVATE_SECONDARY,
        .secondary = SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_APIC_REGISTER_VIRT |
                     SECONDARY_VIRTUAL_INTR_DELIVERY,
        .exit = VM_EXIT_ACK_INTR_ON_EXIT,
    };

    if (!guest_init())
        return;
    guest_set_controls(&controls);
    guest_run(guest);
}
