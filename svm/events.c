/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events at an instruction boundary of a guest, by priority (APM vol. 2, 8.5, 15.13, 15.17, 15.21).
 *
 * SMI, then INIT, then NMIs, virtual NMIs, physical interrupts, virtual ones. Whether a physical event is
 * intercepted decides what becomes of it, not whether it is recognised; what is intercepted stays pending, and waits
 * for the host to set GIF. HLT lets all of them through.
 *
 * A boundary is a point only where the guest does something that others can see or that may close it to
 * events, so that a window may be noticed some private instructions late (docs/exploration.md).
 */
#include "lapic/init.h"
#include "svm/avic.h"
#include "svm/internal.h"

enum guest_event {
    NO_EVENT,
    EVENT_SMI,
    EVENT_INIT,
    EVENT_NMI,
    EVENT_VNMI,
    EVENT_INTR,
    EVENT_VIRQ,
    EVENT_LOOK, /* AVIC: the core looks at IRR ... */
    EVENT_AVIC, /* ... and takes what it has found */
};

/* 15.21.1: under V_INTR_MASKING the host's IF, as it was at VMRUN, masks physical interrupts. */
static bool physical_if(const struct svm *s, struct core *c, const struct vmcb_copy *g)
{
    if (!vmcb_control(g, V_INTR_MASKING))
        return c->state->interrupt_flag;
    if (svm_core(s, c)->host_if)
        return true;
    return svm_intercepts(g, VMEXIT_INTR) &&
           knob_value(&c->m->knobs, KNOB_SVM_INTR_HOST_IF) == 1;
}

/* Would a physical interrupt be recognised here if one were pending? The knobs are asked at every boundary that
 * the core comes to in such a state, which is its own affair: the same in equivalent executions. */
static bool physical_open(const struct svm *s, struct core *c, const struct vmcb_copy *g)
{
    if (c->state->held || !physical_if(s, c, g))
        return false;
    if (!c->state->shadow)
        return true;
    return svm_intercepts(g, VMEXIT_INTR) &&
           knob_value(&c->m->knobs, KNOB_SVM_SHADOW_BLOCKS_INTR) == 1;
}

/* 15.21.4 */
static bool virq_ready(const struct core *c, const struct vmcb_copy *g)
{
    uint64_t control = vmcb_get(g, VMCB_INT_CTL);
    bool above = (control & V_INTR_PRIO) >> 16 > (control & 0xf);
    return !(control & V_AVIC_ENABLE) && (control & V_IRQ) && ((control & V_IGN_TPR) || above) &&
           c->state->interrupt_flag && svm_guest_gif(g) && !c->state->shadow;
}

/* Of those that neither IF nor a shadow masks; they arrive at observed cores alone, as NMIs do. */
static enum guest_event unmaskable(const struct svm *s, const struct core *c)
{
    if (!(c->m->observed_core >> c->id & 1))
        return NO_EVENT;
    if (lapic_smi_pending(s->lapic, c->id))
        return EVENT_SMI;
    return lapic_init_pending(s->lapic, c->id) ? EVENT_INIT : NO_EVENT;
}

/* 15.29.8.3: V_IRQ is ignored with AVIC, which has vectors of its own; or the core has to look for them. */
static enum guest_event avic_ready(const struct svm *s, const struct core *c)
{
    switch (avic_event(s, c)) {
    case AVIC_LOOK: return EVENT_LOOK;
    case AVIC_INTERRUPT: return EVENT_AVIC;
    default: return NO_EVENT;
    }
}

static enum guest_event highest_event(struct svm *s, struct core *c)
{
    const struct vmcb_copy *g = svm_current(s, c);
    /* First: what else is pending must not decide what is asked. */
    bool open = physical_open(s, c, g);
    if (c->state->held)
        return NO_EVENT;
    enum guest_event first = unmaskable(s, c);
    if (first != NO_EVENT)
        return first;
    if (core_nmi_ready(c))
        return EVENT_NMI;
    if (svm_vnmi_ready(s, c, g))
        return EVENT_VNMI;
    if (open && lapic_deliverable(s->lapic, c->id))
        return EVENT_INTR;
    if (virq_ready(c, g))
        return EVENT_VIRQ;
    return avic_ready(s, c);
}

/* Where doorbells are lost in sleep, a HLT in the shadow of STI is a step of its own. */
static bool interruptible(void *virt, struct core *c)
{
    return physical_open(virt, c, svm_current(virt, c)) ||
           (avic_open(virt, c) && (!c->state->shadow || avic_loses_doorbells(c)));
}

static void boundary(void *virt, struct core *c, struct footprint *fp)
{
    avic_boundary(virt, c, fp);
}

static bool event_ready(void *virt, struct core *c)
{
    return highest_event(virt, c) != NO_EVENT;
}

/* The code with which an event leaves the guest; 0 if it does not. */
static unsigned exit_code(const struct svm *s, const struct core *c, enum guest_event event)
{
    const struct vmcb_copy *g = svm_current(s, c);
    static const uint8_t codes[] = {[EVENT_SMI] = VMEXIT_SMI, [EVENT_INIT] = VMEXIT_INIT, [EVENT_NMI] = VMEXIT_NMI,
                                    [EVENT_VNMI] = 0, [EVENT_INTR] = VMEXIT_INTR,
                                    [EVENT_VIRQ] = VMEXIT_VINTR, [EVENT_LOOK] = 0,
                                    [EVENT_AVIC] = VMEXIT_VINTR};
    unsigned code = codes[event];
    if (event == EVENT_AVIC && s->m->knobs.value[KNOB_AVIC_VINTR] == 0)
        return 0;
    if (code && svm_intercepts(g, code))
        return code;
    bool sx = event == EVENT_INIT && svm_init_redirected(s, c) &&
              (vmcb_get(g, VMCB_INTERCEPT_EXCEPTIONS) >> VECTOR_SX & 1);
    return sx ? VMEXIT_EXCP0 + VECTOR_SX : 0;
}

/* 15.13, 15.21.8: what is intercepted stays pending, but for an INIT that has become #SX. */
static bool stays_pending(unsigned code)
{
    return code && code != VMEXIT_EXCP0 + VECTOR_SX;
}

/* What decides which event it is: what is pending of those above it. With interrupts open INTR is changed by each
 * arrival; otherwise the latches of NMI and INIT are what could differ. */
static void decided_by(struct svm *s, struct core *c, struct footprint *fp, bool takes_intr)
{
    if (takes_intr)
        footprint_add(fp, lapic_intr(c->id), ACCESS_WRITE);
    else if (physical_open(s, c, svm_current(s, c)))
        footprint_add(fp, lapic_intr(c->id), ACCESS_READ);
    else if (c->m->observed_core >> c->id & 1)
        footprint_add(fp, core_control(c->id, UNIT_NMI), ACCESS_READ);
}

/* The first micro-step of the event. */
static void event_next(void *virt, struct core *c, struct footprint *fp, unsigned *flags)
{
    struct svm *s = virt;
    enum guest_event event = highest_event(s, c);
    unsigned code = exit_code(s, c, event);
    assert(event != NO_EVENT);
    if (event == EVENT_LOOK || event == EVENT_AVIC)
        avic_next(c, fp);
    else if (c->state->activity == ACTIVITY_HLT && avic_loses_doorbells(c))
        avic_boundary(s, c, fp); /* it wakes */
    if (event != EVENT_LOOK && (event != EVENT_AVIC || code))
        svm_footprint(c, fp);
    decided_by(s, c, fp, event == EVENT_INTR && !code);
    if (event == EVENT_INIT && !code)
        core_init_next(c, fp);
    else if (event == EVENT_SMI || event == EVENT_INIT || event == EVENT_NMI)
        footprint_add(fp, core_control(c->id, UNIT_NMI), stays_pending(code) ? ACCESS_READ : ACCESS_WRITE);
    if (code)
        *flags = (*flags & ~(unsigned)POINT_DRAINED) | core_would_drain(c, KNOB_VMEXIT_DRAINS);
    else if (event == EVENT_LOOK)
        *flags &= ~(unsigned)POINT_DRAINED;
    else
        *flags |= POINT_DRAINED; /* APM vol. 2, 7.1.3: delivery drains the store buffer */
}

/* V_IRQ stays 1 as well. */
static enum event_result leave(struct svm *s, struct core *c, unsigned code)
{
    (void)core_drain_flag(c, KNOB_VMEXIT_DRAINS); /* event_next() has only looked */
    if (!stays_pending(code))
        lapic_take_init(s->lapic, c->id);
    /* 15.13.3: no I/O trap; 15.12.20: the error code. */
    uint64_t info = code == VMEXIT_SMI ? 1 : stays_pending(code) ? 0 : SX_INIT;
    svm_leave(s, c, &(struct svm_exit){.code = code, .info1 = info, .rip = c->exec.resume_rip});
    return EVENT_DIVERTED;
}

static void take_intr(struct svm *s, struct core *c)
{
    unsigned vector = lapic_acknowledge(s->lapic, c->id);
    machine_say(s->m, STEP_DELIVER, "takes interrupt %#x", vector);
    core_deliver(c, vector, false, 0, c->exec.resume_rip);
}

static void take_virq(struct svm *s, struct core *c)
{
    struct vmcb_copy *g = svm_current(s, c);
    unsigned vector = (vmcb_get(g, VMCB_INT_CTL) & V_INTR_VECTOR) >> 32;
    vmcb_set(g, VMCB_INT_CTL, vmcb_get(g, VMCB_INT_CTL) & ~V_IRQ);
    machine_say(s->m, STEP_DELIVER, "takes virtual interrupt %#x", vector);
    core_deliver(c, vector, false, 0, c->exec.resume_rip);
}

static enum event_result event_take(void *virt, struct core *c)
{
    struct svm *s = virt;
    enum guest_event event = highest_event(s, c);
    unsigned code = exit_code(s, c, event);
    assert(event != NO_EVENT);
    if (event == EVENT_AVIC && svm_intercepts(svm_current(s, c), VMEXIT_VINTR))
        knob_value(&s->m->knobs, KNOB_AVIC_VINTR);
    if (code)
        return leave(s, c, code);
    if (event != EVENT_LOOK && event != EVENT_AVIC)
        c->state->activity = ACTIVITY_ACTIVE;
    switch (event) {
    case EVENT_SMI: core_not_modelled(c, "an SMI of a guest that is not left by it"); break;
    case EVENT_INIT: return core_init_take(c); /* the reset ends guest mode, and nothing is saved */
    case EVENT_NMI: core_take_nmi(c); break;
    case EVENT_VNMI: svm_take_vnmi(s, c); break;
    case EVENT_INTR: take_intr(s, c); break;
    case EVENT_LOOK: return avic_take(s, c, AVIC_LOOK);
    case EVENT_AVIC: return avic_take(s, c, AVIC_INTERRUPT);
    default: take_virq(s, c); break;
    }
    return EVENT_DIVERTED;
}

static bool instruction(void *virt, struct core *c, const struct insn *in)
{
    if (c->state->non_root)
        return svm_guest_instruction(virt, c, in);
    return svm_host_instruction(virt, c, in);
}

/* INIT waits for GIF; a guest that intercepts it leaves, and the host has it then. */
static bool in_operation(void *virt, struct core *c)
{
    return c->state->held ||
           (c->state->non_root && svm_intercepts(svm_current(virt, c), VMEXIT_INIT));
}

static bool page_access(void *virt, struct core *c, enum page_access how, unsigned offset, unsigned size,
                        uint64_t *value)
{
    return avic_page_access(virt, c, how, offset, size, value);
}

static void after_instruction(void *virt, struct core *c)
{
    avic_after_instruction(virt, c);
}

static void flag_set(void *virt, struct core *c)
{
    avic_flag_set(virt, c);
}

const struct virt_ops svm_virt_ops = {
    .init = svm_init,
    .takes_smi = true,
    .cpuid = svm_cpuid,
    .efer_allowed = svm_efer_allowed,
    .in_operation = in_operation,
    .interruptible = interruptible,
    .event_ready = event_ready,
    .event_next = event_next,
    .event_take = event_take,
    .instruction = instruction,
    .exception = svm_exception,
    .triple_fault = svm_triple_fault,
    .iret = svm_iret,
    .boundary = boundary,
    .page_access = page_access,
    .after_instruction = after_instruction,
    .flag_set = flag_set,
    .steps = STEP_SVM,
};
