/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of VM entry on controls and host state, as far as they concern interrupts, each broken alone
 * and then repaired, with the VM-instruction error. Guest state is in vm_entry_guest_state.c.
 * [SDM 26.2.1.1, 26.2.1.3, 26.2.2, 30.4]
 */
#include "guest.h"

#define SECONDARY (SECONDARY_VIRTUALIZE_X2APIC | SECONDARY_APIC_REGISTER_VIRT | \
                   SECONDARY_VIRTUAL_INTR_DELIVERY)

static const struct guest_controls good = {
    .pin = PIN_BASED_EXT_INTR_EXITING,
    .cpu = CPU_BASED_TPR_SHADOW | CPU_BASED_ACTIVATE_SECONDARY,
    .secondary = SECONDARY,
    .exit = VM_EXIT_ACK_INTR_ON_EXIT,
};

static void with_controls(const char *what, u32 pin, u32 cpu, u32 secondary, u32 exit)
{
    const struct guest_controls controls = { pin, cpu, secondary, exit };

    guest_set_controls(&controls);
    guest_check(what);
    guest_set_controls(&good);
}

static void virtual_apic(void)
{
    guest_check_field("virtual-APIC address not aligned", VIRTUAL_APIC_PAGE_ADDR,
               __pa(guest_vapic) + 8);
    guest_check_field("virtual-APIC address out of range", VIRTUAL_APIC_PAGE_ADDR, 1ull << 52);
    guest_check_field("MSR bitmap not aligned", MSR_BITMAP, __pa(guest_msr_bitmap) + 8);
    guest_check_field("MSR bitmap out of range", MSR_BITMAP, 1ull << 52);
    guest_check_field("TPR threshold 10 with virtual-interrupt delivery", TPR_THRESHOLD, 0x10);
    guest_check_field("TPR threshold 5 with virtual-interrupt delivery", TPR_THRESHOLD, 5);
}

static void threshold(void)
{
    const struct guest_controls controls = {
        .pin = PIN_BASED_EXT_INTR_EXITING, .cpu = CPU_BASED_TPR_SHADOW,
    };

    guest_set_controls(&controls);
    guest_check_field("TPR threshold 10", TPR_THRESHOLD, 0x10);
    vapic_write(VAPIC_TPR, 0x4f);
    guest_check_field("TPR threshold 5, VTPR 4f", TPR_THRESHOLD, 5);
    vapic_write(VAPIC_TPR, 0x50);
    guest_check_field("TPR threshold 5, VTPR 50", TPR_THRESHOLD, 5);
    vapic_write(VAPIC_TPR, 0);
    guest_set_controls(&good);
}

static void combinations(void)
{
    const u32 pin = good.pin, cpu = good.cpu, exit = good.exit;

    with_controls("all", pin, cpu, SECONDARY, exit);
    with_controls("x2APIC mode alone", pin, cpu, SECONDARY_VIRTUALIZE_X2APIC, exit);
    with_controls("register virtualization alone", pin, cpu, SECONDARY_APIC_REGISTER_VIRT, exit);
    with_controls("virtual-interrupt delivery alone", pin, cpu, SECONDARY_VIRTUAL_INTR_DELIVERY,
                  exit);
    with_controls("x2APIC mode without TPR shadow", pin, CPU_BASED_ACTIVATE_SECONDARY,
                  SECONDARY_VIRTUALIZE_X2APIC, exit);
    with_controls("register virtualization without TPR shadow", pin, CPU_BASED_ACTIVATE_SECONDARY,
                  SECONDARY_APIC_REGISTER_VIRT, exit);
    with_controls("virtual-interrupt delivery without TPR shadow", pin,
                  CPU_BASED_ACTIVATE_SECONDARY, SECONDARY_VIRTUAL_INTR_DELIVERY, exit);
    with_controls("virtual-interrupt delivery without external-interrupt exiting", 0, cpu,
                  SECONDARY, exit);
    with_controls("the same, not activated", 0, CPU_BASED_TPR_SHADOW, SECONDARY, exit);
    with_controls("without acknowledge on exit", pin, cpu, SECONDARY, 0);
    with_controls("virtual NMIs without NMI exiting", pin | PIN_BASED_VIRTUAL_NMIS, cpu, SECONDARY,
                  exit);
    with_controls("NMI window without virtual NMIs", pin, cpu | CPU_BASED_NMI_WINDOW, SECONDARY,
                  exit);
    with_controls("a reserved pin control", pin | 1u << 31, cpu, SECONDARY, exit);
    guest_check_field("a pin control that must be 1", PIN_BASED_VM_EXEC_CONTROL, pin);
}

static void injection(void)
{
    guest_check_field("injects type 1", VM_ENTRY_INTR_INFO_FIELD, 0x80000131);
    guest_check_field("injects an NMI with vector 3", VM_ENTRY_INTR_INFO_FIELD, 0x80000203);
    guest_check_field("injects an exception with vector 20", VM_ENTRY_INTR_INFO_FIELD, 0x80000320);
    guest_check_field("injects with reserved bit 12", VM_ENTRY_INTR_INFO_FIELD, 0x80001031);
}

static void host_state(void)
{
    guest_check_field("host CS 0", HOST_CS_SELECTOR, 0);
    guest_check_field("host TR 0", HOST_TR_SELECTOR, 0);
    guest_check_field("host CS with RPL", HOST_CS_SELECTOR, KERNEL_CS | 3);
    guest_check_field("host RIP not canonical", HOST_RIP, 1ull << 50);
}

static void print_failure(const char *what, bool failed)
{
    print("%s: ", what);
    if (failed)
        print("error %u\n", (u64)vmcs_read32(VM_INSTRUCTION_ERROR));
    else
        print("succeeds\n");
}

static bool vmread_fails(u64 field)
{
    u64 value = 0;
    bool failed;

    asm volatile("vmread %2, %1" : "=@ccbe"(failed), "+r"(value) : "r"(field));
    return failed;
}

static bool vmwrite_fails(u64 field, u64 value)
{
    bool failed;

    asm volatile("vmwrite %2, %1" : "=@ccbe"(failed) : "r"(field), "r"(value));
    return failed;
}

/* Errors of the instructions themselves. */
static void instructions(void)
{
    guest_check("launched once");
    guest_pretend(false);
    guest_check("VMLAUNCH of a launched VMCS");
    guest_clear();
    guest_pretend(true);
    guest_check("VMRESUME of a clear VMCS");
    guest_clear();
    print_failure("VMCLEAR not aligned", VMX_POINTER_OP("vmclear", 0x10));
    print_failure("VMPTRLD not aligned", VMX_POINTER_OP("vmptrld", 0x10));
    print_failure("VMREAD of no field", vmread_fails(0x7ffe));
    print("VMWRITE writes all fields: %u\n", rdmsr(MSR_IA32_VMX_MISC) >> 29 & 1);
    print_failure("VMWRITE of a read-only field", vmwrite_fails(VM_EXIT_REASON, 0));
    guest_check("launched again");
}

void program(void)
{
    if (!guest_init())
        return;
    guest_set_controls(&good);
    guest_check_begin();
    guest_check("good");
    virtual_apic();
    threshold();
    combinations();
    injection();
    host_state();
    instructions();
}
