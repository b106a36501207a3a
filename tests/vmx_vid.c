/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual-interrupt delivery and MSR rules without a core (SDM vol. 3, 29.1, 29.2, 29.5). */
#include <criterion/criterion.h>

#include "lapic/apic_regs.h"
#include "vmx/controls.h"
#include "vmx/vid.h"
#include "vmx/x2apic.h"

static const uint32_t ALL = SEC_X2APIC | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT;

Test(vid, ppr_virtualization)
{
    cr_expect_eq(vapic_ppr(0x50, 0x41), 0x50);
    cr_expect_eq(vapic_ppr(0x30, 0x41), 0x40);
    cr_expect_eq(vapic_ppr(0x4a, 0x41), 0x4a);
    cr_expect_eq(vapic_ppr(0, 0), 0);
}

Test(vid, V2_delivered_only_above_vppr)
{
    struct vid vid = {.rvi = 0x51, .vppr = vapic_ppr(0x50, 0)};
    vid_evaluate(&vid, false);
    cr_assert_not(vid.recognized);
    vid.vppr = vapic_ppr(0x40, vid.svi); /* MOV CR8, 4 */
    vid_evaluate(&vid, false);
    cr_assert(vid_deliverable(&vid, true, false, false));
    cr_assert_eq(vid_take(&vid), 0x51);
    vid_taken(&vid, 0);
    cr_expect_eq(vid.vppr, 0x50);
    cr_expect_eq(vid.svi, 0x51);
    cr_expect_eq(vid.rvi, 0);
    cr_expect_not(vid.recognized);
}

Test(vid, V3_stale_rvi_delivers_nothing)
{
    struct vid vid = {.rvi = 0}; /* whatever VIRR holds */
    vid_evaluate(&vid, false);
    cr_assert_not(vid_deliverable(&vid, true, false, false));
}

Test(vid, V4_recognition_sticks_while_if_is_0)
{
    struct vid vid = {.rvi = 0x61};
    vid_evaluate(&vid, false);
    cr_assert_not(vid_deliverable(&vid, false, false, false));
    vid_raise_rvi(&vid, 0x71);
    vid_evaluate(&vid, false);
    cr_assert_not(vid_deliverable(&vid, true, true, false), "STI shadow");
    cr_assert(vid_deliverable(&vid, true, false, false));
    cr_assert_eq(vid_take(&vid), 0x71);
}

Test(vid, V19_interrupt_window_exiting_blocks_recognition)
{
    struct vid vid = {.rvi = 0x61};
    vid_evaluate(&vid, true);
    cr_assert_not(vid.recognized);
    vid_evaluate(&vid, false);
    cr_assert(vid.recognized);
}

Test(vid, rvi_is_never_lowered_by_a_new_vector)
{
    struct vid vid = {.rvi = 0x61};
    vid_raise_rvi(&vid, 0x31);
    cr_assert_eq(vid.rvi, 0x61);
}

Test(vid, words_of_the_page)
{
    cr_expect_eq(vapic_word(0x00), 0x00);
    cr_expect_eq(vapic_word(0x1f), 0x00);
    cr_expect_eq(vapic_word(0x20), 0x10);
    cr_expect_eq(vapic_word(0xff), 0x70);
}

Test(x2apic, bitmap_bytes)
{
    unsigned byte, bit;
    cr_assert(x2apic_bitmap_byte(0x80b, false, &byte, &bit));
    cr_expect_eq(byte, 0x101);
    cr_expect_eq(bit, 3);
    cr_assert(x2apic_bitmap_byte(0x80b, true, &byte, &bit));
    cr_expect_eq(byte, 0x901);
    cr_assert(x2apic_bitmap_byte(0xc0000101, true, &byte, &bit));
    cr_expect_eq(byte, 0xc20);
    cr_expect_eq(bit, 1);
    cr_expect_not(x2apic_bitmap_byte(0x2000, true, &byte, &bit));
}

Test(x2apic, special_writes)
{
    cr_expect_eq(x2apic_judge_write(ALL, APIC_TPR, 0x50), X2APIC_TPR);
    cr_expect_eq(x2apic_judge_write(ALL, APIC_TPR, 0x100), X2APIC_FAULT);
    cr_expect_eq(x2apic_judge_write(ALL, APIC_EOI, 0), X2APIC_EOI);
    cr_expect_eq(x2apic_judge_write(ALL, APIC_EOI, 1), X2APIC_FAULT);
    cr_expect_eq(x2apic_judge_write(ALL, APIC_SELF_IPI, 0x31), X2APIC_SELF_IPI);
    cr_expect_eq(x2apic_judge_write(ALL, APIC_SELF_IPI, 1ull << 32), X2APIC_FAULT);
    cr_expect_eq(x2apic_judge_write(ALL, APIC_ICR, 0x31), X2APIC_PHYSICAL);
}

Test(x2apic, eoi_and_self_ipi_need_virtual_interrupt_delivery)
{
    cr_expect_eq(x2apic_judge_write(SEC_X2APIC, APIC_EOI, 1), X2APIC_PHYSICAL);
    cr_expect_eq(x2apic_judge_write(SEC_X2APIC, APIC_SELF_IPI, 0x31), X2APIC_PHYSICAL);
    cr_expect_eq(x2apic_judge_write(SEC_X2APIC, APIC_TPR, 0), X2APIC_TPR);
    cr_expect_eq(x2apic_judge_write(0, APIC_TPR, 0), X2APIC_PHYSICAL);
}

Test(x2apic, V10_reads_of_the_page)
{
    cr_expect(x2apic_reads_page(ALL, 0x839));
    cr_expect(x2apic_reads_page(SEC_X2APIC, APIC_TPR));
    cr_expect_not(x2apic_reads_page(SEC_X2APIC, 0x839));
    cr_expect_not(x2apic_reads_page(ALL, 0x900));
    cr_expect_not(x2apic_reads_page(SEC_REGISTER_VIRT, APIC_TPR));
}
