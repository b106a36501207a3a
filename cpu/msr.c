/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RDMSR and WRMSR: the core's own registers, and the ranges that models have claimed. */
#include "cpu/internal.h"

enum {
    MSR_EFER = 0xc0000080,
    MSR_FS_BASE = 0xc0000100,
    MSR_GS_BASE = 0xc0000101,
    MSR_KERNEL_GS_BASE = 0xc0000102,
};

static bool own_register(struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    int reg = msr == MSR_FS_BASE ? UC_X86_REG_FS_BASE : UC_X86_REG_GS_BASE;
    switch (msr) {
    case MSR_EFER:
        if (write)
            c->state->efer = *value;
        else
            *value = c->state->efer;
        return true;
    case MSR_FS_BASE:
    case MSR_GS_BASE:
        if (write)
            core_set_reg(c, reg, *value);
        else
            *value = core_reg(c, reg);
        return true;
    case MSR_KERNEL_GS_BASE:
        if (!write)
            *value = 0;
        return true;
    default:
        return false;
    }
}

static bool efer_allowed(struct core *c, uint64_t value)
{
    const struct virt_ops *ops = c->cpu->virt_ops;
    return !c->cpu->virt || !ops->efer_allowed || ops->efer_allowed(c->cpu->virt, c, value);
}

static uint64_t edx_eax(struct core *c)
{
    return (core_reg(c, UC_X86_REG_RAX) & 0xffffffff) | core_reg(c, UC_X86_REG_RDX) << 32;
}

static void finish(struct core *c, const struct insn *in, bool write, uint64_t value)
{
    if (!write) {
        core_set_reg(c, UC_X86_REG_RAX, value & 0xffffffff);
        core_set_reg(c, UC_X86_REG_RDX, value >> 32);
    }
    core_skip(c, in);
}

static void ranged(struct core *c, const struct insn *in, uint32_t msr, bool write, uint64_t value)
{
    for (unsigned i = 0; i < c->cpu->msr_ranges; i++) {
        const struct msr_ops *ops = &c->cpu->msr[i].ops;
        void *owner = c->cpu->msr[i].owner;
        if (msr < ops->first || msr > ops->last)
            continue;
        struct footprint fp, now;
        unsigned flags = 0, ignored = 0;
        footprint_clear(&fp);
        if (!ops->next(owner, c, msr, write, value, &fp, &flags))
            break;
        if (!core_point(c, &fp, flags | POINT_BOUNDARY))
            return;
        footprint_clear(&now);
        if (!ops->next(owner, c, msr, write, value, &now, &ignored))
            break;
        core_touch_now(c, &fp, &now);
        spin_break(c);
        if (write && (flags & POINT_UNFENCED) && c->state->mfence)
            knob_value(&c->m->knobs, KNOB_MFENCE_ORDERS_WRMSR);
        if (!ops->access(owner, c, msr, write, &value))
            break;
        finish(c, in, write, value);
        return;
    }
    core_fault(c, VECTOR_GP, 0);
}

void msr_execute(struct core *c, const struct insn *in, bool write)
{
    static const struct footprint nothing;
    uint32_t msr = (uint32_t)core_reg(c, UC_X86_REG_RCX);
    uint64_t value = write ? edx_eax(c) : 0;
    if (msr >= MSR_EFER && msr <= MSR_KERNEL_GS_BASE) {
        /* WRMSR is serializing, but for the x2APIC and TSC-deadline registers (SDM vol. 3,
         * 8.3 and 10.12.3), which models declare. */
        if (write && !core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED))
            return;
        if (write && msr == MSR_EFER && !efer_allowed(c, value)) {
            core_fault(c, VECTOR_GP, 0);
            return;
        }
        if (own_register(c, msr, write, &value)) {
            spin_break(c); /* no part of what a round is compared by */
            finish(c, in, write, value);
            return;
        }
    }
    ranged(c, in, msr, write, value);
}
