/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions of SVM, and what other instructions of a guest do that may be intercepted (APM vol. 2, 15.9,
 * 15.5 to 15.17; vol. 3).
 *
 * Intercepts come behind the checks for exceptions of an instruction that is not SVM's own, which none of these
 * can raise here. INVLPGA caches nothing to forget. Left out: SKINIT, descriptor-table reads, RDPMC, MONITOR and the
 * like, which no core here executes; a TSC offset.
 */
#include "svm/avic.h"
#include "svm/internal.h"

static const struct footprint nothing;

bool svm_is_off(struct core *c)
{
    if (c->state->efer & EFER_SVME)
        return false;
    core_fault(c, VECTOR_UD, 0);
    return true;
}

static void invlpga(struct core *c, const struct insn *in)
{
    if (core_point(c, &nothing, POINT_BOUNDARY))
        core_skip(c, in);
}

static bool execute(struct svm *s, struct core *c, const struct insn *in)
{
    switch (in->id) {
    case X86_INS_VMRUN: svm_vmrun(s, c, in); break;
    case X86_INS_VMLOAD: svm_vmload(s, c, in, false); break;
    case X86_INS_VMSAVE: svm_vmload(s, c, in, true); break;
    case X86_INS_STGI: svm_set_gif(s, c, in, true); break;
    case X86_INS_CLGI: svm_set_gif(s, c, in, false); break;
    case X86_INS_INVLPGA: invlpga(c, in); break;
    case X86_INS_SKINIT: core_not_modelled(c, "SKINIT"); break;
    default: return false; /* VMMCALL that is not intercepted: #UD */
    }
    return true;
}

bool svm_host_instruction(struct svm *s, struct core *c, const struct insn *in)
{
    if (in->kind != INSN_SVM)
        return false;
    return svm_is_off(c) || execute(s, c, in);
}

/* ---- Guest mode ---- */

static unsigned own_code(const struct insn *in)
{
    switch (in->id) {
    case X86_INS_VMRUN: return VMEXIT_VMRUN;
    case X86_INS_VMMCALL: return VMEXIT_VMMCALL;
    case X86_INS_VMLOAD: return VMEXIT_VMLOAD;
    case X86_INS_VMSAVE: return VMEXIT_VMSAVE;
    case X86_INS_STGI: return VMEXIT_STGI;
    case X86_INS_CLGI: return VMEXIT_CLGI;
    case X86_INS_INVLPGA: return VMEXIT_INVLPGA;
    default: return VMEXIT_SKINIT;
    }
}

static bool exit_if(struct svm *s, struct core *c, const struct insn *in, unsigned code)
{
    if (!svm_intercepts(svm_current(s, c), code))
        return false;
    svm_exit_instruction(s, c, in, code, 0, 0);
    return true;
}

/* The vector of INT n with decode assists (15.8.2); INT3 is no INT n. */
static bool software_interrupt(struct svm *s, struct core *c, const struct insn *in)
{
    if (!in->operands || !svm_intercepts(svm_current(s, c), VMEXIT_SWINT))
        return false;
    uint64_t vector = (uint64_t)in->operand[0].value & 0xff;
    svm_exit_instruction(s, c, in, VMEXIT_SWINT, svm_offers(s, SVM_DECODE_ASSISTS) ? vector : 0, 0);
    return true;
}

static bool rdtsc(struct svm *s, struct core *c, const struct insn *in)
{
    if (exit_if(s, c, in, in->id == X86_INS_RDTSCP ? VMEXIT_RDTSCP : VMEXIT_RDTSC))
        return true;
    if (vmcb_get(svm_current(s, c), VMCB_TSC_OFFSET))
        core_not_modelled(c, "RDTSC of a guest with a TSC offset");
    return false;
}

/* Is a virtual interrupt or NMI there that would end a HLT? */
static bool is_busy(struct svm *s, struct core *c)
{
    const struct vmcb_copy *g = svm_current(s, c);
    bool interrupt = avic_on(g) ? avic_idle_pending(s, c) : vmcb_control(g, V_IRQ);
    return interrupt || vmcb_control(g, V_NMI);
}

/* 15.9: the idle intercept lets such a HLT pass; that of HLT wins. */
static bool halt(struct svm *s, struct core *c, const struct insn *in)
{
    if (exit_if(s, c, in, VMEXIT_HLT))
        return true;
    bool asked = svm_offers(s, SVM_IDLE_HLT) && svm_intercepts(svm_current(s, c), VMEXIT_IDLE_HLT);
    return asked && !is_busy(s, c) && exit_if(s, c, in, VMEXIT_IDLE_HLT);
}

static bool takes_vmcb(const struct insn *in)
{
    return in->id == X86_INS_VMRUN || in->id == X86_INS_VMLOAD || in->id == X86_INS_VMSAVE;
}

/* 15.9: of these VMMCALL alone may be intercepted where it would be #UD; #GP, too, comes before the others' intercepts. */
static bool guest_svm(struct svm *s, struct core *c, const struct insn *in)
{
    if (in->id == X86_INS_VMMCALL && exit_if(s, c, in, VMEXIT_VMMCALL))
        return true;
    return svm_is_off(c) || (takes_vmcb(in) && svm_operand_faults(c)) || exit_if(s, c, in, own_code(in)) ||
           execute(s, c, in);
}

/* 15.8.3: the linear address. */
static bool invlpg(struct svm *s, struct core *c, const struct insn *in)
{
    if (!svm_intercepts(svm_current(s, c), VMEXIT_INVLPG))
        return false;
    uint64_t address = core_operand_address(c, &in->operand[0], in);
    svm_exit_instruction(s, c, in, VMEXIT_INVLPG, svm_offers(s, SVM_DECODE_ASSISTS) ? address : 0, 0);
    return true;
}

bool svm_guest_instruction(struct svm *s, struct core *c, const struct insn *in)
{
    switch (in->kind) {
    case INSN_SVM: return guest_svm(s, c, in);
    case INSN_RDMSR: return svm_guest_msr(s, c, in, false);
    case INSN_WRMSR: return svm_guest_msr(s, c, in, true);
    case INSN_MOV_CR: return svm_guest_mov_cr(s, c, in);
    case INSN_CPUID: return exit_if(s, c, in, VMEXIT_CPUID);
    case INSN_HLT: return halt(s, c, in);
    case INSN_PAUSE: return exit_if(s, c, in, VMEXIT_PAUSE);
    case INSN_IRET: return exit_if(s, c, in, VMEXIT_IRET);
    case INSN_INT: return software_interrupt(s, c, in);
    case INSN_PUSHF: return exit_if(s, c, in, VMEXIT_PUSHF);
    case INSN_POPF: return exit_if(s, c, in, VMEXIT_POPF);
    case INSN_RDTSC: return rdtsc(s, c, in);
    case INSN_INVLPG: return invlpg(s, c, in);
    case INSN_WBINVD: return exit_if(s, c, in, VMEXIT_WBINVD);
    case INSN_LGDT: return exit_if(s, c, in, VMEXIT_GDTR_WRITE);
    case INSN_LIDT: return exit_if(s, c, in, VMEXIT_IDTR_WRITE);
    case INSN_LTR: return exit_if(s, c, in, VMEXIT_TR_WRITE);
    case INSN_IN: return svm_guest_port(s, c, in, false);
    case INSN_OUT: return svm_guest_port(s, c, in, true);
    default: return false;
    }
}
