/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX instructions in VMX root operation, and what instructions of a guest do that may leave it.
 * After the SDM vol. 3, chapter 30 and 25.1; vol. 3, 23.7 and 23.8 for VMXON.
 *
 * VMREAD, VMWRITE and VMPTRST touch only what belongs to the core and are no visible steps.
 * INVEPT and INVVPID succeed and only serialize: no translation is cached. Left out: SMM, VMFUNC,
 * shadow VMCSs, privilege levels other than 0.
 */
#include "vmx/internal.h"

enum { CR4_VMXE = 1 << 13 };

static void set_flags(struct core *c, uint64_t flags)
{
    const uint64_t arithmetic =
        RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF;
    assert(!(flags & ~arithmetic));
    uint64_t old = core_reg(c, UC_X86_REG_EFLAGS) & ~arithmetic;
    core_set_reg(c, UC_X86_REG_EFLAGS, old | flags);
}

void vmx_succeed(struct core *c)
{
    set_flags(c, 0);
}

void vmx_fail(struct vmx *x, struct core *c, enum vm_error error)
{
    struct vmcs *v = vmx_current(x, c->id);
    if (!v) { /* VMfailInvalid */
        set_flags(c, RFLAGS_CF);
        machine_say(x->m, STEP_VMX, "VMfailInvalid");
        return;
    }
    set_flags(c, RFLAGS_ZF); /* VMfailValid */
    vmcs_set(v, VMCS_INSTRUCTION_ERROR, error);
    machine_say(x->m, STEP_VMX, "VMfailValid, error %u", error);
}

static void complete(struct vmx *x, struct core *c, const struct insn *in, unsigned error)
{
    if (error)
        vmx_fail(x, c, (enum vm_error)error);
    else
        vmx_succeed(c);
    core_skip(c, in);
}

static bool region_valid(const struct core *c, uint64_t address)
{
    return !(address & 0xfff) && address < c->m->memory.size;
}

/* Boundary and step of an instruction that changes which VMCS is where. */
static bool point(struct core *c, uint64_t region)
{
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    footprint_add(&fp, resource_make(RES_CONTROL, 1ull << 48 | region >> 12), ACCESS_WRITE);
    return core_point(c, &fp, POINT_BOUNDARY);
}

static void vmxon(struct vmx *x, struct core *c, const struct insn *in)
{
    struct vmx_core *k = vmx_core(x, c);
    uint64_t fixed = vmx_capability(MSR_VMX_CR0_FIXED0);
    if (!(c->state->cr4 & CR4_VMXE)) {
        core_fault(c, VECTOR_UD, 0);
        return;
    }
    bool allowed = (k->feature_control & FEATURE_LOCKED) && (k->feature_control & FEATURE_VMXON);
    if (!k->on && (!allowed || (c->state->cr0 & fixed) != fixed)) {
        core_fault(c, VECTOR_GP, 0);
        return;
    }
    uint64_t region = core_operand_read(c, in, 0);
    if (!point(c, region))
        return;
    if (k->on) {
        complete(x, c, in, VM_ERROR_VMXON_IN_ROOT);
        return;
    }
    if (!region_valid(c, region) || core_hw_read(c, region, 4) != VMX_REVISION) {
        complete(x, c, in, VM_ERROR_VMPTRLD_REVISION); /* VMfailInvalid: there is no VMCS */
        return;
    }
    k->on = 1;
    k->current = 0;
    k->vmxon_address = region;
    machine_say(x->m, STEP_VMX, "VMXON");
    complete(x, c, in, 0);
}

static void vmxoff(struct vmx *x, struct core *c, const struct insn *in)
{
    struct vmx_core *k = vmx_core(x, c);
    if (!point(c, k->vmxon_address))
        return;
    k->on = 0;
    k->current = 0;
    machine_say(x->m, STEP_VMX, "VMXOFF");
    vmx_succeed(c);
    core_skip(c, in);
}

/* A VMCS of the table, which must not be active on another core (SDM vol. 3, 24.11.1). */
static struct vmcs *region_of(struct vmx *x, struct core *c, uint64_t region)
{
    struct vmcs *v = vmcs_find(x->vmcs, x->vmcs_count, region);
    if (!v)
        core_not_modelled(c, "more VMCSs than two a core");
    if (v->active_on && v->active_on != c->id + 1) {
        machine_find(x->m, FINDING_BUG, "",
                     "CPU%u: VMCS %#llx is still active on CPU%d (VMCLEAR is missing there)",
                     c->id, (unsigned long long)region, v->active_on - 1);
        core_end(c);
    }
    return v;
}

static void vmclear(struct vmx *x, struct core *c, const struct insn *in)
{
    struct vmx_core *k = vmx_core(x, c);
    uint64_t region = core_operand_read(c, in, 0);
    if (!point(c, region))
        return;
    if (!region_valid(c, region) || region == k->vmxon_address) {
        bool own = region == k->vmxon_address;
        complete(x, c, in, own ? VM_ERROR_VMCLEAR_VMXON_POINTER : VM_ERROR_VMCLEAR_ADDRESS);
        return;
    }
    struct vmcs *v = region_of(x, c, region);
    v->launch = VMCS_CLEAR;
    v->active_on = 0;
    if (vmx_current(x, c->id) == v)
        k->current = 0;
    machine_say(x->m, STEP_VMX, "VMCLEAR");
    complete(x, c, in, 0);
}

static unsigned load_error(struct core *c, const struct vmx_core *k, uint64_t region)
{
    if (!region_valid(c, region))
        return VM_ERROR_VMPTRLD_ADDRESS;
    if (region == k->vmxon_address)
        return VM_ERROR_VMPTRLD_VMXON_POINTER;
    if (core_hw_read(c, region, 4) != VMX_REVISION)
        return VM_ERROR_VMPTRLD_REVISION;
    return 0;
}

static void vmptrld(struct vmx *x, struct core *c, const struct insn *in)
{
    struct vmx_core *k = vmx_core(x, c);
    uint64_t region = core_operand_read(c, in, 0);
    if (!point(c, region))
        return;
    unsigned error = load_error(c, k, region);
    if (!error) {
        struct vmcs *v = region_of(x, c, region);
        v->active_on = (uint8_t)(c->id + 1);
        k->current = (uint8_t)(v - x->vmcs + 1);
        machine_say(x->m, STEP_VMX, "VMPTRLD");
    }
    complete(x, c, in, error);
}

static void vmptrst(struct vmx *x, struct core *c, const struct insn *in)
{
    const struct vmcs *v = vmx_current(x, c->id);
    core_operand_write(c, in, 0, v ? v->address : ~0ull);
    complete(x, c, in, 0);
}

static void vmread(struct vmx *x, struct core *c, const struct insn *in)
{
    const struct vmcs *v = vmx_current(x, c->id);
    uint64_t value = 0;
    unsigned error = VM_ERROR_UNSUPPORTED_FIELD;
    if (v)
        error = vmcs_access_read(v, core_operand_read(c, in, 1), &value);
    if (!error)
        core_operand_write(c, in, 0, value);
    complete(x, c, in, error);
}

static void vmwrite(struct vmx *x, struct core *c, const struct insn *in)
{
    struct vmcs *v = vmx_current(x, c->id);
    unsigned error = VM_ERROR_UNSUPPORTED_FIELD;
    if (v)
        error = vmcs_access_write(v, core_operand_read(c, in, 0), core_operand_read(c, in, 1));
    complete(x, c, in, error);
}

/* SDM vol. 3, 8.3: INVEPT and INVVPID are serializing. */
static void invalidate(struct vmx *x, struct core *c, const struct insn *in)
{
    static const struct footprint nothing;
    if (core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED))
        complete(x, c, in, 0);
}

bool vmx_root_instruction(struct vmx *x, struct core *c, const struct insn *in)
{
    assert(in->kind == INSN_VMX);
    if (in->id != X86_INS_VMXON && !vmx_core(x, c)->on) {
        core_fault(c, VECTOR_UD, 0); /* outside VMX operation */
        return true;
    }
    switch (in->id) {
    case X86_INS_VMXON: vmxon(x, c, in); break;
    case X86_INS_VMXOFF: vmxoff(x, c, in); break;
    case X86_INS_VMCLEAR: vmclear(x, c, in); break;
    case X86_INS_VMPTRLD: vmptrld(x, c, in); break;
    case X86_INS_VMPTRST: vmptrst(x, c, in); break;
    case X86_INS_VMREAD: vmread(x, c, in); break;
    case X86_INS_VMWRITE: vmwrite(x, c, in); break;
    case X86_INS_VMLAUNCH: vmx_enter(x, c, in, true); break;
    case X86_INS_VMRESUME: vmx_enter(x, c, in, false); break;
    case X86_INS_VMCALL: complete(x, c, in, VM_ERROR_VMCALL_IN_ROOT); break;
    case X86_INS_INVEPT:
    case X86_INS_INVVPID: invalidate(x, c, in); break;
    default: return false;
    }
    return true;
}

/* ---- Guest mode ---- */

static unsigned vmx_reason(const struct insn *in)
{
    switch (in->id) {
    case X86_INS_VMCALL: return EXIT_VMCALL;
    case X86_INS_VMCLEAR: return EXIT_VMCLEAR;
    case X86_INS_VMLAUNCH: return EXIT_VMLAUNCH;
    case X86_INS_VMPTRLD: return EXIT_VMPTRLD;
    case X86_INS_VMPTRST: return EXIT_VMPTRST;
    case X86_INS_VMREAD: return EXIT_VMREAD;
    case X86_INS_VMRESUME: return EXIT_VMRESUME;
    case X86_INS_VMWRITE: return EXIT_VMWRITE;
    case X86_INS_VMXOFF: return EXIT_VMXOFF;
    case X86_INS_VMXON: return EXIT_VMXON;
    case X86_INS_INVEPT: return EXIT_INVEPT;
    case X86_INS_INVVPID: return EXIT_INVVPID;
    default: return 0;
    }
}

static bool exit_if(struct vmx *x, struct core *c, const struct insn *in, bool exits,
                    unsigned reason)
{
    if (exits)
        vmx_exit_instruction(x, c, in, reason, 0);
    return exits;
}

static bool refuse_if(struct core *c, bool exits, const char *what)
{
    if (exits)
        core_not_modelled(c, what);
    return false;
}

static bool guest_vmx(struct vmx *x, struct core *c, const struct insn *in)
{
    unsigned reason = vmx_reason(in);
    if (!reason)
        core_not_modelled(c, "VMX instruction in the guest");
    /* VMREAD and VMWRITE exit always: VMCS shadowing is not allowed. */
    return exit_if(x, c, in, true, reason);
}

bool vmx_guest_instruction(struct vmx *x, struct core *c, const struct insn *in)
{
    const struct vmcs *v = vmx_current(x, c->id);
    switch (in->kind) {
    case INSN_RDMSR: return vmx_guest_msr(x, c, in, false);
    case INSN_WRMSR: return vmx_guest_msr(x, c, in, true);
    case INSN_VMX: return guest_vmx(x, c, in);
    case INSN_CPUID: return exit_if(x, c, in, true, EXIT_CPUID); /* 25.1.2: always */
    case INSN_HLT: return exit_if(x, c, in, vmx_proc(v, PROC_HLT), EXIT_HLT);
    case INSN_PAUSE: return exit_if(x, c, in, vmx_proc(v, PROC_PAUSE), EXIT_PAUSE);
    case INSN_RDTSC: return exit_if(x, c, in, vmx_proc(v, PROC_RDTSC), EXIT_RDTSC);
    case INSN_IN:
    case INSN_OUT: return refuse_if(c, vmx_proc(v, PROC_IO), "I/O exiting");
    case INSN_INVLPG: return refuse_if(c, vmx_proc(v, PROC_INVLPG), "INVLPG exiting");
    case INSN_WBINVD: return refuse_if(c, vmx_sec(v, SEC_WBINVD), "WBINVD exiting");
    case INSN_LGDT:
    case INSN_LIDT:
    case INSN_LTR:
        return refuse_if(c, vmx_sec(v, SEC_DESCRIPTOR_TABLE), "descriptor-table exiting");
    case INSN_MOV_CR: return vmx_guest_mov_cr(x, c, in);
    default: return false;
    }
}
