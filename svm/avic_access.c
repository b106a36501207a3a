/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses of a guest to the registers of its virtual APIC: to the page of APIC_BAR with xAVIC, by RDMSR and WRMSR with
 * x2AVIC. After the APM vol. 2 (rev. 3.44), 15.29.3.1, 15.29.8.1, 15.29.9.2,
 * 15.29.10.
 *
 * What completes is an ordinary load or store of the backing page, which is write-back memory; what the register
 * does follows behind the instruction. A trap is an exit there, a fault one before the access. The order for MSRs is
 * permission map (msr.c), faults of an x2APIC, table.
 *
 * Left out: accesses that are not within the low four bytes of a register, whose result is undefined; fetches from the
 * page and deliveries that use it; operands of system instructions that lie there; permissions of nested paging.
 */
#include "lapic/apic_regs.h"
#include "svm/avic_internal.h"

static const struct footprint nothing;

enum { LVT_TIMER_MODE = 3 << 17, LVT_TIMER_DEADLINE = 2 << 17 };

/* ---- Leaving ---- */

/* The end of the instruction that the core stands at. */
static uint64_t behind(struct core *c)
{
    return c->exec.pc + decoder_lookup(&c->cpu->decoder, c->exec.pc)->length;
}

static uint64_t nrip(struct core *c, uint64_t next_rip)
{
    return knob_value(&c->m->knobs, KNOB_AVIC_NRIP) == 1 ? next_rip : 0;
}

void avic_exit(struct svm *s, struct core *c, uint64_t next_rip, uint64_t code, uint64_t info1,
               uint64_t info2)
{
    struct footprint fp;
    footprint_clear(&fp);
    svm_footprint(c, &fp);
    core_point(c, &fp, core_drain_flag(c, KNOB_VMEXIT_DRAINS));
    svm_leave(s, c, &(struct svm_exit){code, info1, info2, next_rip, nrip(c, next_rip)});
}

void avic_trap(struct svm *s, struct core *c, unsigned offset, unsigned vector, uint64_t next_rip)
{
    avic_exit(s, c, next_rip, VMEXIT_AVIC_NOACCEL, avic_noaccel_info(offset, true), vector);
}

/* Before the access; an event may come first. */
static void fault(struct svm *s, struct core *c, unsigned offset, bool write, unsigned vector,
                  unsigned flags)
{
    struct footprint fp;
    footprint_clear(&fp);
    svm_footprint(c, &fp);
    if (!core_point(c, &fp, flags | core_drain_flag(c, KNOB_VMEXIT_DRAINS)))
        return;
    svm_leave(s, c, &(struct svm_exit){VMEXIT_AVIC_NOACCEL, avic_noaccel_info(offset, write), vector,
                                       core_interrupted_rip(c), nrip(c, behind(c))});
}

/* ---- What a write does ---- */

/* An EOI of a level-triggered interrupt may be a fault. */
static bool eoi_faults(struct svm *s, struct core *c)
{
    return c->m->knobs.value[KNOB_AVIC_LEVEL_EOI] == 2 && avic_level_in_service(s, c) &&
           knob_value(&c->m->knobs, KNOB_AVIC_LEVEL_EOI) == 2;
}

static uint64_t read_icr(struct svm *s, struct core *c)
{
    uint64_t page = avic_page(s, c);
    uint64_t low = core_hw_read(c, page + VAPIC_VICR_LO, 4);
    return core_hw_read(c, page + VAPIC_VICR_HI, 4) << 32 | low;
}

/* The register has been written. True: the guest has been left. */
static bool perform(struct svm *s, struct core *c, unsigned offset, enum avic_action action,
                    uint64_t next_rip)
{
    uint64_t page = avic_page(s, c);
    if (action == AVIC_TRAP) {
        avic_trap(s, c, offset, 0, next_rip);
        return true;
    }
    switch (offset) {
    case VAPIC_VTPR:
        avic_task_priority(s, c, (uint8_t)core_hw_read(c, page + VAPIC_VTPR, 4));
        return false;
    case VAPIC_VEOI:
        return avic_end_of_interrupt(s, c, next_rip);
    default:
        assert(offset == VAPIC_VICR_LO);
        return avic_icr_write(s, c, read_icr(s, c), next_rip);
    }
}

/* ---- xAVIC: the page ---- */

/* Where the access goes: the page that the translation leads to, if there is one; else it becomes so. */
static uint64_t translate(struct svm *s, struct core *c)
{
    struct avic_translation *t = &avic_core(s, c)->translation;
    const struct vmcb_copy *g = svm_current(s, c);
    uint64_t bar = c->state->access_page & ~1ull;
    bool stale = avic_translates(t, g) && t->bar == bar && (!avic_on(g) || t->page != avic_page(s, c));
    if (stale && knob_value(&c->m->knobs, KNOB_AVIC_STALE_TLB) == 0) {
        machine_say(s->m, STEP_REGISTER, "by a translation from before");
        return t->page;
    }
    *t = (struct avic_translation){.valid = 1, .asid = (uint32_t)vmcb_get(g, VMCB_ASID),
                                   .machine = vmcb_get(g, VMCB_PHYSICAL_TABLE) & PIT_PAGE,
                                   .bar = bar, .page = avic_page(s, c)};
    return t->page;
}

static void require_register(struct core *c, enum page_access how, unsigned offset, unsigned size)
{
    if (how == PAGE_FETCH)
        core_not_modelled(c, "a fetch from the AVIC page");
    if (how == PAGE_DELIVERY)
        core_not_modelled(c, "an event whose delivery accesses the AVIC page");
    if ((offset & 0xf) + size > 4)
        core_not_modelled(c, "an access to the AVIC page beside the low 4 bytes of a register");
}

/* With AVIC off, by a translation from before, it is an access to memory and no more. */
static enum avic_action action_of(struct svm *s, struct core *c, unsigned offset, bool write)
{
    if (!avic_on(svm_current(s, c)) || avic_x2(svm_current(s, c)))
        return AVIC_ALLOW;
    return avic_mmio_action(offset, write, svm_offers(s, SVM_EXT_LVT_AVIC));
}

bool avic_page_access(struct svm *s, struct core *c, enum page_access how, unsigned offset,
                      unsigned size, uint64_t *value)
{
    bool write = how == PAGE_WRITE;
    require_register(c, how, offset, size);
    enum avic_action action = action_of(s, c, offset, write);
    bool eoi = write && action == AVIC_ACCEL && (offset & 0xff0) == VAPIC_VEOI;
    if (action == AVIC_FAULT || (eoi && eoi_faults(s, c))) {
        fault(s, c, offset, write, eoi ? avic_core(s, c)->in_service : 0, core_access_flags(c));
        return false;
    }
    /* A locked instruction has offered its boundary, and its step must not be divided. */
    if (!c->exec.locked && !core_point(c, &nothing, core_access_flags(c)))
        return false;
    c->exec.spin_broken = 1; /* no part of what a round of a pause loop is compared by */
    machine_say(s->m, STEP_REGISTER, "APIC access: %s %#x", write ? "write" : "read", offset);
    uint64_t physical = translate(s, c) + offset;
    if (!write) {
        *value = core_page_load(c, physical, size);
        return true;
    }
    core_page_store(c, physical, size, *value);
    if (action != AVIC_ALLOW) {
        avic_core(s, c)->written = offset & 0xff0;
        c->exec.after = 1;
    }
    return true;
}

void avic_after_instruction(struct svm *s, struct core *c)
{
    struct avic_core *k = avic_core(s, c);
    unsigned offset = k->written;
    assert(offset);
    k->written = 0;
    perform(s, c, offset, action_of(s, c, offset, true), core_resume_rip(c));
}

/* ---- x2AVIC: MSRs ---- */

/* Of those that the processor has: knob x2avic-faults. */
static bool deadline_faults(const struct svm *s, uint32_t msr, uint64_t value)
{
    return (s->errata & ERRATUM_X2AVIC_LVTT) && msr == APIC_LVT_TIMER &&
           (value & LVT_TIMER_MODE) == LVT_TIMER_DEADLINE;
}

static uint64_t written_value(struct core *c)
{
    return (core_reg(c, UC_X86_REG_RAX) & 0xffffffff) | core_reg(c, UC_X86_REG_RDX) << 32;
}

static void read_register(struct svm *s, struct core *c, const struct insn *in, unsigned offset)
{
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return;
    c->exec.spin_broken = 1;
    uint64_t value = offset == VAPIC_VICR_LO ? read_icr(s, c)
                                             : core_hw_read(c, avic_page(s, c) + offset, 4);
    core_set_reg(c, UC_X86_REG_RAX, value & 0xffffffff);
    core_set_reg(c, UC_X86_REG_RDX, value >> 32);
    core_skip(c, in);
}

static bool self_ipi(struct svm *s, struct core *c, uint64_t value, uint64_t next_rip)
{
    uint64_t icr = (uint64_t)APIC_TO_SELF << 18 | (value & 0xff);
    return avic_icr_write(s, c, icr, next_rip);
}

static void write_register(struct svm *s, struct core *c, const struct insn *in, unsigned offset,
                           enum avic_action action)
{
    uint64_t value = written_value(c), page = avic_page(s, c);
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return;
    c->exec.spin_broken = 1;
    machine_say(s->m, STEP_REGISTER, "guest WRMSR to %#x of its APIC", offset);
    core_hw_store(c, page + offset, 4, value & 0xffffffff);
    if (offset == VAPIC_VICR_LO)
        core_hw_store(c, page + VAPIC_VICR_HI, 4, value >> 32); /* 15.29.10: split */
    uint64_t next_rip = svm_retire(c, in);
    bool left = offset == VAPIC_SELF_IPI ? self_ipi(s, c, value, next_rip)
                                         : perform(s, c, offset, action, next_rip);
    if (!left)
        core_skip(c, in);
}

/* The knob is asked where it makes a difference, which is the instruction's own affair. */
static enum avic_action msr_action(const struct svm *s, struct core *c, uint32_t msr, bool write,
                                   uint64_t value)
{
    bool ext_lvt = svm_offers(s, SVM_EXT_LVT_AVIC);
    enum avic_action checked = avic_msr_action(msr, write, value, ext_lvt, false),
                     unchecked = avic_msr_action(msr, write, value, ext_lvt, true);
    if (checked == unchecked)
        return checked;
    return knob_value(&c->m->knobs, KNOB_X2AVIC_FAULTS) == 1 ? unchecked : checked;
}

static void general_protection(struct core *c)
{
    if (core_point(c, &nothing, POINT_BOUNDARY))
        core_fault(c, VECTOR_GP, 0);
}

bool avic_msr(struct svm *s, struct core *c, const struct insn *in, bool write)
{
    const struct vmcb_copy *g = svm_current(s, c);
    uint32_t msr = (uint32_t)core_reg(c, UC_X86_REG_RCX);
    uint64_t value = write ? written_value(c) : 0;
    if (!avic_on(g) || !avic_x2(g) || msr < APIC_MSR_FIRST || msr > APIC_MSR_FIRST + 0xff)
        return false;
    enum avic_action action = msr_action(s, c, msr, write, value);
    unsigned offset = avic_msr_offset(msr);
    bool level = write && action == AVIC_ACCEL && offset == VAPIC_VEOI && eoi_faults(s, c);
    if (action == AVIC_GP || (write && deadline_faults(s, msr, value)))
        general_protection(c);
    else if (action == AVIC_FAULT || level)
        fault(s, c, offset, write, level ? avic_core(s, c)->in_service : 0, POINT_BOUNDARY);
    else if (write)
        write_register(s, c, in, offset, action);
    else
        read_register(s, c, in, offset);
    return true;
}
