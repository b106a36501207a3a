/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks on VMX controls at VM entry; those on host and guest state are in checks_state.c.
 * After the SDM vol. 3, 26.2.1.1 to 26.2.1.3.
 *
 * Left out: checks on MSR lists (they are refused by entry.c), entry from and to SMM.
 */
#include "vmx/checks.h"

#include <stddef.h>

enum {
    MAX_INSTRUCTION_LENGTH = 15,
};

static bool in_range(uint64_t address, unsigned aligned_bits)
{
    return !(address & ((1ull << aligned_bits) - 1)) && !(address >> VMX_PHYSICAL_BITS);
}

static uint32_t field32(const struct vmcs *v, enum vmcs_field f)
{
    return (uint32_t)vmcs_get(v, f);
}

/* ---- Reserved bits of the controls ---- */

static bool pin_allowed(const struct vmcs *v)
{
    return vmx_controls_allowed(field32(v, VMCS_PIN_CONTROLS), vmx_capability(MSR_VMX_TRUE_PIN));
}

static bool proc_allowed(const struct vmcs *v)
{
    return vmx_controls_allowed(field32(v, VMCS_PROC_CONTROLS),
                                vmx_capability(MSR_VMX_TRUE_PROC));
}

static bool secondary_allowed(const struct vmcs *v)
{
    return vmx_controls_allowed(vmx_secondary(v), vmx_capability(MSR_VMX_PROC2));
}

static bool tertiary_allowed(const struct vmcs *v)
{
    return !(vmx_tertiary(v) & ~vmx_capability(MSR_VMX_PROC3));
}

static bool exit_allowed(const struct vmcs *v)
{
    return vmx_controls_allowed(field32(v, VMCS_EXIT_CONTROLS),
                                vmx_capability(MSR_VMX_TRUE_EXIT));
}

static bool entry_allowed(const struct vmcs *v)
{
    return vmx_controls_allowed(field32(v, VMCS_ENTRY_CONTROLS),
                                vmx_capability(MSR_VMX_TRUE_ENTRY));
}

/* ---- Controls among themselves ---- */

static bool virtual_apic_address(const struct vmcs *v)
{
    return !vmx_proc(v, PROC_TPR_SHADOW) || in_range(vmcs_get(v, VMCS_VIRTUAL_APIC), 12);
}

static bool tpr_threshold_reserved(const struct vmcs *v)
{
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

static bool tpr_shadow_needed(const struct vmcs *v)
{
    return vmx_proc(v, PROC_TPR_SHADOW) ||
           !vmx_sec(v, SEC_X2APIC | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT);
}

static bool apic_access_address(const struct vmcs *v)
{
    return !vmx_sec(v, SEC_APIC_ACCESSES) || in_range(vmcs_get(v, VMCS_APIC_ACCESS), 12);
}

static bool x2apic_or_accesses(const struct vmcs *v)
{
    return !(vmx_sec(v, SEC_X2APIC) && vmx_sec(v, SEC_APIC_ACCESSES));
}

static bool vid_needs_external(const struct vmcs *v)
{
    return !vmx_sec(v, SEC_VIRTUAL_INTERRUPT) || vmx_pin(v, PIN_EXTERNAL_INTERRUPT);
}

static bool posted_needs_vid(const struct vmcs *v)
{
    return !vmx_pin(v, PIN_POSTED_INTERRUPTS) || vmx_sec(v, SEC_VIRTUAL_INTERRUPT);
}

static bool posted_needs_acknowledge(const struct vmcs *v)
{
    return !vmx_pin(v, PIN_POSTED_INTERRUPTS) ||
           (vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_ACKNOWLEDGE);
}

static bool posted_vector(const struct vmcs *v)
{
    return !vmx_pin(v, PIN_POSTED_INTERRUPTS) || vmcs_get(v, VMCS_POSTED_INTR_NV) < 256;
}

static bool posted_address(const struct vmcs *v)
{
    return !vmx_pin(v, PIN_POSTED_INTERRUPTS) || in_range(vmcs_get(v, VMCS_POSTED_INTR_DESC), 6);
}

static bool virtual_nmis(const struct vmcs *v)
{
    return vmx_pin(v, PIN_NMI) || !vmx_pin(v, PIN_VIRTUAL_NMIS);
}

static bool nmi_window(const struct vmcs *v)
{
    return vmx_pin(v, PIN_VIRTUAL_NMIS) || !vmx_proc(v, PROC_NMI_WINDOW);
}

static bool msr_bitmap_address(const struct vmcs *v)
{
    return !vmx_proc(v, PROC_MSR_BITMAPS) || in_range(vmcs_get(v, VMCS_MSR_BITMAP), 12);
}

static bool cr3_targets(const struct vmcs *v)
{
    return vmcs_get(v, VMCS_CR3_TARGET_COUNT) <= VMX_CR3_TARGETS;
}

static bool saved_timer(const struct vmcs *v)
{
    return vmx_pin(v, PIN_PREEMPTION_TIMER) ||
           !(vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_SAVE_PREEMPTION_TIMER);
}

/* ---- Event injection, 26.2.1.3 ---- */

static bool injects(const struct vmcs *v)
{
    return field32(v, VMCS_ENTRY_INTR_INFO) & INTR_VALID;
}

/* Type 1 is reserved, type 7 (a pending MTF exit) needs the monitor trap flag. */
static bool injection_type(const struct vmcs *v)
{
    unsigned type = intr_type(field32(v, VMCS_ENTRY_INTR_INFO));
    return !injects(v) || (type != INTR_TYPE_RESERVED && type != INTR_TYPE_OTHER);
}

static bool injection_vector(const struct vmcs *v)
{
    uint32_t info = field32(v, VMCS_ENTRY_INTR_INFO);
    if (!injects(v))
        return true;
    if (intr_type(info) == DELIVER_NMI)
        return (info & 0xff) == VECTOR_NMI;
    return intr_type(info) != DELIVER_EXCEPTION || (info & 0xff) < 32;
}

/* Exceptions that have an error code, when PE = 1, and nothing else. */
static bool injection_error(const struct vmcs *v)
{
    uint32_t info = field32(v, VMCS_ENTRY_INTR_INFO);
    bool has_error = intr_type(info) == DELIVER_EXCEPTION &&
                     (vmcs_get(v, VMCS_GUEST_CR0) & CR0_PE) && vector_has_error(info & 0xff);
    return !injects(v) || has_error == !!(info & INTR_HAS_ERROR);
}

static bool injection_reserved(const struct vmcs *v)
{
    uint32_t info = field32(v, VMCS_ENTRY_INTR_INFO);
    if (!injects(v))
        return true;
    return !(info & 0x7ffff000) &&
           (!(info & INTR_HAS_ERROR) || !(vmcs_get(v, VMCS_ENTRY_EXCEPTION_ERROR) >> 15));
}

static bool injection_length(const struct vmcs *v)
{
    uint64_t length = vmcs_get(v, VMCS_ENTRY_INSTRUCTION_LENGTH);
    if (!injects(v) || !intr_is_software(field32(v, VMCS_ENTRY_INTR_INFO)))
        return true;
    return length >= 1 && length <= MAX_INSTRUCTION_LENGTH;
}

#define CONTROLS ENTRY_FAILS_CONTROLS

static const struct entry_row rows[] = {
    {CONTROLS, "TPR shadow: the virtual-APIC address is page aligned and in range",
     virtual_apic_address},
    {CONTROLS, "TPR shadow without virtual-interrupt delivery: TPR threshold bits 31:4 are 0",
     tpr_threshold_reserved},
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
    {CONTROLS, "at most 4 CR3 targets", cr3_targets},
    {CONTROLS, "save VMX-preemption timer value needs the VMX-preemption timer", saved_timer},
    {CONTROLS, "injection: the interruption type is not reserved", injection_type},
    {CONTROLS, "injection: the vector fits the interruption type", injection_vector},
    {CONTROLS, "injection: an error code with exceptions that have one and nothing else",
     injection_error},
    {CONTROLS, "injection: reserved bits of the information and the error code are 0",
     injection_reserved},
    {CONTROLS, "injection: the instruction length of software events is 1 to 15", injection_length},
    {CONTROLS, "pin-based controls obey IA32_VMX_TRUE_PINBASED_CTLS", pin_allowed},
    {CONTROLS, "processor-based controls obey IA32_VMX_TRUE_PROCBASED_CTLS", proc_allowed},
    {CONTROLS, "secondary controls obey IA32_VMX_PROCBASED_CTLS2", secondary_allowed},
    {CONTROLS, "tertiary controls obey IA32_VMX_PROCBASED_CTLS3", tertiary_allowed},
    {CONTROLS, "VM-exit controls obey IA32_VMX_TRUE_EXIT_CTLS", exit_allowed},
    {CONTROLS, "VM-entry controls obey IA32_VMX_TRUE_ENTRY_CTLS", entry_allowed},
};

const struct entry_row *entry_row_broken(const struct entry_row *row, unsigned count, const struct vmcs *v)
{
    for (unsigned i = 0; i < count; i++)
        if (!row[i].holds(v))
            return &row[i];
    return NULL;
}

/* The only row for which the VMCS is not enough. */
static const struct entry_row threshold = {CONTROLS, "TPR threshold is not above VTPR[7:4]", NULL};

const struct entry_row *vmx_check_entry(const struct vmcs *v, unsigned vtpr)
{
    assert(v->used);
    assert(vtpr < 256);
    const struct entry_row *broken = entry_row_broken(rows, sizeof rows / sizeof *rows, v);
    if (!broken && !tpr_threshold_value(v, vtpr))
        broken = &threshold;
    return broken ? broken : vmx_check_state(v);
}
