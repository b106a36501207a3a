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
    if (!guest_init())
        return;
    guest_set_controls(&vapic_controls);
    guest_run(guest);
}
