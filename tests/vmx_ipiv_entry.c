/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What VM entry checks for IPI virtualization (no public source: assumed), by the knob that says which
 * of it.
 */
#include "tests/vmx_fixture.h"
#include "vmx/ipiv.h"

enum { TABLE = 0x30000, LAST = 2 /* index of its last entry */ };

static void set_up_ipiv(void)
{
    set_up();
    v->field[VMCS_PROC_CONTROLS] |= PROC_TERTIARY;
    v->field[VMCS_TERTIARY_CONTROLS] = TER_IPI_VIRTUALIZATION;
    v->field[VMCS_PID_POINTER_TABLE] = TABLE;
    v->field[VMCS_LAST_PID_INDEX] = LAST;
}

TestSuite(vmx_ipiv_entry, .init = set_up_ipiv);

/* Enters; the message if it is refused. */
static const char *refused(void)
{
    start();
    run();
    return m->state->finding_count ? m->state->finding[0].message : "";
}

static void refuses_table(uint64_t table, unsigned last)
{
    v->field[VMCS_PID_POINTER_TABLE] = table;
    v->field[VMCS_LAST_PID_INDEX] = last;
    const char *message = refused();
    cr_expect_not_null(strstr(message, "PID-pointer table"), "\"%s\"", message);
    cr_expect_eq(m->state->finding[0].kind, FINDING_ENTRY);
}

Test(vmx_ipiv_entry, V1_misaligned_table)
{
    refuses_table(TABLE + 4, LAST);
}

Test(vmx_ipiv_entry, V1_table_beyond_the_physical_width)
{
    refuses_table(1ull << VMX_PHYSICAL_BITS, 0);
}

Test(vmx_ipiv_entry, V1_last_entry_beyond_the_physical_width)
{
    refuses_table((1ull << VMX_PHYSICAL_BITS) - 16, 2);
}

Test(vmx_ipiv_entry, V1_the_last_entry_may_end_at_the_physical_width)
{
    struct vmcs w = *v;
    w.field[VMCS_PID_POINTER_TABLE] = (1ull << VMX_PHYSICAL_BITS) - 16;
    w.field[VMCS_LAST_PID_INDEX] = 1;
    cr_expect(ipiv_table_in_range(&w));
}

Test(vmx_ipiv_entry, V1_no_check_without_the_control)
{
    v->field[VMCS_TERTIARY_CONTROLS] = 0;
    v->field[VMCS_PID_POINTER_TABLE] = TABLE + 4;
    cr_expect_str_eq(refused(), "");
    cr_expect_not(m->knobs.consulted >> KNOB_IPIV_ENTRY_CHECKS & 1);
}

Test(vmx_ipiv_entry, knob_leaves_the_table_unchecked)
{
    m->knobs.value[KNOB_IPIV_ENTRY_CHECKS] = 2;
    v->field[VMCS_PID_POINTER_TABLE] = TABLE + 4;
    cr_expect_str_eq(refused(), "");
    cr_expect(m->knobs.consulted >> KNOB_IPIV_ENTRY_CHECKS & 1);
}

static void without_tpr_shadow(void)
{
    v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_TPR_SHADOW;
    v->field[VMCS_SECONDARY_CONTROLS] = 0;
}

Test(vmx_ipiv_entry, tpr_shadow_is_not_needed)
{
    without_tpr_shadow();
    cr_expect_str_eq(refused(), "");
}

Test(vmx_ipiv_entry, knob_demands_tpr_shadow)
{
    m->knobs.value[KNOB_IPIV_ENTRY_CHECKS] = 1;
    without_tpr_shadow();
    cr_expect_not_null(strstr(refused(), "needs TPR shadow"));
}

/* Other tertiary controls are reserved: IA32_VMX_PROCBASED_CTLS3 is a mask of 64 allowed-1 settings
 * (later editions, "Tertiary Processor-Based VM-Execution Controls"). */
Test(vmx_ipiv_entry, V1_reserved_tertiary_control)
{
    cr_expect_eq(vmx_capability(MSR_VMX_PROC3), 1 << 4);
    cr_expect_eq(vmx_capability(MSR_VMX_TRUE_PROC) >> 32 >> 17 & 1, 1);
    v->field[VMCS_TERTIARY_CONTROLS] |= 1ull << 40;
    cr_expect_not_null(strstr(refused(), "tertiary"));
}
