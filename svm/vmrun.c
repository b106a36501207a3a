/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMRUN (APM vol. 2, 15.5.1).
 *
 * In this order: the host's state goes to the host-save area, control and guest state are read from the VMCB (each
 * access visible where somebody else looks), they are checked, and the commit is one step (EVENT_VMRUN): from then
 * on the core is in guest mode and GIF is 1. Event injection follows, then the boundary before the first
 * guest instruction, where what is pending already is taken in its order (events.c).
 *
 * Left out: nested paging (guests are identity-mapped, as all cores are), debug registers, guests outside 64-bit
 * mode, SEV, TSC offsets that a guest would see. No translation is cached, so TLB_CONTROL shows in the
 * timeline alone.
 */
#include "svm/avic.h"
#include "svm/internal.h"

static const struct footprint nothing;

bool svm_operand(struct core *c, uint64_t *vmcb)
{
    *vmcb = core_reg(c, UC_X86_REG_RAX);
    if ((*vmcb & 0xfff) || *vmcb >> SVM_PHYSICAL_BITS) {
        core_fault(c, VECTOR_GP, 0);
        return false;
    }
    if (*vmcb >= c->m->memory.size)
        core_not_modelled(c, "a VMCB outside the machine's memory");
    return true;
}

static void require_host_save(struct svm *s, struct core *c)
{
    uint64_t page = svm_core(s, c)->hsave;
    if (!page) {
        machine_find(c->m, FINDING_BUG, "", "CPU%u: VMRUN at %#llx before VM_HSAVE_PA has been set", c->id,
                     (unsigned long long)c->exec.pc);
        core_end(c);
    }
    if (page >= c->m->memory.size)
        core_not_modelled(c, "a host-save area outside the machine's memory");
}

/* What the model cannot do although the checks pass. */
static void require_modelled(struct core *c, const struct vmcb_copy *g)
{
    uint64_t long_mode = EFER_LME | EFER_LMA;
    bool attributes_l = vmcb_get(g, VMCB_CS_ATTRIBUTES) >> 9 & 1;
    if ((vmcb_get(g, VMCB_EFER) & long_mode) != long_mode || !(vmcb_get(g, VMCB_CR0) & CR0_PG) ||
        !attributes_l || vmcb_get(g, VMCB_CPL))
        core_not_modelled(c, "VMRUN of a guest outside 64-bit mode at CPL 0");
    if (vmcb_get(g, VMCB_NP_CONTROL) & NP_SEV)
        core_not_modelled(c, "VMRUN with SEV");
    if (svm_intercepts(g, VMEXIT_MSR) && vmcb_get(g, VMCB_MSRPM_BASE) + 8192 > c->m->memory.size)
        core_not_modelled(c, "VMRUN with an MSRPM outside the machine's memory");
    if (svm_intercepts(g, VMEXIT_IOIO) && vmcb_get(g, VMCB_IOPM_BASE) + 12288 > c->m->memory.size)
        core_not_modelled(c, "VMRUN with an IOPM outside the machine's memory");
}

static void load_state(struct core *c, const struct vmcb_copy *g)
{
    struct core_state *t = c->state;
    uint64_t flags = vmcb_get(g, VMCB_RFLAGS);
    t->cs = (uint16_t)vmcb_get(g, VMCB_CS);
    t->ss = (uint16_t)vmcb_get(g, VMCB_SS);
    t->gdt_limit = (uint32_t)vmcb_get(g, VMCB_GDTR_LIMIT);
    t->gdt_base = vmcb_get(g, VMCB_GDTR_BASE);
    t->idt_limit = (uint32_t)vmcb_get(g, VMCB_IDTR_LIMIT);
    t->idt_base = vmcb_get(g, VMCB_IDTR_BASE);
    t->efer = vmcb_get(g, VMCB_EFER);
    t->cr0 = vmcb_get(g, VMCB_CR0);
    t->cr2 = vmcb_get(g, VMCB_CR2);
    t->cr3 = vmcb_get(g, VMCB_CR3);
    t->cr4 = vmcb_get(g, VMCB_CR4);
    t->interrupt_flag = !!(flags & RFLAGS_IF);
    t->activity = ACTIVITY_ACTIVE;
    core_set_shadow(c, vmcb_get(g, VMCB_INT_STATE) & INT_SHADOW ? SHADOW_STI : 0);
    core_set_reg(c, UC_X86_REG_EFLAGS, flags | RFLAGS_FIXED);
    core_set_reg(c, UC_X86_REG_RSP, vmcb_get(g, VMCB_RSP));
    core_set_reg(c, UC_X86_REG_RAX, vmcb_get(g, VMCB_RAX));
    core_jump(c, vmcb_get(g, VMCB_RIP));
}

static void say_tlb(struct core *c, const struct vmcb_copy *g)
{
    switch (vmcb_get(g, VMCB_TLB_CONTROL)) {
    case TLB_NOTHING: break;
    case TLB_FLUSH_ALL: machine_say(c->m, STEP_SVM, "TLB: all flushed"); break;
    case TLB_FLUSH_ASID: machine_say(c->m, STEP_SVM, "TLB: this ASID flushed"); break;
    case TLB_FLUSH_ASID_LOCAL: machine_say(c->m, STEP_SVM, "TLB: this ASID flushed, not global pages"); break;
    default: machine_say(c->m, STEP_SVM, "TLB_CONTROL is reserved"); break;
    }
}

/* The contexts that a guest was left with, of this VMCB. */
struct guest_contexts *svm_contexts(struct svm *s, struct core *c, uint64_t vmcb)
{
    struct svm_guest *free_one = NULL;
    for (unsigned i = 0; i < 2 * s->m->cores; i++) {
        if (s->guests[i].used && s->guests[i].vmcb == vmcb)
            return &s->guests[i].contexts;
        if (!s->guests[i].used && !free_one)
            free_one = &s->guests[i];
    }
    if (!free_one)
        core_not_modelled(c, "more VMCBs than two a core");
    free_one->used = 1;
    free_one->vmcb = vmcb;
    return &free_one->contexts;
}

static void commit(struct svm *s, struct core *c, const struct vmcb_copy *g)
{
    struct svm_core *k = svm_core(s, c);
    require_modelled(c, g);
    core_enter_guest(c, svm_contexts(s, c, g->address));
    load_state(c, g);
    k->current = (uint8_t)(g - k->copy + 1);
    c->state->non_root = 1;
    avic_begin(s, c);
    c->state->held = 0; /* 15.17: VMRUN sets GIF */
    c->exec.spin_broken = 1;
    c->state->cycles += SVM_VMRUN_CYCLES;
    machine_say(s->m, STEP_SVM, "guest mode");
    say_tlb(c, g);
}

static void fail(struct svm *s, struct core *c, uint64_t vmcb, const char *rule)
{
    if (!s->failure_is_result) {
        machine_find(s->m, FINDING_ENTRY, "VM entry", "CPU%u: VMRUN fails: must hold: %s", c->id, rule);
        core_end(c);
    }
    machine_say(s->m, STEP_SVM, "VMRUN fails: must hold: %s", rule);
    svm_exit_invalid(s, c, vmcb);
}

/* What is pending comes before the first guest instruction. */
static void enter(struct svm *s, struct core *c, const struct vmcb_copy *g)
{
    struct svm_core *k = svm_core(s, c);
    commit(s, c, g);
    k->at_entry = 1;
    svm_inject(s, c, g);
    k->at_entry = 0;
    if (!c->state->non_root) /* the delivery has led to an exit */
        return;
    if (avic_on(g))
        avic_enter(s, c);
    core_point(c, &nothing, POINT_BOUNDARY);
}

void svm_vmrun(struct svm *s, struct core *c, const struct insn *in)
{
    struct svm_core *k = svm_core(s, c);
    uint64_t vmcb;
    struct footprint fp;
    if (!core_point(c, &nothing, POINT_BOUNDARY | core_drain_flag(c, KNOB_VMRUN_DRAINS)))
        return;
    if (!svm_operand(c, &vmcb))
        return;
    require_host_save(s, c);
    machine_say(s->m, STEP_SVM, "VMRUN: saves the host, reads the VMCB");
    k->host_if = c->state->interrupt_flag;
    k->host_sti = !!(c->state->shadow & SHADOW_STI);
    svm_save_host(s, c, in->address + in->length);
    const struct vmcb_copy *g = svm_load(s, c, vmcb);
    const char *rule = svm_check(s, c, g);
    footprint_clear(&fp);
    svm_footprint(c, &fp);
    fp.events = rule ? 0 : EVENT_VMRUN;
    core_point(c, &fp, 0);
    if (rule)
        fail(s, c, vmcb, rule);
    else
        enter(s, c, g);
}
