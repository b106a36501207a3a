/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the fields lie, how wide they are, and which clean bit covers them (APM vol. 2, table 15-9). */
#include "svm/fields.h"

#define CONTROL(field, member, bit) \
    [field] = {offsetof(struct vmcb, control.member), \
               sizeof(((struct vmcb_control *)0)->member), bit, #member}
#define SAVE(field, member, bit) \
    [field] = {offsetof(struct vmcb, save.member), sizeof(((struct vmcb_save *)0)->member), bit, \
               #member}

const struct vmcb_field_info vmcb_field_table[VMCB_FIELDS] = {
    CONTROL(VMCB_INTERCEPT_CR, intercept_cr, CLEAN_INTERCEPTS),
    CONTROL(VMCB_INTERCEPT_EXCEPTIONS, intercept_exceptions, CLEAN_INTERCEPTS),
    CONTROL(VMCB_INTERCEPT_3, intercept_3, CLEAN_INTERCEPTS),
    CONTROL(VMCB_INTERCEPT_4, intercept_4, CLEAN_INTERCEPTS),
    CONTROL(VMCB_INTERCEPT_5, intercept_5, CLEAN_INTERCEPTS),
    CONTROL(VMCB_IOPM_BASE, iopm_base, CLEAN_PERMISSIONS),
    CONTROL(VMCB_MSRPM_BASE, msrpm_base, CLEAN_PERMISSIONS),
    CONTROL(VMCB_TSC_OFFSET, tsc_offset, CLEAN_INTERCEPTS),
    CONTROL(VMCB_ASID, asid, CLEAN_ASID),
    CONTROL(VMCB_TLB_CONTROL, tlb_control, CLEAN_NEVER),
    CONTROL(VMCB_INT_CTL, int_ctl, CLEAN_TPR),
    CONTROL(VMCB_INT_STATE, int_state, CLEAN_NEVER),
    CONTROL(VMCB_NP_CONTROL, np_control, CLEAN_NP),
    CONTROL(VMCB_APIC_BAR, avic_apic_bar, CLEAN_AVIC),
    CONTROL(VMCB_EVENT_INJ, event_inj, CLEAN_NEVER),
    CONTROL(VMCB_EVENT_INJ_ERROR, event_inj_error, CLEAN_NEVER),
    CONTROL(VMCB_NCR3, ncr3, CLEAN_NP),
    CONTROL(VMCB_NRIP, nrip, CLEAN_NEVER),
    CONTROL(VMCB_BACKING_PAGE, avic_backing_page, CLEAN_AVIC),
    CONTROL(VMCB_LOGICAL_TABLE, avic_logical_table, CLEAN_AVIC),
    CONTROL(VMCB_PHYSICAL_TABLE, avic_physical_table, CLEAN_AVIC),
    SAVE(VMCB_CS, cs.selector, CLEAN_SEGMENTS),
    SAVE(VMCB_CS_ATTRIBUTES, cs.attributes, CLEAN_SEGMENTS),
    SAVE(VMCB_SS, ss.selector, CLEAN_SEGMENTS),
    SAVE(VMCB_GDTR_LIMIT, gdtr.limit, CLEAN_TABLES),
    SAVE(VMCB_GDTR_BASE, gdtr.base, CLEAN_TABLES),
    SAVE(VMCB_IDTR_LIMIT, idtr.limit, CLEAN_TABLES),
    SAVE(VMCB_IDTR_BASE, idtr.base, CLEAN_TABLES),
    SAVE(VMCB_CPL, cpl, CLEAN_SEGMENTS),
    SAVE(VMCB_EFER, efer, CLEAN_CR),
    SAVE(VMCB_CR0, cr0, CLEAN_CR),
    SAVE(VMCB_CR2, cr2, CLEAN_CR2),
    SAVE(VMCB_CR3, cr3, CLEAN_CR),
    SAVE(VMCB_CR4, cr4, CLEAN_CR),
    SAVE(VMCB_DR6, dr6, CLEAN_DR),
    SAVE(VMCB_DR7, dr7, CLEAN_DR),
    SAVE(VMCB_RFLAGS, rflags, CLEAN_NEVER),
    SAVE(VMCB_RIP, rip, CLEAN_NEVER),
    SAVE(VMCB_RSP, rsp, CLEAN_NEVER),
    SAVE(VMCB_RAX, rax, CLEAN_NEVER),
};

static const char *const low_names[] = {
    [VMEXIT_INTR] = "VMEXIT_INTR", [VMEXIT_NMI] = "VMEXIT_NMI", [VMEXIT_SMI] = "VMEXIT_SMI",
    [VMEXIT_INIT] = "VMEXIT_INIT", [VMEXIT_VINTR] = "VMEXIT_VINTR",
    [VMEXIT_CR0_SEL_WRITE] = "VMEXIT_CR0_SEL_WRITE", [VMEXIT_RDTSCP] = "VMEXIT_RDTSCP",
    [VMEXIT_IDTR_WRITE] = "VMEXIT_IDTR_WRITE", [VMEXIT_GDTR_WRITE] = "VMEXIT_GDTR_WRITE",
    [VMEXIT_TR_WRITE] = "VMEXIT_TR_WRITE", [VMEXIT_RDTSC] = "VMEXIT_RDTSC",
    [VMEXIT_PUSHF] = "VMEXIT_PUSHF", [VMEXIT_POPF] = "VMEXIT_POPF", [VMEXIT_CPUID] = "VMEXIT_CPUID",
    [VMEXIT_IRET] = "VMEXIT_IRET", [VMEXIT_SWINT] = "VMEXIT_SWINT", [VMEXIT_PAUSE] = "VMEXIT_PAUSE",
    [VMEXIT_HLT] = "VMEXIT_HLT", [VMEXIT_INVLPG] = "VMEXIT_INVLPG",
    [VMEXIT_INVLPGA] = "VMEXIT_INVLPGA", [VMEXIT_IOIO] = "VMEXIT_IOIO", [VMEXIT_MSR] = "VMEXIT_MSR",
    [VMEXIT_SHUTDOWN] = "VMEXIT_SHUTDOWN", [VMEXIT_VMRUN] = "VMEXIT_VMRUN",
    [VMEXIT_VMMCALL] = "VMEXIT_VMMCALL", [VMEXIT_VMLOAD] = "VMEXIT_VMLOAD",
    [VMEXIT_VMSAVE] = "VMEXIT_VMSAVE", [VMEXIT_STGI] = "VMEXIT_STGI", [VMEXIT_CLGI] = "VMEXIT_CLGI",
    [VMEXIT_SKINIT] = "VMEXIT_SKINIT", [VMEXIT_WBINVD] = "VMEXIT_WBINVD",
    [VMEXIT_IDLE_HLT] = "VMEXIT_IDLE_HLT",
};

const char *vmexit_name(uint64_t code)
{
    if (code == VMEXIT_INVALID)
        return "VMEXIT_INVALID";
    if (code < VMEXIT_CR0_WRITE)
        return "VMEXIT_CR_READ";
    if (code < 0x20)
        return "VMEXIT_CR_WRITE";
    if (code >= VMEXIT_EXCP0 && code < VMEXIT_INTR)
        return "VMEXIT_EXCP";
    switch (code) {
    case VMEXIT_NPF: return "VMEXIT_NPF";
    case VMEXIT_AVIC_INCOMPLETE_IPI: return "AVIC_INCOMPLETE_IPI";
    case VMEXIT_AVIC_NOACCEL: return "AVIC_NOACCEL";
    default: break;
    }
    const char *name = code < sizeof low_names / sizeof *low_names ? low_names[code] : NULL;
    return name ? name : "?";
}
