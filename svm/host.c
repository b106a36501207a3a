/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host state: what VMRUN saves to the page at VM_HSAVE_PA and #VMEXIT loads from it, and what VMLOAD and VMSAVE
 * move (APM vol. 2, 15.5.1, 15.5.2, 15.6, 15.30.4).
 *
 * The format of the host-save area is the processor's own; here it is that of a VMCB's save area. Two cores that
 * share a page lose each other's state, as on hardware. Left out: what these cores have no state of (ES, DS, LDTR,
 * selectors of FS and GS, STAR and its like, SYSENTER); VMSAVE leaves such fields as they are.
 */
#include "svm/internal.h"

static uint64_t flags_with_if(struct core *c)
{
    uint64_t flags = core_reg(c, UC_X86_REG_EFLAGS) & ~(uint64_t)RFLAGS_IF;
    return flags | RFLAGS_FIXED | (c->state->interrupt_flag ? RFLAGS_IF : 0);
}

void svm_save_host(struct svm *s, struct core *c, uint64_t next_rip)
{
    const struct core_state *t = c->state;
    const struct {
        enum vmcb_field field;
        uint64_t value;
    } saved[] = {
        {VMCB_CS, t->cs}, {VMCB_SS, t->ss},
        {VMCB_GDTR_LIMIT, t->gdt_limit}, {VMCB_GDTR_BASE, t->gdt_base},
        {VMCB_IDTR_LIMIT, t->idt_limit}, {VMCB_IDTR_BASE, t->idt_base},
        {VMCB_EFER, t->efer}, {VMCB_CR0, t->cr0}, {VMCB_CR3, t->cr3}, {VMCB_CR4, t->cr4},
        {VMCB_RFLAGS, flags_with_if(c)}, {VMCB_RIP, next_rip},
        {VMCB_RSP, core_reg(c, UC_X86_REG_RSP)}, {VMCB_RAX, core_reg(c, UC_X86_REG_RAX)},
    };
    for (unsigned i = 0; i < sizeof saved / sizeof *saved; i++)
        svm_write_field(c, KNOB_VMRUN_DRAINS, svm_core(s, c)->hsave, saved[i].field, saved[i].value);
}

/* 15.6: CR0.PE is forced to 1. */
void svm_load_host(struct svm *s, struct core *c)
{
    struct core_state *t = c->state;
    uint64_t page = svm_core(s, c)->hsave;
    t->cs = (uint16_t)svm_read_field(c, page, VMCB_CS);
    t->ss = (uint16_t)svm_read_field(c, page, VMCB_SS);
    t->gdt_limit = (uint32_t)svm_read_field(c, page, VMCB_GDTR_LIMIT);
    t->gdt_base = svm_read_field(c, page, VMCB_GDTR_BASE);
    t->idt_limit = (uint32_t)svm_read_field(c, page, VMCB_IDTR_LIMIT);
    t->idt_base = svm_read_field(c, page, VMCB_IDTR_BASE);
    t->efer = svm_read_field(c, page, VMCB_EFER);
    t->cr0 = svm_read_field(c, page, VMCB_CR0) | CR0_PE;
    t->cr3 = svm_read_field(c, page, VMCB_CR3);
    t->cr4 = svm_read_field(c, page, VMCB_CR4);
    uint64_t flags = svm_read_field(c, page, VMCB_RFLAGS);
    uint64_t rip = svm_read_field(c, page, VMCB_RIP);
    uint64_t rsp = svm_read_field(c, page, VMCB_RSP);
    uint64_t rax = svm_read_field(c, page, VMCB_RAX);
    t->interrupt_flag = !!(flags & RFLAGS_IF);
    core_set_shadow(c, 0);
    core_set_reg(c, UC_X86_REG_EFLAGS, flags);
    core_set_reg(c, UC_X86_REG_RSP, rsp);
    core_set_reg(c, UC_X86_REG_RAX, rax);
    core_jump(c, rip);
}

/* ---- VMLOAD and VMSAVE ---- */

static uint64_t at(uint64_t vmcb, size_t member)
{
    return vmcb + offsetof(struct vmcb, save) + member;
}

static void save_state(struct core *c, uint64_t vmcb)
{
    const struct core_state *t = c->state;
    core_hw_store(c, at(vmcb, offsetof(struct vmcb_save, fs.base)), 8, core_reg(c, UC_X86_REG_FS_BASE));
    core_hw_store(c, at(vmcb, offsetof(struct vmcb_save, gs.base)), 8, core_reg(c, UC_X86_REG_GS_BASE));
    core_hw_store(c, at(vmcb, offsetof(struct vmcb_save, tr.selector)), 2, t->tr);
    core_hw_store(c, at(vmcb, offsetof(struct vmcb_save, tr.limit)), 4, t->tr_limit);
    core_hw_store(c, at(vmcb, offsetof(struct vmcb_save, tr.base)), 8, t->tr_base);
}

static void load_state(struct core *c, uint64_t vmcb)
{
    struct core_state *t = c->state;
    uint64_t fs = core_hw_read(c, at(vmcb, offsetof(struct vmcb_save, fs.base)), 8);
    uint64_t gs = core_hw_read(c, at(vmcb, offsetof(struct vmcb_save, gs.base)), 8);
    core_set_reg(c, UC_X86_REG_FS_BASE, fs);
    core_set_reg(c, UC_X86_REG_GS_BASE, gs);
    t->tr = (uint16_t)core_hw_read(c, at(vmcb, offsetof(struct vmcb_save, tr.selector)), 2);
    t->tr_limit = (uint32_t)core_hw_read(c, at(vmcb, offsetof(struct vmcb_save, tr.limit)), 4);
    t->tr_base = core_hw_read(c, at(vmcb, offsetof(struct vmcb_save, tr.base)), 8);
}

/* An interrupt before it is delivered by the old TSS, one behind it by the new. Where GIF is 0, as VMMs have it here,
 * none comes in between: the boundaries of CLGI and behind STGI are what is left. */
void svm_vmload(struct svm *s, struct core *c, const struct insn *in, bool save)
{
    static const struct footprint nothing;
    uint64_t vmcb;
    if (!c->cpu->in_setup && !c->state->held)
        machine_observe(c->m, c->id);
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return;
    if (!svm_operand(c, &vmcb))
        return;
    c->state->cycles += SVM_VMLOAD_CYCLES;
    if (save)
        save_state(c, vmcb);
    else
        load_state(c, vmcb);
    machine_say(s->m, STEP_SVM, save ? "VMSAVE" : "VMLOAD");
    core_skip(c, in);
}
