/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtual-APIC page on a running core: when the processor looks at it and when it does not (SDM vol.
 * 3, 24.4.2, 26.3.2.5, 29.1.1, 29.1.3, 29.2). Row V3 of docs/model/vmx-access.md.
 */
#include "lapic/apic_regs.h"
#include "tests/vmx_fixture.h"

__asm__(".pushsection .rodata\n"
        "vapic_begin:\n"
        "vapic_wait:\n"
        "  sti\n"
        "1: hlt\n  jmp 1b\n"
        "vapic_handler:\n" /* leaves in the handler */
        "  vmcall\n"
        "vapic_end:\n"
        ".popsection\n");
extern const uint8_t vapic_begin[], vapic_handler[], vapic_end[];

static void set_up_vapic(void)
{
    set_up();
    own_code(vapic_begin, vapic_end);
    set_gate(0x61, own(vapic_handler));
}

TestSuite(vmx_virtual_apic, .init = set_up_vapic);

static void set_word(unsigned offset, uint32_t value)
{
    memory_write(&m->memory, VAPIC + offset, 4, value);
}

static uint32_t word(unsigned offset)
{
    return (uint32_t)memory_at(VAPIC + offset, 4);
}

static void enter(void)
{
    start();
    run();
}

/* V3: 29.2.1 evaluates RVI, and VM entry takes that from the VMCS, whatever VIRR holds. */
Test(vmx_virtual_apic, V3_virr_without_rvi)
{
    set_word(VAPIC_VIRR + vapic_word(0x61), 1 << 1);
    enter();
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0);
    cr_expect_eq(word(VAPIC_VIRR + vapic_word(0x61)), 1 << 1);
}

/* The other way round: a vector in RVI is delivered although its bit in VIRR is clear. */
Test(vmx_virtual_apic, rvi_without_virr)
{
    v->field[VMCS_GUEST_INTR_STATUS] = 0x61;
    enter();
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "%s", trace);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x6100);
    cr_expect_eq(word(VAPIC_VISR + vapic_word(0x61)), 1 << 1);
}

/* 29.2.2: VPPR = 60h, of VTPR = 2Bh nothing; RVI becomes the highest left in VIRR; the physical APIC has no
 * part in it. */
Test(vmx_virtual_apic, delivery)
{
    set_word(VAPIC_VTPR, 0x2b);
    set_word(VAPIC_VIRR + vapic_word(0x61), 1 << 1);
    set_word(VAPIC_VIRR + vapic_word(0x35), 1 << 0x15);
    v->field[VMCS_GUEST_INTR_STATUS] = 0x61;
    enter();
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "%s", trace);
    cr_expect_eq(word(VAPIC_VPPR), 0x60);
    cr_expect_eq(word(VAPIC_VIRR + vapic_word(0x61)), 0);
    cr_expect_eq(word(VAPIC_VISR + vapic_word(0x61)), 1 << 1);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x6135);
    physical_apic_is_quiet();
}

/* 29.1.3: a store to VTPR by itself changes nothing; the next evaluation of PPR finds it. */
Test(vmx_virtual_apic, a_plain_store_to_vtpr_is_not_noticed)
{
    set_word(VAPIC_VTPR, 0x70);
    set_word(VAPIC_VIRR + vapic_word(0x61), 1 << 1);
    v->field[VMCS_GUEST_INTR_STATUS] = 0x61;
    enter();
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    set_word(VAPIC_VTPR, 0);
    run();
    cr_expect(vmx_non_root(x, 0));
    notify(0x31); /* evaluates, with the VPPR that there is */
    cr_expect(vmx_non_root(x, 0));
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x61);
    cr_expect_eq(word(VAPIC_VPPR), 0x70);
}

/* 26.5 and 29.2: an injected interrupt is none of the virtual APIC's. */
Test(vmx_virtual_apic, injection_leaves_the_page_alone)
{
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_ENTRY_INTR_INFO] = 0x80000061;
    set_word(VAPIC_VIRR + vapic_word(0x35), 1 << 0x15);
    v->field[VMCS_GUEST_INTR_STATUS] = 0x35;
    enter();
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "%s", trace);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x35);
    cr_expect_eq(word(VAPIC_VISR + vapic_word(0x61)), 0);
    cr_expect_eq(word(VAPIC_VPPR), 0);
}

/* 24.4.2: the guest interrupt status is saved under virtual-interrupt delivery alone. */
Test(vmx_virtual_apic, without_virtual_interrupt_delivery_the_status_is_left_alone)
{
    v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
    v->field[VMCS_SECONDARY_CONTROLS] = SEC_REGISTER_VIRT;
    v->field[VMCS_PROC_CONTROLS] |= PROC_HLT;
    v->field[VMCS_GUEST_INTR_STATUS] = 0x6135;
    set_word(VAPIC_VPPR, 0x12345678);
    enter();
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_HLT, "%s", trace);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x6135);
    cr_expect_eq(word(VAPIC_VPPR), 0x12345678, "no PPR virtualization");
}

/* 29.1.1: "only the low 4 bytes of each 16-byte field"; the entry clears bytes 3:1 of VPPR. */
Test(vmx_virtual_apic, only_the_low_four_bytes_are_used)
{
    for (unsigned i = 0; i < 4096; i += 4)
        set_word(i, i % 16 ? 0xffffffff : 0);
    set_word(VAPIC_VPPR, 0xffffffff);
    v->field[VMCS_GUEST_INTR_STATUS] = 0x61;
    enter();
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x6100, "%s", trace);
    cr_expect_eq(word(VAPIC_VPPR), 0x60);
    for (unsigned i = 0; i < 4096; i += 4)
        if (i % 16)
            cr_assert_eq(word(i), 0xffffffff, "%#x", i);
}
