/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual-interrupt delivery with x2APIC virtualization: what each event leaves in RVI, SVI and the
 * virtual-APIC page. [SDM 29.1.2 to 29.2.2, 29.5]
 */
#include "guest.h"

#define VECTOR_1    0x31
#define VECTOR_2    0x35            /* of the same class */
#define VECTOR_3    0x61

static void self_ipi(u32 vector)
{
    wrmsr(X2APIC_SELF_IPI, vector);
}

static void guest(void)
{
    tell("start");
    self_ipi(VECTOR_1);
    tell("self-IPI 31 with IF = 0");
    open_window();
    tell("window");
    self_ipi(VECTOR_2);
    open_window();
    tell("self-IPI 35 below SVI's class");
    self_ipi(VECTOR_3);
    open_window();
    tell("self-IPI 61 above it");
    wrmsr(X2APIC_EOI, 0);
    tell("EOI");
    wrmsr(X2APIC_EOI, 0);
    tell("EOI");
    open_window();
    tell("window");
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
