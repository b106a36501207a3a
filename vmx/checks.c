/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks on VMX controls, host state and guest state at VM entry.
 * After the SDM vol. 3 (June 2016), 26.2.1.1 to 26.2.1.3, 26.2.2, 26.2.3, 26.3.1.
 *
 * Left out: checks on MSR lists (they are refused by entry.c), on segment limits and access
 * rights, on debug registers and PDPTEs; entry from and to SMM.
 */
#include "vmx/checks.h"

#include <stddef.h>

enum {
    RFLAGS_FIXED1 = 1 << 1,
    RFLAGS_IF = 1 << 9,
    BLOCK_STI = 1 << 0,
    BLOCK_MOV_SS = 1 << 1,
    INTR_TYPE_EXTERNAL = 0,
    INTR_TYPE_NMI = 2,
    INTR_TYPE_EXCEPTION = 3,
    INTR_TYPE_OTHER = 7,
};
#define INTR_VALID 0x80000000u

static bool in_range(uint64_t address, unsigned aligned_bits)
{
    return !(address & ((1ull << aligned_bits) - 1)) && !(address >> VMX_PHYSICAL_BITS);
}

static bool canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

static uint32_t field32(const struct vmcs *v, enum vmcs_field f)
{
    return (uint32_t)vmcs_get(v, f);
}

/* ---- Reserved bits of the controls ---- */

static bool pin_allowed(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmx_controls_allowed(field32(v, VMCS_PIN_CONTROLS), vmx_capability(MSR_VMX_TRUE_PIN));
}

static bool proc_allowed(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmx_controls_allowed(field32(v, VMCS_PROC_CONTROLS),
                                vmx_capability(MSR_VMX_TRUE_PROC));
}

static bool secondary_allowed(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmx_controls_allowed(vmx_secondary(v), vmx_capability(MSR_VMX_PROC2));
}

static bool exit_allowed(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmx_controls_allowed(field32(v, VMCS_EXIT_CONTROLS),
                                vmx_capability(MSR_VMX_TRUE_EXIT));
}

static bool entry_allowed(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmx_controls_allowed(field32(v, VMCS_ENTRY_CONTROLS),
                                vmx_capability(MSR_VMX_TRUE_ENTRY));
}

/* ---- Controls among themselves ---- */

static bool virtual_apic_address(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !vmx_proc(v, PROC_TPR_SHADOW) || in_range(vmcs_get(v, VMCS_VIRTUAL_APIC), 12);
}

static bool tpr_threshold_reserved(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    if (!vmx_proc(v, PROC_TPR_SHADOW) || vmx_sec(v, SEC_VIRTUAL_INTERRUPT))
        return true;
    return !(vmcs_get(v, VMCS_TPR_THRESHOLD) & ~0xfull);
}

bool vmx_check_reads_vtpr(const struct vmcs *v)
{
    return vmx_proc(v, PROC_TPR_SHADOW) && !vmx_sec(v, SEC_APIC_ACCESSES | SEC_VIRTUAL_INTERRUPT);
}

static bool tpr_threshold_value(const struct vmcs *v, unsigned vtpr)
{
    return !vmx_check_reads_vtpr(v) || (vmcs_get(v, VMCS_TPR_THRESHOLD) & 0xf) <= (vtpr >> 4 & 0xf);
}

static bool tpr_shadow_needed(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmx_proc(v, PROC_TPR_SHADOW) ||
           !vmx_sec(v, SEC_X2APIC | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT);
}

static bool apic_access_address(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !vmx_sec(v, SEC_APIC_ACCESSES) || in_range(vmcs_get(v, VMCS_APIC_ACCESS), 12);
}

static bool x2apic_or_accesses(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !(vmx_sec(v, SEC_X2APIC) && vmx_sec(v, SEC_APIC_ACCESSES));
}

static bool vid_needs_external(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !vmx_sec(v, SEC_VIRTUAL_INTERRUPT) || vmx_pin(v, PIN_EXTERNAL_INTERRUPT);
}

static bool posted_needs_vid(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !vmx_pin(v, PIN_POSTED_INTERRUPTS) || vmx_sec(v, SEC_VIRTUAL_INTERRUPT);
}

static bool posted_needs_acknowledge(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !vmx_pin(v, PIN_POSTED_INTERRUPTS) ||
           (vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_ACKNOWLEDGE);
}

static bool posted_vector(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !vmx_pin(v, PIN_POSTED_INTERRUPTS) || vmcs_get(v, VMCS_POSTED_INTR_NV) < 256;
}

static bool posted_address(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !vmx_pin(v, PIN_POSTED_INTERRUPTS) || in_range(vmcs_get(v, VMCS_POSTED_INTR_DESC), 6);
}

static bool virtual_nmis(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmx_pin(v, PIN_NMI) || !vmx_pin(v, PIN_VIRTUAL_NMIS);
}

static bool nmi_window(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmx_pin(v, PIN_VIRTUAL_NMIS) || !vmx_proc(v, PROC_NMI_WINDOW);
}

static bool msr_bitmap_address(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return !vmx_proc(v, PROC_MSR_BITMAPS) || in_range(vmcs_get(v, VMCS_MSR_BITMAP), 12);
}

static bool cr3_targets(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmcs_get(v, VMCS_CR3_TARGET_COUNT) <= VMX_CR3_TARGETS;
}

static bool injection(const struct vmcs *v, unsigned vtpr)
{
    uint32_t info = field32(v, VMCS_ENTRY_INTR_INFO);
    unsigned type = info >> 8 & 7, vector = info & 0xff;
    (void)vtpr;
    if (!(info & INTR_VALID))
        return true;
    if ((info & 0x7ffff000) || type == 1 || type == INTR_TYPE_OTHER)
        return false;
    if (type == INTR_TYPE_NMI && vector != 2)
        return false;
    return !(type == INTR_TYPE_EXCEPTION && vector > 31);
}

/* ---- Host state ---- */

static bool host_control_registers(const struct vmcs *v, unsigned vtpr)
{
    uint64_t cr0 = vmx_capability(MSR_VMX_CR0_FIXED0), cr4 = vmx_capability(MSR_VMX_CR4_FIXED0);
    (void)vtpr;
    return (vmcs_get(v, VMCS_HOST_CR0) & cr0) == cr0 && (vmcs_get(v, VMCS_HOST_CR4) & cr4) == cr4;
}

static bool host_selectors(const struct vmcs *v, unsigned vtpr)
{
    static const enum vmcs_field all[] = {VMCS_HOST_ES, VMCS_HOST_CS, VMCS_HOST_SS, VMCS_HOST_DS,
                                          VMCS_HOST_FS, VMCS_HOST_GS, VMCS_HOST_TR};
    (void)vtpr;
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (vmcs_get(v, all[i]) & 7)
            return false; /* RPL and TI must be 0 */
    return vmcs_get(v, VMCS_HOST_CS) && vmcs_get(v, VMCS_HOST_TR);
}

static bool host_addresses(const struct vmcs *v, unsigned vtpr)
{
    static const enum vmcs_field all[] = {VMCS_HOST_FS_BASE,   VMCS_HOST_GS_BASE,
                                          VMCS_HOST_TR_BASE,   VMCS_HOST_GDTR_BASE,
                                          VMCS_HOST_IDTR_BASE, VMCS_HOST_RIP};
    (void)vtpr;
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (!canonical(vmcs_get(v, all[i])))
            return false;
    return true;
}

static bool host_is_64_bit(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_HOST_64;
}

/* ---- Guest state ---- */

static bool guest_control_registers(const struct vmcs *v, unsigned vtpr)
{
    uint64_t cr0 = vmx_capability(MSR_VMX_CR0_FIXED0), cr4 = vmx_capability(MSR_VMX_CR4_FIXED0);
    (void)vtpr;
    return (vmcs_get(v, VMCS_GUEST_CR0) & cr0) == cr0 &&
           (vmcs_get(v, VMCS_GUEST_CR4) & cr4) == cr4;
}

static bool guest_rip(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return canonical(vmcs_get(v, VMCS_GUEST_RIP));
}

static bool guest_rflags(const struct vmcs *v, unsigned vtpr)
{
    uint64_t flags = vmcs_get(v, VMCS_GUEST_RFLAGS);
    (void)vtpr;
    return (flags & RFLAGS_FIXED1) && !(flags & (~0ull << 22 | 1 << 15 | 1 << 5 | 1 << 3));
}

static bool injects_external(const struct vmcs *v)
{
    uint32_t info = field32(v, VMCS_ENTRY_INTR_INFO);
    return (info & INTR_VALID) && (info >> 8 & 7) == INTR_TYPE_EXTERNAL;
}

static bool guest_takes_injection(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    if (!injects_external(v))
        return true;
    return (vmcs_get(v, VMCS_GUEST_RFLAGS) & RFLAGS_IF) &&
           !(vmcs_get(v, VMCS_GUEST_INTERRUPTIBILITY) & (BLOCK_STI | BLOCK_MOV_SS));
}

static bool guest_interruptibility(const struct vmcs *v, unsigned vtpr)
{
    uint64_t blocking = vmcs_get(v, VMCS_GUEST_INTERRUPTIBILITY);
    (void)vtpr;
    if (blocking & ~0x1full)
        return false;
    if ((blocking & BLOCK_STI) && (blocking & BLOCK_MOV_SS))
        return false;
    return !(blocking & BLOCK_STI) || (vmcs_get(v, VMCS_GUEST_RFLAGS) & RFLAGS_IF);
}

static bool guest_activity(const struct vmcs *v, unsigned vtpr)
{
    uint64_t activity = vmcs_get(v, VMCS_GUEST_ACTIVITY);
    (void)vtpr;
    if (activity > 1)
        return false; /* IA32_VMX_MISC: active and HLT are supported */
    return !activity ||
           !(vmcs_get(v, VMCS_GUEST_INTERRUPTIBILITY) & (BLOCK_STI | BLOCK_MOV_SS));
}

static bool link_pointer(const struct vmcs *v, unsigned vtpr)
{
    (void)vtpr;
    return vmcs_get(v, VMCS_LINK_POINTER) == ~0ull; /* no VMCS shadowing */
}

#define CONTROLS ENTRY_FAILS_CONTROLS
#define HOST ENTRY_FAILS_HOST
#define GUEST ENTRY_FAILS_GUEST

static const struct entry_row rows[] = {
    {CONTROLS, "TPR shadow: the virtual-APIC address is page aligned and in range",
     virtual_apic_address},
    {CONTROLS, "TPR shadow without virtual-interrupt delivery: TPR threshold bits 31:4 are 0",
     tpr_threshold_reserved},
    {CONTROLS, "TPR threshold is not above VTPR[7:4]", tpr_threshold_value},
    {CONTROLS, "x2APIC mode, register virtualization, virtual-interrupt delivery need TPR shadow",
     tpr_shadow_needed},
    {CONTROLS, "the APIC-access address is page aligned and in range", apic_access_address},
    {CONTROLS, "virtualize x2APIC mode excludes virtualize APIC accesses", x2apic_or_accesses},
    {CONTROLS, "virtual-interrupt delivery needs external-interrupt exiting", vid_needs_external},
    {CONTROLS, "posted interrupts need virtual-interrupt delivery", posted_needs_vid},
    {CONTROLS, "posted interrupts need acknowledge interrupt on exit", posted_needs_acknowledge},
    {CONTROLS, "posted-interrupt notification vector bits 15:8 are 0", posted_vector},
    {CONTROLS, "the posted-interrupt descriptor is 64-byte aligned and in range", posted_address},
    {CONTROLS, "virtual NMIs need NMI exiting", virtual_nmis},
    {CONTROLS, "NMI-window exiting needs virtual NMIs", nmi_window},
    {CONTROLS, "the MSR-bitmap address is page aligned and in range", msr_bitmap_address},
    {CONTROLS, "the CR3-target count is not above 4", cr3_targets},
    {CONTROLS, "the VM-entry interruption information is valid", injection},
    {CONTROLS, "pin-based controls obey IA32_VMX_TRUE_PINBASED_CTLS", pin_allowed},
    {CONTROLS, "processor-based controls obey IA32_VMX_TRUE_PROCBASED_CTLS", proc_allowed},
    {CONTROLS, "secondary controls obey IA32_VMX_PROCBASED_CTLS2", secondary_allowed},
    {CONTROLS, "VM-exit controls obey IA32_VMX_TRUE_EXIT_CTLS", exit_allowed},
    {CONTROLS, "VM-entry controls obey IA32_VMX_TRUE_ENTRY_CTLS", entry_allowed},
    {HOST, "host CR0 and CR4 have their fixed bits", host_control_registers},
    {HOST, "host selectors have RPL = TI = 0, CS and TR are not 0", host_selectors},
    {HOST, "host RIP and bases are canonical", host_addresses},
    {HOST, "host address-space size is 1 in IA-32e mode", host_is_64_bit},
    {GUEST, "guest CR0 and CR4 have their fixed bits", guest_control_registers},
    {GUEST, "guest RIP is canonical", guest_rip},
    {GUEST, "guest RFLAGS: bit 1 is 1, reserved bits are 0", guest_rflags},
    {GUEST, "an injected external interrupt needs IF = 1 and no blocking", guest_takes_injection},
    {GUEST, "guest interruptibility state is consistent", guest_interruptibility},
    {GUEST, "guest activity state is supported and not blocked", guest_activity},
    {GUEST, "the VMCS link pointer is FFFFFFFFFFFFFFFFh", link_pointer},
};

const struct entry_row *vmx_check_entry(const struct vmcs *v, unsigned vtpr)
{
    assert(v->used);
    assert(vtpr < 256);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!rows[i].holds(v, vtpr))
            return &rows[i];
    return NULL;
}
