/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks on host state and guest state at VM entry.
 * After the SDM vol. 3, 26.2.2 to 26.2.4, 26.3.1.1, 26.3.1.4 to 26.3.1.6.
 *
 * A processor may refuse to inject an NMI while STI blocks (26.3.1.5); this one does not. Left out:
 * segment limits and access rights but for DPL(SS), debug registers, PDPTEs, PAT, SMM.
 */
#include <stddef.h>

#include "cpu/core.h"
#include "vmx/checks.h"

enum {
    EFER_DEFINED = 1 << 0 | EFER_LME | EFER_LMA | 1 << 11, /* SCE, NXE */
    SS_DPL = 3 << 5,
    QUALIFICATION_LINK_POINTER = 4,
};

static bool canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

/* Bits that VMX operation wants 1, and those that it wants 0 (A.7, A.8). */
static bool fixed_bits(uint64_t value, uint32_t fixed0_msr)
{
    uint64_t ones = vmx_capability(fixed0_msr), may = vmx_capability(fixed0_msr + 1);
    return (value & ones) == ones && !(value & ~may);
}

static bool control_registers(uint64_t cr0, uint64_t cr3, uint64_t cr4)
{
    return fixed_bits(cr0, MSR_VMX_CR0_FIXED0) && fixed_bits(cr4, MSR_VMX_CR4_FIXED0) &&
           !(cr3 >> VMX_PHYSICAL_BITS);
}

static bool efer_fits(uint64_t efer, bool long_mode)
{
    uint64_t mode = efer & (EFER_LME | EFER_LMA);
    return !(efer & ~(uint64_t)EFER_DEFINED) && mode == (long_mode ? EFER_LME | EFER_LMA : 0);
}

/* ---- Host state ---- */

static bool host_control_registers(const struct vmcs *v)
{
    return control_registers(vmcs_get(v, VMCS_HOST_CR0), vmcs_get(v, VMCS_HOST_CR3),
                             vmcs_get(v, VMCS_HOST_CR4));
}

static bool host_selectors(const struct vmcs *v)
{
    static const enum vmcs_field all[] = {VMCS_HOST_ES, VMCS_HOST_CS, VMCS_HOST_SS, VMCS_HOST_DS,
                                          VMCS_HOST_FS, VMCS_HOST_GS, VMCS_HOST_TR};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (vmcs_get(v, all[i]) & 7)
            return false; /* RPL and TI must be 0 */
    return vmcs_get(v, VMCS_HOST_CS) && vmcs_get(v, VMCS_HOST_TR);
}

static bool host_addresses(const struct vmcs *v)
{
    static const enum vmcs_field all[] = {
        VMCS_HOST_FS_BASE,   VMCS_HOST_GS_BASE,      VMCS_HOST_TR_BASE,      VMCS_HOST_GDTR_BASE,
        VMCS_HOST_IDTR_BASE, VMCS_HOST_SYSENTER_ESP, VMCS_HOST_SYSENTER_EIP, VMCS_HOST_RIP};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (!canonical(vmcs_get(v, all[i])))
            return false;
    return true;
}

/* The model's host is always in IA-32e mode. */
static bool host_is_64_bit(const struct vmcs *v)
{
    return (vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_HOST_64) &&
           (vmcs_get(v, VMCS_HOST_CR4) & CR4_PAE);
}

static bool host_efer(const struct vmcs *v)
{
    uint64_t controls = vmcs_get(v, VMCS_EXIT_CONTROLS);
    return !(controls & EXIT_LOAD_EFER) ||
           efer_fits(vmcs_get(v, VMCS_HOST_EFER), controls & EXIT_HOST_64);
}

/* ---- Guest state: registers ---- */

static bool guest_control_registers(const struct vmcs *v)
{
    return control_registers(vmcs_get(v, VMCS_GUEST_CR0), vmcs_get(v, VMCS_GUEST_CR3),
                             vmcs_get(v, VMCS_GUEST_CR4));
}

static bool guest_is_64_bit(const struct vmcs *v)
{
    if (!(vmcs_get(v, VMCS_ENTRY_CONTROLS) & ENTRY_GUEST_64))
        return true;
    return (vmcs_get(v, VMCS_GUEST_CR0) & CR0_PG) && (vmcs_get(v, VMCS_GUEST_CR4) & CR4_PAE);
}

static bool guest_efer(const struct vmcs *v)
{
    uint64_t controls = vmcs_get(v, VMCS_ENTRY_CONTROLS);
    return !(controls & ENTRY_LOAD_EFER) ||
           efer_fits(vmcs_get(v, VMCS_GUEST_EFER), controls & ENTRY_GUEST_64);
}

static bool guest_rip(const struct vmcs *v)
{
    return canonical(vmcs_get(v, VMCS_GUEST_RIP));
}

static bool guest_rflags(const struct vmcs *v)
{
    uint64_t flags = vmcs_get(v, VMCS_GUEST_RFLAGS);
    uint64_t reserved = ~0ull << 22 | 1 << 15 | 1 << 5 | 1 << 3;
    if (vmcs_get(v, VMCS_ENTRY_CONTROLS) & ENTRY_GUEST_64)
        reserved |= RFLAGS_VM;
    return (flags & RFLAGS_FIXED) && !(flags & reserved);
}

/* ---- Guest state: events ---- */

static bool injects(const struct vmcs *v, unsigned type)
{
    uint32_t info = (uint32_t)vmcs_get(v, VMCS_ENTRY_INTR_INFO);
    return (info & INTR_VALID) && intr_type(info) == type;
}

static bool blocks(const struct vmcs *v, unsigned bits)
{
    return vmcs_get(v, VMCS_GUEST_INTERRUPTIBILITY) & bits;
}

static bool guest_takes_external(const struct vmcs *v)
{
    if (!injects(v, DELIVER_EXTERNAL))
        return true;
    return (vmcs_get(v, VMCS_GUEST_RFLAGS) & RFLAGS_IF) &&
           !blocks(v, BLOCKING_STI | BLOCKING_MOV_SS);
}

/* Without virtual NMIs an NMI is injected whatever bit 3 says. */
static bool guest_takes_nmi(const struct vmcs *v)
{
    if (!injects(v, DELIVER_NMI))
        return true;
    unsigned bits = BLOCKING_MOV_SS | (vmx_pin(v, PIN_VIRTUAL_NMIS) ? BLOCKING_NMI : 0);
    return !blocks(v, bits);
}

/* Bit 4 (enclave interruption) needs SGX, bit 2 SMM. */
static bool guest_interruptibility(const struct vmcs *v)
{
    if (blocks(v, ~(unsigned)(BLOCKING_STI | BLOCKING_MOV_SS | BLOCKING_NMI)))
        return false;
    if (blocks(v, BLOCKING_STI) && blocks(v, BLOCKING_MOV_SS))
        return false;
    return !blocks(v, BLOCKING_STI) || (vmcs_get(v, VMCS_GUEST_RFLAGS) & RFLAGS_IF);
}

static bool guest_activity(const struct vmcs *v)
{
    uint64_t activity = vmcs_get(v, VMCS_GUEST_ACTIVITY);
    if (activity > ACTIVITY_SIPI)
        return false;
    if (activity == ACTIVITY_HLT && (vmcs_get(v, VMCS_GUEST_SS_ACCESS) & SS_DPL))
        return false; /* HLT needs CPL = 0 */
    return activity == ACTIVITY_ACTIVE || !blocks(v, BLOCKING_STI | BLOCKING_MOV_SS);
}

/* What an inactive state would block cannot be injected into it. */
static bool activity_takes_injection(const struct vmcs *v)
{
    uint32_t info = (uint32_t)vmcs_get(v, VMCS_ENTRY_INTR_INFO);
    unsigned vector = info & 0xff;
    bool nmi = injects(v, DELIVER_NMI), exception = injects(v, DELIVER_EXCEPTION);
    if (!(info & INTR_VALID))
        return true;
    switch (vmcs_get(v, VMCS_GUEST_ACTIVITY)) {
    case ACTIVITY_ACTIVE:
        return true;
    case ACTIVITY_HLT:
        return nmi || injects(v, DELIVER_EXTERNAL) ||
               (exception && (vector == VECTOR_DB || vector == VECTOR_MC));
    case ACTIVITY_SHUTDOWN:
        return nmi || (exception && vector == VECTOR_MC);
    default:
        return false;
    }
}

static bool pending_debug(const struct vmcs *v)
{
    return !(vmcs_get(v, VMCS_GUEST_PENDING_DEBUG) & ~0x500full);
}

static bool link_pointer(const struct vmcs *v)
{
    return vmcs_get(v, VMCS_LINK_POINTER) == ~0ull; /* no VMCS shadowing */
}

#define HOST ENTRY_FAILS_HOST
#define GUEST ENTRY_FAILS_GUEST

static const struct entry_row rows[] = {
    {HOST, "host CR0 and CR4 have their fixed bits, CR3 is in range", host_control_registers},
    {HOST, "host selectors have RPL = TI = 0, CS and TR are not 0", host_selectors},
    {HOST, "host RIP and bases are canonical", host_addresses},
    {HOST, "host address-space size and CR4.PAE are 1 in IA-32e mode", host_is_64_bit},
    {HOST, "host IA32_EFER: reserved bits are 0, LMA and LME fit the address-space size",
     host_efer},
    {GUEST, "guest CR0 and CR4 have their fixed bits, CR3 is in range", guest_control_registers},
    {GUEST, "an IA-32e guest has CR0.PG = 1 and CR4.PAE = 1", guest_is_64_bit},
    {GUEST, "guest IA32_EFER: reserved bits are 0, LMA and LME fit the mode", guest_efer},
    {GUEST, "guest RIP is canonical", guest_rip},
    {GUEST, "guest RFLAGS: bit 1 is 1, reserved bits and VM are 0", guest_rflags},
    {GUEST, "an injected external interrupt needs IF = 1 and no blocking", guest_takes_external},
    {GUEST, "an injected NMI needs no blocking by MOV SS, nor of virtual NMIs", guest_takes_nmi},
    {GUEST, "guest interruptibility state is consistent", guest_interruptibility},
    {GUEST, "guest activity state is supported and not blocked", guest_activity},
    {GUEST, "the activity state does not block what is injected", activity_takes_injection},
    {GUEST, "reserved bits of the pending debug exceptions are 0", pending_debug},
    {GUEST, "the VMCS link pointer is FFFFFFFFFFFFFFFFh", link_pointer},
};

const struct entry_row *vmx_check_state(const struct vmcs *v)
{
    return entry_row_broken(rows, sizeof rows / sizeof *rows, v);
}

unsigned vmx_check_qualification(const struct entry_row *row)
{
    assert(row->failure == ENTRY_FAILS_GUEST);
    return row->holds == link_pointer ? QUALIFICATION_LINK_POINTER : 0;
}
