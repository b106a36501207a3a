/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold of a VMCB for VMRUN to enter the guest: else VMEXIT_INVALID (APM vol. 2, 15.5.1, "Canonicalization
 * and Consistency Checks", 15.20, 15.21.10, 15.25.3, 15.29).
 *
 * Left out: what only guests outside 64-bit mode can break beyond the rows here, rules of CET, SEV and SNP.
 */
#include "svm/avic.h"
#include "svm/internal.h"

struct rule {
    const char *must;
    bool (*holds)(const struct svm *, const struct core *, const struct vmcb_copy *);
};

static bool vmrun_intercepted(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    (void)s, (void)c;
    return svm_intercepts(g, VMEXIT_VMRUN);
}

static bool asid(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    (void)s, (void)c;
    return vmcb_get(g, VMCB_ASID) != 0;
}

/* The last byte of a map counts: 8 KiB of MSRPM, 12 KiB of IOPM. Bits 11:0 are ignored. */
static bool in_range(uint64_t base, uint64_t size)
{
    uint64_t first = base & ~0xfffull;
    return first >> SVM_PHYSICAL_BITS == 0 && (first + size - 1) >> SVM_PHYSICAL_BITS == 0;
}

static bool maps(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    (void)s, (void)c;
    return in_range(vmcb_get(g, VMCB_MSRPM_BASE), 8192) && in_range(vmcb_get(g, VMCB_IOPM_BASE), 12288);
}

static bool nested_paging(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    (void)s;
    bool on = vmcb_get(g, VMCB_NP_CONTROL) & NP_ENABLE;
    return !on || ((c->state->cr0 & CR0_PG) && vmcb_get(g, VMCB_NCR3) >> SVM_PHYSICAL_BITS == 0);
}

static bool svme(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    (void)s, (void)c;
    return vmcb_get(g, VMCB_EFER) & EFER_SVME;
}

static bool cr0(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    uint64_t value = vmcb_get(g, VMCB_CR0);
    (void)s, (void)c;
    return !(value >> 32) && ((value & CR0_CD) || !(value & CR0_NW));
}

/* APM vol. 2, 3.1. EFER: SCE, LME, LMA, NXE, SVME, LMSLE, FFXSR, TCE, MCOMMIT, INTWB, UAIE, AIBRSE; CR4: VME to
 * UMIP, LA57, FSGSBASE to PKE, CET. */
static bool reserved_bits(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    const uint64_t efer = 0x36fd01, cr4 = 0xf71fff;
    (void)s, (void)c;
    return !(vmcb_get(g, VMCB_EFER) & ~efer) && !(vmcb_get(g, VMCB_CR4) & ~cr4) &&
           !(vmcb_get(g, VMCB_CR3) >> 52);
}

static bool debug_registers(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    (void)s, (void)c;
    return !(vmcb_get(g, VMCB_DR6) >> 32) && !(vmcb_get(g, VMCB_DR7) >> 32);
}

static bool long_mode(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    uint64_t value = vmcb_get(g, VMCB_CR0);
    (void)s, (void)c;
    bool wanted = (vmcb_get(g, VMCB_EFER) & EFER_LME) && (value & CR0_PG);
    return !wanted || ((vmcb_get(g, VMCB_CR4) & CR4_PAE) && (value & CR0_PE));
}

static bool code_segment(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    enum { CS_L = 1 << 9, CS_D = 1 << 10 };
    uint64_t attributes = vmcb_get(g, VMCB_CS_ATTRIBUTES);
    (void)s, (void)c;
    bool wanted = (vmcb_get(g, VMCB_EFER) & EFER_LME) && (vmcb_get(g, VMCB_CR0) & CR0_PG);
    return !wanted || !(attributes & CS_L) || !(attributes & CS_D);
}

/* BOUND does not exist in 64-bit mode, nor does INTO. */
static bool exception_exists(const struct core *c, unsigned vector)
{
    if (vector == VECTOR_NMI || vector > 31 || vector == VECTOR_BR)
        return false;
    return vector != VECTOR_OF || knob_value(&c->m->knobs, KNOB_EVENTINJ_OVERFLOW) == 0;
}

static bool injection(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    uint32_t info = (uint32_t)vmcb_get(g, VMCB_EVENT_INJ);
    (void)s;
    if (!(info & EVENT_VALID))
        return true;
    switch (info >> 8 & 7) {
    case EVENT_TYPE_EXTERNAL: case EVENT_TYPE_NMI: case EVENT_TYPE_SOFTWARE: return true;
    case EVENT_TYPE_EXCEPTION: return exception_exists(c, info & 0xff);
    default: return false;
    }
}

static bool virtual_nmi(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    (void)s, (void)c;
    return !vmcb_control(g, V_NMI_ENABLE) || svm_intercepts(g, VMEXIT_NMI);
}

/* Bits of 060h whose feature CPUID does not offer are reserved, and must be 0. */
static bool offered(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    (void)c;
    return (svm_offers(s, SVM_AVIC) || !vmcb_control(g, V_AVIC_ENABLE)) &&
           (svm_offers(s, SVM_X2AVIC) || !vmcb_control(g, V_X2AVIC_ENABLE)) &&
           (svm_offers(s, SVM_VGIF) || !vmcb_control(g, V_GIF_ENABLE)) &&
           (svm_offers(s, SVM_VNMI) || !vmcb_control(g, V_NMI_ENABLE));
}

static const struct rule rules[] = {
    {"the VMRUN intercept bit is 1", vmrun_intercepted},
    {"ASID is not 0", asid},
    {"MSRPM and IOPM end below the top of the physical addresses", maps},
    {"nested paging goes with CR0.PG = 1 in the host and a valid nCR3", nested_paging},
    {"EFER.SVME is 1 in the guest", svme},
    {"CR0[63:32] is 0, and NW is 1 only where CD is", cr0},
    {"reserved bits of CR3, CR4 and EFER are 0", reserved_bits},
    {"bits 63:32 of DR6 and DR7 are 0", debug_registers},
    {"long mode with paging goes with CR4.PAE and CR0.PE", long_mode},
    {"CS.L and CS.D are not both 1 in long mode", code_segment},
    {"EVENTINJ holds an event that can be", injection},
    {"V_NMI_ENABLE goes with the NMI intercept", virtual_nmi},
    {"the processor offers what is enabled in VMCB 060h", offered},
};

const char *svm_check(const struct svm *s, const struct core *c, const struct vmcb_copy *g)
{
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!rules[i].holds(s, c, g))
            return rules[i].must;
    return avic_check(s, g);
}
