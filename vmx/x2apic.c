/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR of a guest: MSR bitmaps, then "virtualize x2APIC mode".
 * After the SDM vol. 3, 25.1.3, 24.6.9, 29.5, 29.1.2 to 29.1.5.
 *
 * What is not special goes to the processor's own registers, the physical local APIC included.
 * Stores to the virtual-APIC page by WRMSR reach memory at once, after the store buffer; the SDM
 * is silent.
 */
#include "lapic/apic_regs.h"
#include "vmx/internal.h"
#include "vmx/ipiv.h"
#include "vmx/x2apic.h"

static const struct footprint nothing;

/* ---- Pure rules ---- */

bool x2apic_bitmap_byte(uint32_t msr, bool write, unsigned *byte, unsigned *bit)
{
    bool high = msr >= 0xc0000000 && msr <= 0xc0001fff;
    if (!high && msr > 0x1fff)
        return false;
    uint32_t index = msr & 0x1fff;
    *byte = (write ? 2048 : 0) + (high ? 1024 : 0) + index / 8;
    *bit = index % 8;
    return true;
}

enum x2apic_write x2apic_judge_write(uint32_t secondary, uint32_t msr, uint64_t value)
{
    bool vid = secondary & SEC_VIRTUAL_INTERRUPT;
    if (!(secondary & SEC_X2APIC))
        return X2APIC_PHYSICAL;
    switch (msr) {
    case APIC_TPR:
        return value >> 8 ? X2APIC_FAULT : X2APIC_TPR;
    case APIC_EOI:
        if (!vid)
            return X2APIC_PHYSICAL;
        return value ? X2APIC_FAULT : X2APIC_EOI;
    case APIC_SELF_IPI:
        if (!vid)
            return X2APIC_PHYSICAL;
        return value >> 8 ? X2APIC_FAULT : X2APIC_SELF_IPI;
    default:
        return X2APIC_PHYSICAL;
    }
}

bool x2apic_reads_page(uint32_t secondary, uint32_t msr)
{
    if (!(secondary & SEC_X2APIC) || msr < 0x800 || msr > 0x8ff)
        return false;
    return msr == APIC_TPR || (secondary & SEC_REGISTER_VIRT);
}

/* ---- On a core ---- */

static bool bitmap_exits(struct core *c, const struct vmcs *v, uint32_t msr, bool write)
{
    unsigned byte, bit;
    if (!vmx_proc(v, PROC_MSR_BITMAPS) || !x2apic_bitmap_byte(msr, write, &byte, &bit))
        return true;
    return core_hw_read(c, vmcs_get(v, VMCS_MSR_BITMAP) + byte, 1) >> bit & 1;
}

/* Writing begins: the boundary before the instruction, and the first change of state. */
static bool begin(struct core *c, uint32_t msr)
{
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    if (!core_point(c, &fp, POINT_BOUNDARY))
        return false;
    c->exec.spin_broken = 1; /* no part of what a round of a pause loop is compared by */
    machine_say(c->m, STEP_REGISTER, "guest WRMSR %#x, virtualized", msr);
    return true;
}

static void write_tpr(struct vmx *x, struct core *c, const struct insn *in, uint64_t value)
{
    core_hw_write(c, vid_page(x, c) + VAPIC_VTPR, 8, value);
    machine_say(x->m, STEP_REGISTER, "VTPR = %#llx", (unsigned long long)value);
    if (!vmx_virtualize_tpr(x, c, vmx_retire(c, in)))
        core_skip(c, in);
}

static void write_eoi(struct vmx *x, struct core *c, const struct insn *in)
{
    core_hw_write(c, vid_page(x, c) + VAPIC_VEOI, 8, 0);
    machine_say(x->m, STEP_REGISTER, "VEOI = 0");
    if (!vmx_virtualize_eoi(x, c, vmx_retire(c, in)))
        core_skip(c, in);
}

static void write_self_ipi(struct vmx *x, struct core *c, const struct insn *in, uint64_t value)
{
    unsigned vector = value & 0xff;
    core_hw_write(c, vid_page(x, c) + VAPIC_SELF_IPI, 8, value);
    if (vector < 16) {
        vmx_exit_trap(x, c, vmx_retire(c, in), EXIT_APIC_WRITE, VAPIC_SELF_IPI);
        return;
    }
    vmx_virtualize_self_ipi(x, c, vector);
    core_skip(c, in);
}

/* 29.5 of later editions, with the control "IPI virtualization". The mode of the physical APIC
 * does not matter; bit 12 is no reserved bit but keeps the interrupt from being posted. */
static void write_icr(struct vmx *x, struct core *c, const struct insn *in, uint64_t value)
{
    if (value & IPIV_ICR_RESERVED) {
        core_fault(c, VECTOR_GP, 0);
        return;
    }
    core_hw_write(c, vid_page(x, c) + IPIV_PAGE_OFFSET, 8, value);
    machine_say(x->m, STEP_REGISTER, "VICR = %#llx", (unsigned long long)value);
    if (ipiv_write_icr(x, c, (uint32_t)value, (uint32_t)(value >> 32)))
        core_skip(c, in);
    else
        vmx_exit_trap(x, c, vmx_retire(c, in), EXIT_APIC_WRITE, IPIV_PAGE_OFFSET);
}

/* As x2apic_judge_write(), and with the tertiary controls. */
static enum x2apic_write judge(const struct vmcs *v, uint32_t msr, uint64_t value)
{
    if (msr == APIC_ICR && vmx_sec(v, SEC_X2APIC) && ipiv_enabled(v))
        return X2APIC_ICR;
    return x2apic_judge_write(vmx_secondary(v), msr, value);
}

static bool guest_wrmsr(struct vmx *x, struct core *c, const struct insn *in, uint32_t msr)
{
    uint64_t value = (core_reg(c, UC_X86_REG_RAX) & 0xffffffff) |
                     core_reg(c, UC_X86_REG_RDX) << 32;
    enum x2apic_write what = judge(vmx_current(x, c->id), msr, value);
    if (what == X2APIC_PHYSICAL)
        return false;
    if (!begin(c, msr))
        return true;
    switch (what) {
    case X2APIC_TPR: write_tpr(x, c, in, value); break;
    case X2APIC_EOI: write_eoi(x, c, in); break;
    case X2APIC_ICR: write_icr(x, c, in, value); break;
    case X2APIC_SELF_IPI: write_self_ipi(x, c, in, value); break;
    default: core_fault(c, VECTOR_GP, 0); break;
    }
    return true;
}

static bool guest_rdmsr(struct vmx *x, struct core *c, const struct insn *in, uint32_t msr)
{
    if (!x2apic_reads_page(vmx_secondary(vmx_current(x, c->id)), msr))
        return false;
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return true;
    uint64_t value = core_hw_read(c, vid_page(x, c) + ((msr & 0xff) << 4), 8);
    c->exec.spin_broken = 1;
    core_set_reg(c, UC_X86_REG_RAX, value & 0xffffffff);
    core_set_reg(c, UC_X86_REG_RDX, value >> 32);
    core_skip(c, in);
    return true;
}

bool vmx_guest_msr(struct vmx *x, struct core *c, const struct insn *in, bool write)
{
    uint32_t msr = (uint32_t)core_reg(c, UC_X86_REG_RCX);
    if (bitmap_exits(c, vmx_current(x, c->id), msr, write)) {
        vmx_exit_instruction(x, c, in, write ? EXIT_WRMSR : EXIT_RDMSR, 0);
        return true;
    }
    return write ? guest_wrmsr(x, c, in, msr) : guest_rdmsr(x, c, in, msr);
}
