/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * #VMEXIT (APM vol. 2, 15.6, 15.7).
 *
 * It begins with one step, in which GIF becomes 0 and guest mode ends; what follows are the accesses to the
 * VMCB, in the order of the manual, and to the host-save area, each a step where others look. No event can
 * come in between. V_IRQ, V_INTR_MASKING and the ASID of the guest end with guest mode.
 */
#include "svm/avic.h"
#include "svm/internal.h"

static void write_field(struct core *c, struct vmcb_copy *g, enum vmcb_field f, uint64_t value)
{
    vmcb_set(g, f, value);
    svm_write_field(c, KNOB_VMEXIT_DRAINS, g->address, f, value);
}

static void write_word(struct core *c, const struct vmcb_copy *g, size_t offset, uint64_t value)
{
    svm_write(c, KNOB_VMEXIT_DRAINS, g->address + offset, 8, value);
}

static void write_codes(struct core *c, struct vmcb_copy *g, const struct svm_exit *e, uint32_t info,
                        uint32_t error)
{
    write_word(c, g, offsetof(struct vmcb, control.exit_code), e->code);
    write_word(c, g, offsetof(struct vmcb, control.exit_info_1), e->info1);
    write_word(c, g, offsetof(struct vmcb, control.exit_info_2), e->info2);
    write_word(c, g, offsetof(struct vmcb, control.exit_int_info), (uint64_t)error << 32 | info);
    /* 15.20: the injection is done, or the event is in EXITINTINFO. */
    write_field(c, g, VMCB_EVENT_INJ, vmcb_get(g, VMCB_EVENT_INJ) & ~(uint64_t)EVENT_VALID);
}

/* 15.7.1: of 060h only what the guest changes is written; the rest is software's. */
static void write_virtual(const struct svm *s, struct core *c, struct vmcb_copy *g, uint64_t nrip, bool shadow)
{
    if (svm_offers(s, SVM_DECODE_ASSISTS)) /* 15.8.4: no instruction bytes but with a page fault */
        svm_write(c, KNOB_VMEXIT_DRAINS, g->address + offsetof(struct vmcb, control.fetched), 1, 0);
    write_field(c, g, VMCB_NRIP, nrip);
    svm_write(c, KNOB_VMEXIT_DRAINS, g->address + offsetof(struct vmcb, control.int_ctl), 2,
              vmcb_get(g, VMCB_INT_CTL) & 0xffff);
    write_field(c, g, VMCB_INT_STATE,
                (vmcb_get(g, VMCB_INT_STATE) & ~(uint64_t)INT_SHADOW) | (shadow ? INT_SHADOW : 0));
}

static void write_state(struct core *c, struct vmcb_copy *g, uint64_t rip)
{
    const struct core_state *t = c->state;
    uint64_t flags = core_reg(c, UC_X86_REG_EFLAGS) & ~(uint64_t)RFLAGS_IF;
    write_field(c, g, VMCB_CS, t->cs);
    write_field(c, g, VMCB_SS, t->ss);
    write_field(c, g, VMCB_GDTR_LIMIT, t->gdt_limit);
    write_field(c, g, VMCB_GDTR_BASE, t->gdt_base);
    write_field(c, g, VMCB_IDTR_LIMIT, t->idt_limit);
    write_field(c, g, VMCB_IDTR_BASE, t->idt_base);
    write_field(c, g, VMCB_EFER, t->efer);
    write_field(c, g, VMCB_CR0, t->cr0);
    write_field(c, g, VMCB_CR2, t->cr2);
    write_field(c, g, VMCB_CR3, t->cr3);
    write_field(c, g, VMCB_CR4, t->cr4);
    write_field(c, g, VMCB_RFLAGS, flags | RFLAGS_FIXED | (t->interrupt_flag ? RFLAGS_IF : 0));
    write_field(c, g, VMCB_RIP, rip);
    write_field(c, g, VMCB_RSP, core_reg(c, UC_X86_REG_RSP));
    write_field(c, g, VMCB_RAX, core_reg(c, UC_X86_REG_RAX));
    write_field(c, g, VMCB_CPL, 0);
}

/* What the guest's INTERRUPT_SHADOW is; right behind VMRUN the host's may show. */
static bool saved_shadow(struct svm *s, struct core *c)
{
    const struct svm_core *k = svm_core(s, c);
    if (k->at_entry && k->host_sti && knob_value(&c->m->knobs, KNOB_VMRUN_STI_SHADOW) == 0)
        return true;
    return c->state->shadow;
}

static void say(struct svm *s, const struct svm_exit *e)
{
    if (e->code >= VMEXIT_EXCP0 && e->code < VMEXIT_INTR)
        machine_say(s->m, STEP_SVM, "#VMEXIT: %s, vector %#x", vmexit_name(e->code),
                    (unsigned)(e->code - VMEXIT_EXCP0));
    else
        machine_say(s->m, STEP_SVM, "#VMEXIT: %s", vmexit_name(e->code));
}

/* 15.6: the mode changes first. */
static void end_guest_mode(struct svm *s, struct core *c, const struct vmcb_copy *g)
{
    c->state->held = 1;
    c->state->non_root = 0;
    c->state->access_page = 0;
    avic_end(s, c);
    c->state->activity = ACTIVITY_ACTIVE;
    c->exec.after = 0;
    c->exec.spin_broken = 1;
    c->state->cycles += SVM_VMEXIT_CYCLES;
    svm_core(s, c)->current = 0;
    core_leave_guest(c, svm_contexts(s, c, g->address));
}

void svm_leave(struct svm *s, struct core *c, const struct svm_exit *e)
{
    struct vmcb_copy *g = svm_current(s, c);
    uint32_t error, info = svm_exit_int_info(s, c, &error);
    bool shadow = saved_shadow(s, c);
    assert(c->state->non_root);
    say(s, e);
    end_guest_mode(s, c, g);
    write_codes(c, g, e, info, error);
    write_virtual(s, c, g, svm_offers(s, SVM_NRIPS) ? e->nrip : 0, shadow);
    write_state(c, g, e->rip);
    svm_load_host(s, c);
}

void svm_exit_invalid(struct svm *s, struct core *c, uint64_t vmcb)
{
    struct svm_exit e = {.code = VMEXIT_INVALID};
    assert(!c->state->non_root);
    say(s, &e);
    c->state->held = 1;
    c->exec.spin_broken = 1;
    c->state->cycles += SVM_VMEXIT_CYCLES;
    svm_write(c, KNOB_VMEXIT_DRAINS, vmcb + offsetof(struct vmcb, control.exit_code), 8, e.code);
    svm_load_host(s, c);
}

/* The step of an exit that no boundary precedes. */
static void exit_point(struct core *c)
{
    struct footprint fp;
    footprint_clear(&fp);
    svm_footprint(c, &fp);
    core_point(c, &fp, core_drain_flag(c, KNOB_VMEXIT_DRAINS));
}

void svm_exit_instruction(struct svm *s, struct core *c, const struct insn *in, uint64_t code, uint64_t info1,
                          uint64_t info2)
{
    struct footprint fp;
    footprint_clear(&fp);
    svm_footprint(c, &fp);
    if (!core_point(c, &fp, POINT_BOUNDARY | core_drain_flag(c, KNOB_VMEXIT_DRAINS)))
        return;
    svm_leave(s, c, &(struct svm_exit){code, info1, info2, in->address, in->address + in->length});
}

/* Before the first instruction it is where VMRUN has set it, whatever was being delivered. */
void svm_exit(struct svm *s, struct core *c, uint64_t code, uint64_t info1, uint64_t info2)
{
    bool at_entry = svm_core(s, c)->at_entry;
    exit_point(c);
    uint64_t rip = at_entry ? vmcb_get(svm_current(s, c), VMCB_RIP) : core_interrupted_rip(c);
    svm_leave(s, c, &(struct svm_exit){code, info1, info2, rip, 0});
}

void svm_exit_trap(struct svm *s, struct core *c, uint64_t next_rip, uint64_t code, uint64_t info1,
                   uint64_t info2)
{
    exit_point(c);
    svm_leave(s, c, &(struct svm_exit){code, info1, info2, next_rip, 0});
}

/* 15.12: an exception that is intercepted has not happened; #PF leaves the address in EXITINFO2. */
bool svm_exception(void *virt, struct core *c, unsigned vector, bool has_error, uint32_t error)
{
    struct svm *s = virt;
    assert(vector < 32);
    if (!c->state->non_root || !(vmcb_get(svm_current(s, c), VMCB_INTERCEPT_EXCEPTIONS) >> vector & 1))
        return false;
    svm_exit(s, c, VMEXIT_EXCP0 + vector, has_error ? error : 0,
             vector == VECTOR_PF ? c->state->cr2 : 0);
    return true;
}

/* 15.14.3: without the intercept the processor shuts down, and nothing of the machine goes on. */
void svm_triple_fault(void *virt, struct core *c)
{
    struct svm *s = virt;
    if (!svm_intercepts(svm_current(s, c), VMEXIT_SHUTDOWN))
        core_not_modelled(c, "shutdown of a guest that is not intercepted");
    svm_exit(s, c, VMEXIT_SHUTDOWN, 0, 0);
}
