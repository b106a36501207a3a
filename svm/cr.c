/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MOV to and from control registers in a guest: intercepts, and CR8 (APM vol. 2, 15.8.1, 15.9, 15.21.2).
 *
 * Under V_INTR_MASKING CR8 is V_TPR. Without it a read is of the local APIC's TPR, and a write changes both. With AVIC
 * it is V_TPR and TPR of the backing page in any case (15.29.4.1). Left out: CLTS, LMSW, SMSW.
 */
#include "svm/avic.h"
#include "svm/internal.h"

static const struct footprint nothing;

static bool is_control(unsigned reg)
{
    return reg >= X86_REG_CR0 && reg <= X86_REG_CR15;
}

static bool read_cr8(struct svm *s, struct core *c, const struct insn *in)
{
    const struct vmcb_copy *g = svm_current(s, c);
    if (!vmcb_control(g, V_INTR_MASKING | V_AVIC_ENABLE))
        return false;
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return true;
    core_set_reg(c, in->operand[0].reg, vmcb_get(g, VMCB_INT_CTL) & 0xf);
    c->exec.spin_broken = 1; /* no part of what a round of a pause loop is compared by */
    core_skip(c, in);
    return true;
}

static bool write_cr8(struct svm *s, struct core *c, const struct insn *in)
{
    struct vmcb_copy *g = svm_current(s, c);
    uint64_t value = core_reg(c, in->operand[1].reg);
    struct footprint fp;
    footprint_clear(&fp);
    svm_footprint(c, &fp);
    if (!core_point(c, &fp, POINT_BOUNDARY))
        return true;
    c->exec.spin_broken = 1;
    if (avic_on(g)) {
        avic_write_cr8(s, c, (unsigned)value);
        core_skip(c, in);
        return true;
    }
    vmcb_set(g, VMCB_INT_CTL, (vmcb_get(g, VMCB_INT_CTL) & ~V_TPR) | value);
    machine_say(s->m, STEP_REGISTER, "V_TPR = %#x", (unsigned)value);
    if (!vmcb_control(g, V_INTR_MASKING))
        return false; /* and the local APIC's, like in the host */
    core_skip(c, in);
    return true;
}

/* 15.9: the selective intercept lets changes of TS and MP pass. */
static bool changes_more(struct core *c, unsigned general)
{
    enum { CR0_MP = 1 << 1, CR0_TS = 1 << 3 };
    return (core_reg(c, (int)general) ^ c->state->cr0) & ~(uint64_t)(CR0_TS | CR0_MP);
}

bool svm_guest_mov_cr(struct svm *s, struct core *c, const struct insn *in)
{
    bool write = is_control(in->operand[0].reg);
    unsigned control = in->operand[write ? 0 : 1].reg, general = in->operand[write ? 1 : 0].reg;
    unsigned cr = control - X86_REG_CR0, code = (write ? VMEXIT_CR0_WRITE : VMEXIT_CR0_READ) + cr;
    if (cr == 8 && write && core_reg(c, (int)general) >> 4)
        return false; /* 15.9: #GP, as in the host, comes before the intercept */
    if (vmcb_get(svm_current(s, c), VMCB_INTERCEPT_CR) >> code & 1) {
        uint64_t assist = 1ull << 63 | core_register_number(general); /* 15.8.1 */
        svm_exit_instruction(s, c, in, code, svm_offers(s, SVM_DECODE_ASSISTS) ? assist : 0, 0);
        return true;
    }
    if (cr == 0 && write && changes_more(c, general) &&
        svm_intercepts(svm_current(s, c), VMEXIT_CR0_SEL_WRITE)) {
        svm_exit_instruction(s, c, in, VMEXIT_CR0_SEL_WRITE, 0, 0);
        return true;
    }
    if (cr != 8)
        return false;
    return write ? write_cr8(s, c, in) : read_cr8(s, c, in);
}
