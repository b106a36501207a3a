/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MOV to and from control registers in a guest.
 * After the SDM vol. 3, 25.1.3 (which exit), 25.3 (what the others do), 23.8 (values that VMX
 * operation does not allow), 29.3 (CR8 under the TPR shadow); table 27-3.
 *
 * An exit comes before the #GP that the value would cause (25.1.1). MOV to CR8 is not serializing
 * (8.3), but what it stores to the virtual-APIC page waits for the store buffer, like all stores of
 * microcode here. Without TPR shadow CR8 is the physical TPR. Left out: CLTS, LMSW, SMSW; consistency
 * of CR0 beyond the bits that VMX operation fixes.
 */
#include "vmx/internal.h"

static const struct footprint nothing;

enum { CR_MOV_TO = 0, CR_MOV_FROM = 1 };

static int control_number(unsigned reg)
{
    return reg >= X86_REG_CR0 && reg <= X86_REG_CR15 ? (int)(reg - X86_REG_CR0) : -1;
}

static bool leave(struct vmx *x, struct core *c, const struct insn *in, unsigned cr, unsigned type)
{
    unsigned general = in->operand[type == CR_MOV_TO ? 1 : 0].reg;
    vmx_exit_instruction(x, c, in, EXIT_CONTROL_REGISTER,
                         cr | type << 4 | core_register_number(general) << 8);
    return true;
}

/* ---- CR8 ---- */

static bool read_cr8(struct vmx *x, struct core *c, const struct insn *in)
{
    const struct vmcs *v = vmx_current(x, c->id);
    if (vmx_proc(v, PROC_CR8_STORE))
        return leave(x, c, in, 8, CR_MOV_FROM);
    if (!vmx_proc(v, PROC_TPR_SHADOW))
        return false;
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return true;
    uint64_t vtpr = core_hw_read(c, vid_page(x, c) + VAPIC_VTPR, 4);
    core_set_reg(c, in->operand[0].reg, vtpr >> 4 & 0xf);
    c->exec.spin_broken = 1; /* no part of what a round of a pause loop is compared by */
    machine_say(x->m, STEP_REGISTER, "CR8 = VTPR[7:4] = %#x", (unsigned)(vtpr >> 4 & 0xf));
    core_skip(c, in);
    return true;
}

static bool write_cr8(struct vmx *x, struct core *c, const struct insn *in)
{
    const struct vmcs *v = vmx_current(x, c->id);
    struct footprint fp;
    if (vmx_proc(v, PROC_CR8_LOAD))
        return leave(x, c, in, 8, CR_MOV_TO);
    if (!vmx_proc(v, PROC_TPR_SHADOW))
        return false;
    uint64_t value = core_reg(c, in->operand[1].reg);
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    if (!core_point(c, &fp, POINT_BOUNDARY))
        return true;
    if (value >> 4) {
        core_fault(c, VECTOR_GP, 0);
        return true;
    }
    c->exec.spin_broken = 1;
    core_hw_write(c, vid_page(x, c) + VAPIC_VTPR, 4, value << 4);
    machine_say(x->m, STEP_REGISTER, "VTPR = %#x", (unsigned)value << 4);
    if (!vmx_virtualize_tpr(x, c, vmx_retire(c, in)))
        core_skip(c, in);
    return true;
}

/* ---- CR0, CR3, CR4 ---- */

struct masked {
    enum vmcs_field mask, shadow;
    uint32_t fixed0, fixed1; /* MSRs */
    uint64_t *real;
};

static struct masked masked_register(struct core *c, unsigned cr)
{
    if (cr == 0)
        return (struct masked){VMCS_CR0_MASK, VMCS_CR0_SHADOW, MSR_VMX_CR0_FIXED0,
                               MSR_VMX_CR0_FIXED1, &c->state->cr0};
    assert(cr == 4);
    return (struct masked){VMCS_CR4_MASK, VMCS_CR4_SHADOW, MSR_VMX_CR4_FIXED0, MSR_VMX_CR4_FIXED1,
                           &c->state->cr4};
}

/* 25.3: bits that the host owns are read from the shadow. */
static bool read_masked(struct core *c, const struct vmcs *v, const struct insn *in, unsigned cr)
{
    struct masked r = masked_register(c, cr);
    uint64_t mask = vmcs_get(v, r.mask);
    core_set_reg(c, in->operand[0].reg, (vmcs_get(v, r.shadow) & mask) | (*r.real & ~mask));
    core_skip(c, in);
    return true;
}

/* 25.1.3: an exit if a bit that the host owns would differ from the shadow; 25.3: it keeps its value. */
static bool write_masked(struct vmx *x, struct core *c, const struct insn *in, unsigned cr)
{
    const struct vmcs *v = vmx_current(x, c->id);
    struct masked r = masked_register(c, cr);
    uint64_t mask = vmcs_get(v, r.mask), value = core_reg(c, in->operand[1].reg);
    uint64_t fixed0 = vmx_capability(r.fixed0), fixed1 = vmx_capability(r.fixed1);
    if ((value ^ vmcs_get(v, r.shadow)) & mask)
        return leave(x, c, in, cr, CR_MOV_TO);
    if (!core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED)) /* serializing */
        return true;
    value = (value & ~mask) | (*r.real & mask);
    if ((value & fixed0) != fixed0 || (value & ~fixed1)) {
        core_fault(c, VECTOR_GP, 0);
        return true;
    }
    *r.real = value;
    c->exec.spin_broken = 1;
    core_skip(c, in);
    return true;
}

static bool is_target(const struct vmcs *v, uint64_t value)
{
    for (unsigned i = 0; i < vmcs_get(v, VMCS_CR3_TARGET_COUNT) && i < VMX_CR3_TARGETS; i++)
        if (vmcs_get(v, (enum vmcs_field)(VMCS_CR3_TARGET0 + i)) == value)
            return true;
    return false;
}

static bool write_cr3(struct vmx *x, struct core *c, const struct insn *in)
{
    const struct vmcs *v = vmx_current(x, c->id);
    if (vmx_proc(v, PROC_CR3_LOAD) && !is_target(v, core_reg(c, in->operand[1].reg)))
        return leave(x, c, in, 3, CR_MOV_TO);
    return false; /* like in the host */
}

static bool mov_to(struct vmx *x, struct core *c, const struct insn *in, unsigned cr)
{
    switch (cr) {
    case 0: case 4: return write_masked(x, c, in, cr);
    case 3: return write_cr3(x, c, in);
    case 8: return write_cr8(x, c, in);
    default: return false;
    }
}

static bool mov_from(struct vmx *x, struct core *c, const struct insn *in, unsigned cr)
{
    const struct vmcs *v = vmx_current(x, c->id);
    switch (cr) {
    case 0: case 4: return read_masked(c, v, in, cr);
    case 3: return vmx_proc(v, PROC_CR3_STORE) && leave(x, c, in, 3, CR_MOV_FROM);
    case 8: return read_cr8(x, c, in);
    default: return false;
    }
}

bool vmx_guest_mov_cr(struct vmx *x, struct core *c, const struct insn *in)
{
    int to = control_number(in->operand[0].reg), from = control_number(in->operand[1].reg);
    assert((to < 0) != (from < 0));
    return to >= 0 ? mov_to(x, c, in, (unsigned)to) : mov_from(x, c, in, (unsigned)from);
}
