/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM entries that fail, on a running core (SDM vol. 3, 26.2, 26.3, 26.7): each check violated alone, then
 * repaired. The numbers are those of "VM Instruction Error Numbers" (30.4): 7 for controls, 8 for the host.
 * Invalid guest state is an exit with reason 33 and bit 31.
 */
#include "tests/vmx_events_fixture.h"

TestSuite(vmx_entry, .init = set_up_events);

enum base { FULL, SHADOW_ONLY, ACCESSES }; /* controls to begin with */

struct violation {
    const char *what;
    enum base base;
    struct {
        enum vmcs_field field;
        uint64_t bits_0, bits_1; /* to clear, to set */
    } change[2];
};

static void choose(enum base base)
{
    if (base == FULL)
        return;
    v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
    v->field[VMCS_SECONDARY_CONTROLS] = 0;
    if (base == ACCESSES) {
        v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_TPR_SHADOW;
    }
}

static void violate(const struct violation *w, struct vmcs *good)
{
    set_up_events();
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    choose(w->base);
    *good = *v;
    for (unsigned i = 0; i < 2; i++) {
        if (!w->change[i].bits_0 && !w->change[i].bits_1)
            continue;
        uint64_t *f = &v->field[w->change[i].field];
        *f = (*f & ~w->change[i].bits_0) | w->change[i].bits_1;
    }
}

static void repair(const struct vmcs *good)
{
    uint64_t error = v->field[VMCS_INSTRUCTION_ERROR];
    memcpy(v->field, good->field, sizeof v->field);
    v->field[VMCS_INSTRUCTION_ERROR] = error;
}

static void fails_valid(const struct violation *rows, unsigned count, unsigned error)
{
    for (unsigned i = 0; i < count; i++) {
        struct vmcs good;
        violate(&rows[i], &good);
        enter_from(events_launch);
        cr_assert_not(vmx_non_root(x, 0), "%s", rows[i].what);
        cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], error, "%s: error %u", rows[i].what,
                     (unsigned)v->field[VMCS_INSTRUCTION_ERROR]);
        cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RBX) & 0x41, 0x40, "VMfailValid: ZF, not CF");
        cr_expect_eq(v->launch, VMCS_CLEAR);
        cr_expect_not_null(strstr(trace, "VM entry fails: must hold"), "%s", trace);
        repair(&good);
        enter_again();
        cr_expect(vmx_non_root(x, 0), "%s: repaired\n%s", rows[i].what, trace);
    }
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* SDM vol. 3, 26.2.1.1 and 26.2.1.2; the numbers only tell rows apart. */
static const struct violation controls[] = {
    {"1 virtual-APIC address, aligned", FULL, {{VMCS_VIRTUAL_APIC, 0, 8}}},
    {"1 virtual-APIC address, in range", FULL, {{VMCS_VIRTUAL_APIC, 0, 1ull << 46}}},
    {"2 threshold, bits 31:4", SHADOW_ONLY, {{VMCS_TPR_THRESHOLD, 0, 0x10}}},
    {"3 threshold above VTPR", SHADOW_ONLY, {{VMCS_TPR_THRESHOLD, 0, 1}}},
    {"4 x2APIC mode without TPR shadow", ACCESSES, {{VMCS_SECONDARY_CONTROLS, 0, SEC_X2APIC}}},
    {"4 register virtualization", ACCESSES, {{VMCS_SECONDARY_CONTROLS, 0, SEC_REGISTER_VIRT}}},
    {"4 virtual-interrupt delivery", ACCESSES,
     {{VMCS_SECONDARY_CONTROLS, 0, SEC_VIRTUAL_INTERRUPT}}},
    {"5 APIC-access address", ACCESSES,
     {{VMCS_SECONDARY_CONTROLS, 0, SEC_APIC_ACCESSES}, {VMCS_APIC_ACCESS, 0, 0x800}}},
    {"5 APIC-access address, in range", ACCESSES,
     {{VMCS_SECONDARY_CONTROLS, 0, SEC_APIC_ACCESSES}, {VMCS_APIC_ACCESS, 0, 1ull << 46}}},
    {"6 x2APIC mode and APIC accesses", FULL, {{VMCS_SECONDARY_CONTROLS, 0, SEC_APIC_ACCESSES}}},
    {"7 external-interrupt exiting", FULL, {{VMCS_PIN_CONTROLS, PIN_EXTERNAL_INTERRUPT, 0}}},
    {"8 virtual-interrupt delivery", FULL, {{VMCS_SECONDARY_CONTROLS, SEC_VIRTUAL_INTERRUPT, 0}}},
    {"9 acknowledge interrupt on exit", FULL, {{VMCS_EXIT_CONTROLS, EXIT_ACKNOWLEDGE, 0}}},
    {"10 notification vector", FULL, {{VMCS_POSTED_INTR_NV, 0, 0x100}}},
    {"11 descriptor, aligned", FULL, {{VMCS_POSTED_INTR_DESC, 0, 8}}},
    {"11 descriptor, in range", FULL, {{VMCS_POSTED_INTR_DESC, 0, 1ull << 46}}},
    {"12 virtual NMIs without NMI exiting", FULL,
     {{VMCS_PIN_CONTROLS, PIN_NMI, PIN_VIRTUAL_NMIS}}},
    {"12 NMI window without virtual NMIs", FULL, {{VMCS_PROC_CONTROLS, 0, PROC_NMI_WINDOW}}},
    {"CR3 targets", FULL, {{VMCS_CR3_TARGET_COUNT, 0, 5}}},
    {"save preemption timer", FULL, {{VMCS_EXIT_CONTROLS, 0, EXIT_SAVE_PREEMPTION_TIMER}}},
    {"MSR bitmap", FULL, {{VMCS_MSR_BITMAP, 0, 0x10}}},
    {"a timer that the processor lacks", FULL, {{VMCS_PIN_CONTROLS, 0, PIN_PREEMPTION_TIMER}}},
    {"pin: a reserved 1", FULL, {{VMCS_PIN_CONTROLS, 2, 0}}},
    {"pin: a reserved 0", FULL, {{VMCS_PIN_CONTROLS, 0, 1u << 8}}},
    {"proc: a reserved 0", FULL, {{VMCS_PROC_CONTROLS, 0, 1}}},
    {"proc: monitor trap flag", FULL, {{VMCS_PROC_CONTROLS, 0, 1u << 27}}},
    {"secondary: EPT", FULL, {{VMCS_SECONDARY_CONTROLS, 0, SEC_EPT}}},
    {"VM exit: a reserved 1", FULL, {{VMCS_EXIT_CONTROLS, 1, 0}}},
    {"VM entry: a reserved 1", FULL, {{VMCS_ENTRY_CONTROLS, 1, 0}}},
};

Test(vmx_entry, V1_each_row_alone_fails_with_error_7)
{
    fails_valid(controls, COUNT(controls), 7);
}

/* 26.2.1.3 */
static const struct violation injections[] = {
    {"type 1", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x80000130}}},
    {"type 7 without monitor trap flag", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x80000700}}},
    {"an NMI is vector 2", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x80000203}}},
    {"exception 32", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x80000320}}},
    {"#GP without error code", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x8000030d}}},
    {"#UD with one", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x80000b06}}},
    {"an interrupt with one", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x8000080d}}},
    {"reserved bits 30:12", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x80001030}}},
    {"error code bits 31:15", FULL,
     {{VMCS_ENTRY_INTR_INFO, 0, 0x80000b0d}, {VMCS_ENTRY_EXCEPTION_ERROR, 0, 0x8000}}},
    {"INT n of no bytes", FULL, {{VMCS_ENTRY_INTR_INFO, 0, 0x80000440}}},
    {"INT3 of 16 bytes", FULL,
     {{VMCS_ENTRY_INTR_INFO, 0, 0x80000603}, {VMCS_ENTRY_INSTRUCTION_LENGTH, 0, 16}}},
};

Test(vmx_entry, injection_that_cannot_be_fails_with_error_7)
{
    fails_valid(injections, COUNT(injections), 7);
}

/* 26.2.2 to 26.2.4 */
static const struct violation hosts[] = {
    {"CR0.PG", FULL, {{VMCS_HOST_CR0, 0x80000000, 0}}},
    {"CR0 bit 32", FULL, {{VMCS_HOST_CR0, 0, 1ull << 32}}},
    {"CR3 range", FULL, {{VMCS_HOST_CR3, 0, 1ull << 46}}},
    {"CR4.VMXE", FULL, {{VMCS_HOST_CR4, 0x2000, 0}}},
    {"CR4.PAE", FULL, {{VMCS_HOST_CR4, 0x20, 0}}},
    {"CS = 0", FULL, {{VMCS_HOST_CS, 8, 0}}},
    {"TR = 0", FULL, {{VMCS_HOST_TR, 0x18, 0}}},
    {"RPL of SS", FULL, {{VMCS_HOST_SS, 0, 3}}},
    {"TI of FS", FULL, {{VMCS_HOST_FS, 0, 4}}},
    {"RIP", FULL, {{VMCS_HOST_RIP, 1ull << 62, 0}}},
    {"GDTR base", FULL, {{VMCS_HOST_GDTR_BASE, 0, 1ull << 47}}},
    {"SYSENTER_EIP", FULL, {{VMCS_HOST_SYSENTER_EIP, 0, 1ull << 47}}},
    {"address-space size", FULL, {{VMCS_EXIT_CONTROLS, EXIT_HOST_64, 0}}},
    {"EFER.LMA", FULL, {{VMCS_EXIT_CONTROLS, 0, EXIT_LOAD_EFER}, {VMCS_HOST_EFER, 0, 1 << 8}}},
};

Test(vmx_entry, host_state_fails_with_error_8)
{
    fails_valid(hosts, COUNT(hosts), 8);
}

/* Controls are checked before the host's state, and both before the guest's (26.1). */
Test(vmx_entry, controls_come_before_the_host)
{
    v->field[VMCS_HOST_CS] = 0;
    v->field[VMCS_GUEST_RIP] = 1ull << 50;
    enter_from(events_launch);
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], 8);
    v->field[VMCS_POSTED_INTR_DESC] = PID + 8;
    enter_again();
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], 7, "%s", trace);
}

/* 26.3.1 */
static const struct violation guests[] = {
    {"CR0.NE", FULL, {{VMCS_GUEST_CR0, 0x20, 0}}},
    {"CR3 range", FULL, {{VMCS_GUEST_CR3, 0, 1ull << 46}}},
    {"CR4.VMXE", FULL, {{VMCS_GUEST_CR4, 0x2000, 0}}},
    {"CR4.PAE of an IA-32e guest", FULL, {{VMCS_GUEST_CR4, 0x20, 0}}},
    {"EFER", FULL, {{VMCS_ENTRY_CONTROLS, 0, ENTRY_LOAD_EFER}, {VMCS_GUEST_EFER, 0, 1 << 10}}},
    {"RIP", FULL, {{VMCS_GUEST_RIP, 1ull << 62, 0}}},
    {"RFLAGS bit 1", FULL, {{VMCS_GUEST_RFLAGS, 2, 0}}},
    {"RFLAGS bit 15", FULL, {{VMCS_GUEST_RFLAGS, 0, 1 << 15}}},
    {"RFLAGS.VM", FULL, {{VMCS_GUEST_RFLAGS, 0, 1 << 17}}},
    {"STI and MOV SS", FULL, {{VMCS_GUEST_INTERRUPTIBILITY, 0, 3}}},
    {"STI with IF = 0", FULL,
     {{VMCS_GUEST_INTERRUPTIBILITY, 0, 1}, {VMCS_GUEST_RFLAGS, 0x200, 0}}},
    {"SMI blocking outside SMM", FULL, {{VMCS_GUEST_INTERRUPTIBILITY, 0, 4}}},
    {"enclave interruption without SGX", FULL, {{VMCS_GUEST_INTERRUPTIBILITY, 0, 16}}},
    {"reserved interruptibility", FULL, {{VMCS_GUEST_INTERRUPTIBILITY, 0, 32}}},
    {"an interrupt with IF = 0", FULL,
     {{VMCS_ENTRY_INTR_INFO, 0, 0x80000030}, {VMCS_GUEST_RFLAGS, 0x200, 0}}},
    {"an interrupt behind STI", FULL,
     {{VMCS_ENTRY_INTR_INFO, 0, 0x80000030}, {VMCS_GUEST_INTERRUPTIBILITY, 0, 1}}},
    {"an interrupt behind MOV SS", FULL,
     {{VMCS_ENTRY_INTR_INFO, 0, 0x80000030}, {VMCS_GUEST_INTERRUPTIBILITY, 0, 2}}},
    {"an NMI behind MOV SS", FULL,
     {{VMCS_ENTRY_INTR_INFO, 0, 0x80000202}, {VMCS_GUEST_INTERRUPTIBILITY, 0, 2}}},
    {"activity 4", FULL, {{VMCS_GUEST_ACTIVITY, 0, 4}}},
    {"HLT behind STI", FULL, {{VMCS_GUEST_ACTIVITY, 0, 1}, {VMCS_GUEST_INTERRUPTIBILITY, 0, 1}}},
    {"HLT with DPL 3", FULL, {{VMCS_GUEST_ACTIVITY, 0, 1}, {VMCS_GUEST_SS_ACCESS, 0, 0x60}}},
    {"#UD into HLT", FULL, {{VMCS_GUEST_ACTIVITY, 0, 1}, {VMCS_ENTRY_INTR_INFO, 0, 0x80000306}}},
    {"an interrupt into shutdown", FULL,
     {{VMCS_GUEST_ACTIVITY, 0, 2}, {VMCS_ENTRY_INTR_INFO, 0, 0x80000030}}},
    {"an NMI into wait-for-SIPI", FULL,
     {{VMCS_GUEST_ACTIVITY, 0, 3}, {VMCS_ENTRY_INTR_INFO, 0, 0x80000202}}},
    {"pending debug exceptions", FULL, {{VMCS_GUEST_PENDING_DEBUG, 0, 1 << 4}}},
    {"link pointer", FULL, {{VMCS_LINK_POINTER, 1, 0}}},
};

/* 26.7: the host goes on at its RIP as behind an exit; only the reason and the qualification (4 for the
 * link pointer) are written, the injection stays valid, nothing of the guest is saved. */
Test(vmx_entry, guest_state_fails_as_an_exit_with_reason_33)
{
    for (unsigned i = 0; i < COUNT(guests); i++) {
        struct vmcs good;
        violate(&guests[i], &good);
        v->field[VMCS_EXIT_INTR_INFO] = 0x12345;
        struct vmcs bad = *v;
        enter_from(events_launch);
        cr_assert_not(vmx_non_root(x, 0), "%s", guests[i].what);
        cr_expect_eq(v->field[VMCS_EXIT_REASON], 0x80000021, "%s: %llx", guests[i].what,
                     (unsigned long long)v->field[VMCS_EXIT_REASON]);
        cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], i == COUNT(guests) - 1 ? 4 : 0);
        bad.field[VMCS_EXIT_REASON] = v->field[VMCS_EXIT_REASON];
        bad.field[VMCS_EXIT_QUALIFICATION] = v->field[VMCS_EXIT_QUALIFICATION];
        cr_expect_eq(memcmp(bad.field, v->field, sizeof v->field), 0, "%s", guests[i].what);
        cr_expect_eq(v->launch, VMCS_CLEAR);
        cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSP), WINDOW + HOST_STACK);
        cr_expect_not_null(strstr(trace, "VM exit: invalid guest state"), "%s", trace);
    }
}

/* With virtual NMIs bit 3 blocks the NMI that would be injected; without them it does not (26.3.1.5). */
Test(vmx_entry, bit_3_and_an_injected_nmi)
{
    for (unsigned virtual = 0; virtual < 2; virtual++) {
        set_up_events();
        if (virtual)
            virtual_nmis();
        v->field[VMCS_ENTRY_INTR_INFO] = 0x80000202;
        v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 3;
        enter_from(events_launch);
        cr_expect_eq(vmx_non_root(x, 0), !virtual, "%s", trace);
    }
}

/* ---- Capability MSRs (appendix A) ---- */

/* What the MSRs offer is what VM entry accepts: the timer only on a machine that has one. */
Test(vmx_entry, capability_msrs_offer_the_timer_where_there_is_one)
{
    cr_expect_eq(vmx_offers(x, MSR_VMX_TRUE_PIN) >> 32 & PIN_PREEMPTION_TIMER, 0);
    cr_expect_eq(vmx_offers(x, MSR_VMX_EXIT) >> 32 & EXIT_SAVE_PREEMPTION_TIMER, 0);
    struct machine *with = machine_new(1, 1, RAM, 1 << 16);
    struct vmx *y = vmx_new(with, cpu_new(with, WINDOW), lapic_new(with, NULL));
    vmx_add_timer(y, 0, 0);
    cr_expect(vmx_offers(y, MSR_VMX_TRUE_PIN) >> 32 & PIN_PREEMPTION_TIMER);
    cr_expect(vmx_offers(y, MSR_VMX_EXIT) >> 32 & EXIT_SAVE_PREEMPTION_TIMER);
}

/* A control that the processor does not offer is reserved (26.2.1.1, A.3): error 7. */
Test(vmx_entry, a_processor_that_lacks_a_control)
{
    const struct vmx_controls lacks[] = {
        {.pin = PIN_POSTED_INTERRUPTS}, {.proc = PROC_TPR_SHADOW}, {.secondary = SEC_VIRTUAL_INTERRUPT}};
    const uint32_t msr[] = {MSR_VMX_TRUE_PIN, MSR_VMX_PROC, MSR_VMX_PROC2};
    for (unsigned i = 0; i < COUNT(lacks); i++) {
        set_up_events();
        uint64_t bits = (uint64_t)(lacks[i].pin | lacks[i].proc | lacks[i].secondary) << 32;
        cr_expect_eq(vmx_offers(x, msr[i]) & bits, bits);
        vmx_withhold(x, &lacks[i]);
        cr_expect_eq(vmx_offers(x, msr[i]) & bits, 0);
        enter_from(events_launch);
        cr_expect_not(vmx_non_root(x, 0));
        cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], 7);
    }
    cr_expect(vmx_offers(x, MSR_VMX_PROC3) & TER_IPI_VIRTUALIZATION);
    vmx_withhold(x, &(struct vmx_controls){.tertiary = TER_IPI_VIRTUALIZATION});
    cr_expect_eq(vmx_offers(x, MSR_VMX_PROC3), 0);
}

Test(vmx_entry, capability_msrs_offer_virtual_nmis_and_all_activity_states)
{
    cr_expect(vmx_offers(x, MSR_VMX_PIN) >> 32 & PIN_VIRTUAL_NMIS);
    cr_expect(vmx_offers(x, MSR_VMX_PROC) >> 32 & PROC_NMI_WINDOW);
    cr_expect_eq(vmx_offers(x, MSR_VMX_PROC) >> 32 & 1u << 27, 0, "no monitor trap flag");
    cr_expect_eq(vmx_offers(x, MSR_VMX_MISC) >> 6 & 7, 7);
}
