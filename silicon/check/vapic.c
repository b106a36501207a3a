/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual-APIC page of the guest; see guest.h. [SDM 29.1.1] */
#include "guest.h"

u8 guest_vapic[PAGE_SIZE] __aligned(PAGE_SIZE);

const struct guest_controls vapic_controls = {
    .pin = PIN_BASED_EXT_INTR_EXITING,
    .cpu = CPU_BASED_TPR_SHADOW | CPU_BASED_ACTIVATE_SECONDARY,
    .secondary = SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_APIC_REGISTER_VIRT |
                 SECONDARY_VIRTUAL_INTR_DELIVERY,
    .exit = VM_EXIT_ACK_INTR_ON_EXIT,
};

u32 vapic_read(unsigned at)
{
    return READ_ONCE(*(u32 *)(guest_vapic + at));
}

void vapic_write(unsigned at, u32 value)
{
    WRITE_ONCE(*(u32 *)(guest_vapic + at), value);
}

void vapic_clear(void)
{
    for (unsigned at = 0; at < PAGE_SIZE; at += 4)
        vapic_write(at, 0);
}

void vapic_set_vector(unsigned at, unsigned vector)
{
    at += vector / 32 * 16;
    vapic_write(at, vapic_read(at) | 1u << vector % 32);
}

static u32 page_word(unsigned index, unsigned at)
{
    return vapic_read(at + 16 * index);
}

void print_vapic(void)
{
    u16 status = vmcs_read16(GUEST_INTR_STATUS);

    print(" RVI %x SVI %x VTPR %x VPPR %x", status & 0xffull, status >> 8 & 0xffull,
          (u64)vapic_read(VAPIC_TPR), (u64)vapic_read(VAPIC_PPR));
    print_bits("VIRR", page_word, VAPIC_IRR);
    print_bits("VISR", page_word, VAPIC_ISR);
}
