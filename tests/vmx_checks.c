/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: each row of the VM-entry checks violated alone fails with its own row, and passes when
 * repaired (SDM vol. 3, 26.2.1.1). And VMCS fields and capability MSRs.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "vmx/checks.h"

static const uint32_t APICV = SEC_X2APIC | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT;

static struct vmcs good(void)
{
    struct vmcs v = {.used = 1};
    v.field[VMCS_PIN_CONTROLS] = 0x16 | PIN_EXTERNAL_INTERRUPT | PIN_NMI | PIN_POSTED_INTERRUPTS;
    v.field[VMCS_PROC_CONTROLS] = 0x04006172u | PROC_TPR_SHADOW | PROC_MSR_BITMAPS | PROC_SECONDARY;
    v.field[VMCS_SECONDARY_CONTROLS] = APICV;
    v.field[VMCS_EXIT_CONTROLS] = 0x36dfb | EXIT_HOST_64 | EXIT_ACKNOWLEDGE;
    v.field[VMCS_ENTRY_CONTROLS] = 0x11fb | ENTRY_GUEST_64;
    v.field[VMCS_VIRTUAL_APIC] = 0x3000;
    v.field[VMCS_MSR_BITMAP] = 0x4000;
    v.field[VMCS_POSTED_INTR_DESC] = 0x5040;
    v.field[VMCS_POSTED_INTR_NV] = 0xf2;
    v.field[VMCS_HOST_CR0] = v.field[VMCS_GUEST_CR0] = 0x80000033;
    v.field[VMCS_HOST_CR4] = v.field[VMCS_GUEST_CR4] = 0x2020;
    v.field[VMCS_HOST_CS] = 8;
    v.field[VMCS_HOST_TR] = 0x18;
    v.field[VMCS_GUEST_RFLAGS] = 0x202;
    v.field[VMCS_LINK_POINTER] = ~0ull;
    return v;
}

static void fails(const struct vmcs *v, unsigned vtpr, enum entry_failure failure,
                  const char *text)
{
    const struct entry_row *row = vmx_check_entry(v, vtpr);
    cr_assert_not_null(row, "passes, should fail: %s", text);
    cr_expect_eq(row->failure, failure, "%s", row->must);
    cr_expect_not_null(strstr(row->must, text), "fails \"%s\" instead of \"%s\"", row->must, text);
}

static void violates(enum vmcs_field f, uint64_t value, const char *text)
{
    struct vmcs v = good();
    v.field[f] = value;
    fails(&v, 0, ENTRY_FAILS_CONTROLS, text);
}

/* Without APIC virtualization beyond the TPR shadow. */
static struct vmcs tpr_shadow_only(void)
{
    struct vmcs v = good();
    v.field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
    v.field[VMCS_SECONDARY_CONTROLS] = 0;
    return v;
}

Test(vmx_checks, V1_good_passes)
{
    struct vmcs v = good();
    const struct entry_row *row = vmx_check_entry(&v, 0);
    cr_assert_null(row, "%s", row ? row->must : "");
    v = tpr_shadow_only();
    row = vmx_check_entry(&v, 0);
    cr_assert_null(row, "%s", row ? row->must : "");
}

Test(vmx_checks, V1_row1_virtual_apic_address)
{
    violates(VMCS_VIRTUAL_APIC, 0x3001, "virtual-APIC address");
    violates(VMCS_VIRTUAL_APIC, 1ull << 46, "virtual-APIC address");
}

Test(vmx_checks, V1_row2_tpr_threshold_reserved)
{
    struct vmcs v = tpr_shadow_only();
    v.field[VMCS_TPR_THRESHOLD] = 0x10;
    fails(&v, 0xff, ENTRY_FAILS_CONTROLS, "bits 31:4");
    v.field[VMCS_SECONDARY_CONTROLS] = SEC_VIRTUAL_INTERRUPT;
    cr_assert_null(vmx_check_entry(&v, 0));
}

Test(vmx_checks, V1_row3_tpr_threshold_above_vtpr)
{
    struct vmcs v = tpr_shadow_only();
    v.field[VMCS_TPR_THRESHOLD] = 4;
    cr_assert(vmx_check_reads_vtpr(&v));
    fails(&v, 0x3f, ENTRY_FAILS_CONTROLS, "VTPR[7:4]");
    cr_assert_null(vmx_check_entry(&v, 0x40));
}

Test(vmx_checks, V1_row4_tpr_shadow_needed)
{
    static const uint32_t one[] = {SEC_X2APIC, SEC_REGISTER_VIRT, SEC_VIRTUAL_INTERRUPT};
    for (unsigned i = 0; i < 3; i++) {
        struct vmcs v = tpr_shadow_only();
        v.field[VMCS_SECONDARY_CONTROLS] = one[i];
        cr_assert_null(vmx_check_entry(&v, 0));
        v.field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_TPR_SHADOW;
        fails(&v, 0, ENTRY_FAILS_CONTROLS, "need TPR shadow");
        v.field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_SECONDARY;
        cr_assert_null(vmx_check_entry(&v, 0), "not activated: they do not count");
    }
}

Test(vmx_checks, V1_row5_apic_access_address)
{
    struct vmcs v = tpr_shadow_only();
    v.field[VMCS_SECONDARY_CONTROLS] = SEC_APIC_ACCESSES;
    v.field[VMCS_APIC_ACCESS] = 0x6800;
    fails(&v, 0, ENTRY_FAILS_CONTROLS, "APIC-access address");
}

Test(vmx_checks, V1_row6_x2apic_excludes_accesses)
{
    violates(VMCS_SECONDARY_CONTROLS, APICV | SEC_APIC_ACCESSES, "excludes");
}

Test(vmx_checks, V1_row7_vid_needs_external_interrupt_exiting)
{
    struct vmcs v = good();
    v.field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_EXTERNAL_INTERRUPT;
    fails(&v, 0, ENTRY_FAILS_CONTROLS, "external-interrupt exiting");
}

Test(vmx_checks, V1_row8_posted_needs_vid)
{
    violates(VMCS_SECONDARY_CONTROLS, SEC_X2APIC, "posted interrupts need virtual-interrupt");
}

Test(vmx_checks, V1_row9_posted_needs_acknowledge)
{
    violates(VMCS_EXIT_CONTROLS, 0x36dfb | EXIT_HOST_64, "acknowledge interrupt on exit");
}

Test(vmx_checks, V1_row10_posted_vector)
{
    violates(VMCS_POSTED_INTR_NV, 0x1f2, "notification vector");
    struct vmcs v = good();
    v.field[VMCS_POSTED_INTR_NV] = 5;
    cr_assert_null(vmx_check_entry(&v, 0), "all of 0 to 255 are accepted");
}

Test(vmx_checks, V1_row11_posted_address)
{
    violates(VMCS_POSTED_INTR_DESC, 0x5020, "64-byte aligned");
    violates(VMCS_POSTED_INTR_DESC, 1ull << 50, "64-byte aligned");
}

Test(vmx_checks, V1_row12_nmi_controls)
{
    struct vmcs v = good();
    v.field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_NMI;
    cr_assert_null(vmx_check_entry(&v, 0));
    v.field[VMCS_PIN_CONTROLS] |= PIN_VIRTUAL_NMIS;
    fails(&v, 0, ENTRY_FAILS_CONTROLS, "virtual NMIs need");
    v = good();
    v.field[VMCS_PROC_CONTROLS] |= PROC_NMI_WINDOW;
    fails(&v, 0, ENTRY_FAILS_CONTROLS, "NMI-window");
}

Test(vmx_checks, V1_reserved_control_bits)
{
    uint64_t pin = good().field[VMCS_PIN_CONTROLS], proc = good().field[VMCS_PROC_CONTROLS];
    violates(VMCS_PIN_CONTROLS, pin & ~2ull, "pin-based");
    violates(VMCS_PIN_CONTROLS, pin | 1u << 8, "pin-based");
    violates(VMCS_PROC_CONTROLS, proc | 1, "processor-based");
    violates(VMCS_SECONDARY_CONTROLS, APICV | SEC_EPT, "secondary");
    violates(VMCS_EXIT_CONTROLS, EXIT_HOST_64 | EXIT_ACKNOWLEDGE, "VM-exit");
    violates(VMCS_ENTRY_CONTROLS, ENTRY_GUEST_64, "VM-entry controls");
}

Test(vmx_checks, V1_msr_bitmap_and_injection)
{
    violates(VMCS_MSR_BITMAP, 0x4008, "MSR-bitmap");
    violates(VMCS_ENTRY_INTR_INFO, 0x80000100 | 0x30, "type is not reserved");
    violates(VMCS_ENTRY_INTR_INFO, 0x80000203, "vector fits");
    struct vmcs v = good();
    v.field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
    cr_assert_null(vmx_check_entry(&v, 0));
}

Test(vmx_checks, host_state)
{
    static const struct {
        enum vmcs_field field;
        uint64_t value;
    } bad[] = {
        {VMCS_HOST_CR0, 0x31},     {VMCS_HOST_CR4, 0x20},  {VMCS_HOST_CS, 0},
        {VMCS_HOST_TR, 0},         {VMCS_HOST_SS, 3},      {VMCS_HOST_RIP, 1ull << 60},
        {VMCS_HOST_GS_BASE, 1ull << 47},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct vmcs v = good();
        v.field[bad[i].field] = bad[i].value;
        fails(&v, 0, ENTRY_FAILS_HOST, "host");
    }
}

Test(vmx_checks, guest_state)
{
    static const struct {
        enum vmcs_field field;
        uint64_t value;
        const char *text;
    } bad[] = {
        {VMCS_GUEST_RFLAGS, 0x200, "RFLAGS"},    {VMCS_GUEST_RFLAGS, 0x20a, "RFLAGS"},
        {VMCS_GUEST_ACTIVITY, 4, "activity"},    {VMCS_GUEST_INTERRUPTIBILITY, 3, "interruptib"},
        {VMCS_LINK_POINTER, 0, "link pointer"},  {VMCS_GUEST_RIP, 1ull << 50, "RIP"},
        {VMCS_GUEST_CR4, 0x20, "CR0 and CR4"},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct vmcs v = good();
        v.field[bad[i].field] = bad[i].value;
        fails(&v, 0, ENTRY_FAILS_GUEST, bad[i].text);
    }
}

Test(vmx_checks, injected_interrupt_needs_interrupt_flag)
{
    struct vmcs v = good();
    v.field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
    v.field[VMCS_GUEST_RFLAGS] = 2;
    fails(&v, 0, ENTRY_FAILS_GUEST, "injected external interrupt");
}

Test(vmx_vmcs, every_field_is_found_by_its_encoding)
{
    for (int f = 0; f < VMCS_FIELD_COUNT; f++) {
        bool high;
        cr_assert_eq(vmcs_lookup(vmcs_encoding((enum vmcs_field)f), &high), f);
        cr_assert_not(high);
    }
}

Test(vmx_vmcs, unknown_and_read_only_fields)
{
    struct vmcs v = good();
    uint64_t value;
    cr_expect_eq(vmcs_access_write(&v, 0x0806 | 1, 1), VM_ERROR_UNSUPPORTED_FIELD);
    cr_expect_eq(vmcs_access_write(&v, 0x7000, 1), VM_ERROR_UNSUPPORTED_FIELD);
    cr_expect_eq(vmcs_access_read(&v, 0x10000, &value), VM_ERROR_UNSUPPORTED_FIELD);
    cr_expect_eq(vmcs_access_write(&v, 0x4402, 1), VM_ERROR_READ_ONLY_FIELD);
}

Test(vmx_vmcs, widths)
{
    struct vmcs v = {.used = 1};
    uint64_t value;
    cr_assert_eq(vmcs_access_write(&v, 0x0810, 0x12345), 0);
    cr_expect_eq(vmcs_get(&v, VMCS_GUEST_INTR_STATUS), 0x2345);
    cr_assert_eq(vmcs_access_write(&v, 0x4012, ~0ull), 0);
    cr_expect_eq(vmcs_get(&v, VMCS_ENTRY_CONTROLS), 0xffffffff);
    cr_assert_eq(vmcs_access_write(&v, 0x2016, 0x1122334455667788), 0);
    cr_assert_eq(vmcs_access_write(&v, 0x2017, 0x99), 0);
    cr_expect_eq(vmcs_get(&v, VMCS_POSTED_INTR_DESC), 0x9955667788ull);
    cr_assert_eq(vmcs_access_read(&v, 0x2017, &value), 0);
    cr_expect_eq(value, 0x99);
}

Test(vmx_vmcs, table_is_keyed_by_address)
{
    struct vmcs table[2] = {0};
    struct vmcs *a = vmcs_find(table, 2, 0x1000);
    struct vmcs *b = vmcs_find(table, 2, 0x2000);
    cr_assert_neq(a, b);
    cr_assert_eq(vmcs_find(table, 2, 0x1000), a);
    cr_assert_null(vmcs_find(table, 2, 0x3000));
}

Test(vmx_controls, capabilities_are_consistent)
{
    static const uint32_t msr[] = {0x481, 0x482, 0x483, 0x484, 0x48b, 0x48d, 0x48e, 0x48f, 0x490};
    for (unsigned i = 0; i < sizeof msr / sizeof *msr; i++) {
        uint64_t c = vmx_capability(msr[i]);
        cr_expect_eq((uint32_t)c & ~(uint32_t)(c >> 32), 0, "%#x", msr[i]);
    }
    cr_expect(vmx_capability(0x480) >> 55 & 1);
    cr_expect_eq(vmx_capability(0x480) >> 31 & 1, 0, "bit 31 of the revision is 0");
}
