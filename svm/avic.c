/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupts of a guest under AVIC: when the core looks at IRR, what it delivers, EOI and priorities.
 * After the APM vol. 2 (rev. 3.44), 15.29.3.1, 15.29.4, 15.29.8.
 *
 * A core looks at IRR when it runs VMRUN, when the doorbell has rung, behind EOI, a change of PPR and a self IPI; a store
 * to IRR alone is not noticed. What it found it remembers, until it can be delivered or another look says
 * otherwise: without that no guest that had interrupts off when the doorbell rang would get any. As long as the
 * guest cannot take an interrupt a doorbell waits: that is as if it came later.
 *
 * V_TPR and TPR of the page are two things that writes of the guest keep alike and VMRUN does not: knob
 * avic-entry-tpr. Left out: Secure AVIC.
 */
#include "svm/avic_internal.h"

#include "lapic/doorbell.h"

static const char *const too_large = "PHYSICAL_MAX_INDEX is within what (x2)AVIC has";
static const char *const out_of_range = "AVIC pointers are within the physical address range";
static const char *const not_nested = "AVIC goes with nested paging";
static const char *const x2_alone = "x2AVIC is on with AVIC only";

/* ---- VMRUN and #VMEXIT ---- */

static unsigned largest_index(const struct svm *s, const struct vmcb_copy *g)
{
    if (!avic_x2(g))
        return AVIC_MAX_INDEX;
    return s->features.ecx & SVM_X2AVIC_EXT ? X2AVIC_EXT_MAX_INDEX : X2AVIC_MAX_INDEX;
}

const char *avic_check(const struct svm *s, const struct vmcb_copy *g)
{
    uint64_t pointers = vmcb_get(g, VMCB_BACKING_PAGE) | vmcb_get(g, VMCB_PHYSICAL_TABLE);
    if (avic_x2(g) && !avic_on(g))
        return x2_alone;
    if (!avic_on(g))
        return NULL;
    if (!(vmcb_get(g, VMCB_NP_CONTROL) & NP_ENABLE) && knob_value(&s->m->knobs, KNOB_AVIC_WITHOUT_NP) == 1)
        return not_nested;
    if ((vmcb_get(g, VMCB_PHYSICAL_TABLE) & AVIC_TABLE_INDEX) > largest_index(s, g))
        return too_large;
    if (!avic_x2(g)) /* x2AVIC uses neither */
        pointers |= vmcb_get(g, VMCB_LOGICAL_TABLE) | vmcb_get(g, VMCB_APIC_BAR);
    return pointers >> SVM_PHYSICAL_BITS ? out_of_range : NULL;
}

static void require_modelled(struct core *c, const struct vmcb_copy *g)
{
    uint64_t table = vmcb_get(g, VMCB_PHYSICAL_TABLE);
    uint64_t end = pit_entry_at(table & PIT_PAGE, (table & AVIC_TABLE_INDEX) + 1);
    bool there = end <= c->m->memory.size &&
                 (vmcb_get(g, VMCB_BACKING_PAGE) & PIT_PAGE) + 4096 <= c->m->memory.size &&
                 (avic_x2(g) || (vmcb_get(g, VMCB_LOGICAL_TABLE) & PIT_PAGE) + 4096 <= c->m->memory.size);
    if (!there)
        core_not_modelled(c, "AVIC with a page or table outside the machine's memory");
}

/* 15.29.4.3: a translation that leads to a backing page stays until it is flushed, and counts for another vCPU of the
 * same machine whatever their ASIDs are; for what else runs with the same ASID as well. */
bool avic_translates(const struct avic_translation *t, const struct vmcb_copy *g)
{
    return t->valid && (t->asid == vmcb_get(g, VMCB_ASID) ||
                        (avic_on(g) && t->machine == (vmcb_get(g, VMCB_PHYSICAL_TABLE) & PIT_PAGE)));
}

static void flush_translation(struct avic_translation *t, const struct vmcb_copy *g)
{
    unsigned control = vmcb_get(g, VMCB_TLB_CONTROL);
    if (control == TLB_FLUSH_ALL || (control != TLB_NOTHING && avic_translates(t, g)))
        t->valid = 0;
}

static bool has_stale_translation(struct core *c, const struct avic_translation *t,
                                  const struct vmcb_copy *g)
{
    return avic_translates(t, g) && knob_value(&c->m->knobs, KNOB_AVIC_STALE_TLB) == 0;
}

void avic_begin(struct svm *s, struct core *c)
{
    struct avic_core *k = avic_core(s, c);
    const struct vmcb_copy *g = svm_current(s, c);
    k->doorbell = k->look = k->pending = k->in_service = k->ppr = 0;
    k->looking = 0;
    k->written = 0;
    flush_translation(&k->translation, g);
    erratum_1235_world_switch(s, c);
    if (avic_on(g))
        require_modelled(c, g);
    if (avic_on(g) && !avic_x2(g))
        c->state->access_page = (vmcb_get(g, VMCB_APIC_BAR) & PIT_PAGE) | 1;
    else if (has_stale_translation(c, &k->translation, g))
        c->state->access_page = k->translation.bar | 1;
}

void avic_enter(struct svm *s, struct core *c)
{
    struct avic_core *k = avic_core(s, c);
    struct vmcb_copy *g = svm_current(s, c);
    uint64_t page = avic_page(s, c), control = vmcb_get(g, VMCB_INT_CTL);
    uint8_t tpr = (uint8_t)((control & 0xf) << 4);
    if (knob_value(&c->m->knobs, KNOB_AVIC_ENTRY_TPR) == 1) {
        tpr = (uint8_t)core_hw_read(c, page + VAPIC_VTPR, 4);
        vmcb_set(g, VMCB_INT_CTL, (control & ~V_TPR) | tpr >> 4);
    }
    k->in_service = (uint8_t)vapic_highest(c, page + VAPIC_VISR, "ISR");
    k->ppr = vapic_ppr(tpr, k->in_service);
    avic_evaluate(s, c);
}

void avic_end(struct svm *s, struct core *c)
{
    struct avic_core *k = avic_core(s, c);
    k->doorbell = k->look = k->pending = k->looking = 0;
    k->written = 0;
    erratum_1235_world_switch(s, c);
}

/* ---- Priorities ---- */

void avic_evaluate(struct svm *s, struct core *c)
{
    struct avic_core *k = avic_core(s, c);
    unsigned vector = vapic_highest(c, avic_page(s, c) + VAPIC_VIRR, "IRR");
    k->pending = (vector & 0xf0) > (k->ppr & 0xf0) ? (uint8_t)vector : 0;
    if (k->pending)
        machine_say(s->m, STEP_SVM, "vector %#x is pending", vector);
}

/* True if it is another one. */
static bool change_ppr(struct svm *s, struct core *c)
{
    struct avic_core *k = avic_core(s, c);
    uint8_t tpr = (uint8_t)((vmcb_get(svm_current(s, c), VMCB_INT_CTL) & 0xf) << 4);
    uint8_t ppr = vapic_ppr(tpr, k->in_service), before = k->ppr;
    k->ppr = ppr;
    core_hw_write(c, avic_page(s, c) + VAPIC_VPPR, 4, ppr);
    machine_say(s->m, STEP_SVM, "PPR = %#x", ppr);
    return (ppr ^ before) & 0xf0;
}

void avic_task_priority(struct svm *s, struct core *c, uint8_t tpr)
{
    struct vmcb_copy *g = svm_current(s, c);
    vmcb_set(g, VMCB_INT_CTL, (vmcb_get(g, VMCB_INT_CTL) & ~V_TPR) | tpr >> 4);
    machine_say(s->m, STEP_REGISTER, "V_TPR = %#x", tpr >> 4);
    if (change_ppr(s, c))
        avic_evaluate(s, c);
}

unsigned avic_read_cr8(const struct svm *s, const struct core *c)
{
    return vmcb_get(svm_current(s, c), VMCB_INT_CTL) & 0xf;
}

/* Whatever V_INTR_MASKING is. */
void avic_write_cr8(struct svm *s, struct core *c, unsigned class)
{
    assert(class < 16);
    core_hw_store(c, avic_page(s, c) + VAPIC_VTPR, 4, class << 4);
    avic_task_priority(s, c, (uint8_t)(class << 4));
}

/* ---- EOI ---- */

bool avic_level_in_service(struct svm *s, struct core *c)
{
    unsigned vector = avic_core(s, c)->in_service;
    uint64_t word = avic_page(s, c) + VAPIC_VTMR + vapic_word(vector);
    return vector && core_hw_read(c, word, 4) >> (vector & 31) & 1;
}

static void leave_service(struct svm *s, struct core *c)
{
    struct avic_core *k = avic_core(s, c);
    uint64_t isr = avic_page(s, c) + VAPIC_VISR;
    vapic_change_bit(c, isr, k->in_service, false, "ISR");
    k->in_service = (uint8_t)vapic_highest(c, isr, "ISR");
    change_ppr(s, c);
}

bool avic_end_of_interrupt(struct svm *s, struct core *c, uint64_t next_rip)
{
    unsigned vector = avic_core(s, c)->in_service;
    machine_say(s->m, STEP_REGISTER, "EOI %#x", vector);
    if (!vector)
        return false;
    if (!avic_level_in_service(s, c)) {
        leave_service(s, c);
        avic_evaluate(s, c);
        return false;
    }
    if (knob_value(&c->m->knobs, KNOB_AVIC_LEVEL_EOI) == 1)
        leave_service(s, c);
    avic_trap(s, c, VAPIC_VEOI, vector, next_rip);
    return true;
}

/* ---- Events ---- */

bool avic_open(const struct svm *s, const struct core *c)
{
    const struct vmcb_copy *g = svm_current(s, c);
    return avic_on(g) && c->state->interrupt_flag && !c->state->held && svm_guest_gif(g);
}

enum avic_event avic_event(const struct svm *s, const struct core *c)
{
    const struct avic_core *k = avic_core(s, c);
    if (!avic_open(s, c) || c->state->shadow)
        return AVIC_NOTHING;
    if (k->doorbell || k->look)
        return AVIC_LOOK;
    return k->pending ? AVIC_INTERRUPT : AVIC_NOTHING;
}

/* Also in a shadow: whether the doorbell rings before or after a HLT there makes a difference. */
void avic_boundary(const struct svm *s, const struct core *c, struct footprint *fp)
{
    if (avic_open(s, c))
        footprint_add(fp, core_control(c->id, UNIT_DOORBELL), ACCESS_READ);
}

void avic_next(const struct core *c, struct footprint *fp)
{
    footprint_add(fp, core_control(c->id, UNIT_DOORBELL), ACCESS_WRITE);
}

/* It may have found another vector since the last look, or none: others write the page, too. */
static void deliver(struct svm *s, struct core *c)
{
    struct avic_core *k = avic_core(s, c);
    uint64_t page = avic_page(s, c);
    unsigned vector = k->pending;
    machine_say(s->m, STEP_DELIVER, "delivers virtual interrupt %#x", vector);
    c->state->activity = ACTIVITY_ACTIVE;
    vapic_change_bit(c, page + VAPIC_VIRR, vector, false, "IRR");
    vapic_change_bit(c, page + VAPIC_VISR, vector, true, "ISR");
    k->in_service = (uint8_t)vector;
    change_ppr(s, c);
    avic_evaluate(s, c);
    c->state->cycles += AVIC_DELIVERY_CYCLES;
    core_deliver(c, vector, false, 0, c->exec.resume_rip);
}

/* It sleeps on. Where doorbells are lost in sleep, what comes up to here is not. */
static void sleep_on(struct svm *s, struct core *c)
{
    struct footprint fp;
    footprint_clear(&fp);
    avic_next(c, &fp);
    if (c->state->activity == ACTIVITY_HLT && avic_loses_doorbells(c))
        core_point(c, &fp, 0);
    avic_core(s, c)->looking = 0;
}

static bool take(struct svm *s, struct core *c, enum avic_event event)
{
    struct avic_core *k = avic_core(s, c);
    if (event == AVIC_LOOK) {
        machine_say(s->m, STEP_SVM, "looks at IRR: %s", k->doorbell ? "the doorbell" : "IF is 1");
        k->doorbell = k->look = 0;
    }
    avic_evaluate(s, c);
    if (event == AVIC_LOOK || !k->pending)
        return false;
    k->looking = 0;
    deliver(s, c);
    return true;
}

enum event_result avic_take(struct svm *s, struct core *c, enum avic_event event)
{
    avic_core(s, c)->looking = 1;
    if (take(s, c, event))
        return EVENT_DIVERTED;
    sleep_on(s, c);
    return EVENT_RESUMED;
}

void avic_flag_set(struct svm *s, struct core *c)
{
    if (avic_on(svm_current(s, c)) && knob_value(&c->m->knobs, KNOB_AVIC_LOOKS_AT_STI) == 1)
        avic_core(s, c)->look = 1;
}

/* It need not be deliverable for IF or a shadow: HLT is what waits for that. */
bool avic_idle_pending(struct svm *s, struct core *c)
{
    if (knob_value(&c->m->knobs, KNOB_AVIC_IDLE_HLT) == 1)
        return false;
    avic_evaluate(s, c);
    return avic_core(s, c)->pending;
}

/* ---- The doorbell arrives ---- */

static void next_doorbell(void *owner, unsigned core, struct footprint *fp)
{
    (void)owner;
    footprint_add(fp, core_control(core, UNIT_VIRT), ACCESS_READ);
    footprint_add(fp, core_control(core, UNIT_DOORBELL), ACCESS_ACCUMULATE);
}

/* One that sleeps with interrupts off keeps the doorbell for when they are on, as if it came then. */
static bool sleeps(const struct svm *s, const struct core *c)
{
    return c->state->activity == ACTIVITY_HLT && avic_open(s, c) && !avic_core(s, c)->looking;
}

/* The knob is asked of every doorbell that finds a guest: whether that sleeps is not what decides. */
static void doorbell(void *owner, unsigned core)
{
    struct svm *s = owner;
    struct core *c = &s->cpu->core[core];
    if (!c->state->non_root || !avic_on(svm_current(s, c)))
        machine_say(s->m, STEP_ARRIVE, "no guest with AVIC runs there");
    else if (knob_value(&s->m->knobs, KNOB_DOORBELL_WAKES_HALTED) == 1 && sleeps(s, c))
        machine_say(s->m, STEP_ARRIVE, "the core is halted");
    else
        avic_core(s, c)->doorbell = 1;
}

static const struct doorbell_ops doorbell_operations = {next_doorbell, doorbell};

void avic_new(struct svm *s)
{
    s->avic = machine_reserve(s->m, s->m->cores * sizeof *s->avic);
    lapic_answer_doorbells(s->lapic, &doorbell_operations, s);
    erratum_1235_new(s);
}
