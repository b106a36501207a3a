/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events at an instruction boundary of a guest, by priority.
 * After the SDM vol. 3 (June 2016), table 6-2, 25.2, 26.6, 29.2.2, 29.6.
 *
 * NMI (8) comes before an interrupt-window exit or a virtual interrupt (9), that before an
 * external interrupt (10). Left out: SMI, INIT, traps, timers; NMI windows and virtual NMIs, which
 * the capability MSRs do not offer, so that a VM entry with them fails its checks.
 */
#include "vmx/internal.h"

enum guest_event { NO_EVENT, EVENT_NMI, EVENT_WINDOW, EVENT_VIRTUAL, EVENT_POSTED, EVENT_EXTERNAL };

bool vmx_blocked(const struct core *c)
{
    return c->state->shadow;
}

/* Would an external interrupt be taken here if one were pending? The knob is asked at every boundary
 * that the core comes to with blocking, which is its own affair: the same in equivalent executions. */
static bool external_open(struct core *c, const struct vmcs *v)
{
    /* SDM vol. 3, table 24-5: with external-interrupt exiting IF does not matter. */
    if (!vmx_pin(v, PIN_EXTERNAL_INTERRUPT))
        return c->state->interrupt_flag && !vmx_blocked(c);
    return !vmx_blocked(c) || knob_value(&c->m->knobs, KNOB_VMX_SHADOW_BLOCKS_EXTINT) == 1;
}

static enum guest_event external_kind(const struct vmx *x, const struct core *c,
                                      const struct vmcs *v)
{
    unsigned vector = lapic_deliverable(x->lapic, c->id);
    if (!vector)
        return NO_EVENT;
    /* 29.6: the comparison uses the VMCS field, never NV of the descriptor. */
    bool notification = vmx_pin(v, PIN_POSTED_INTERRUPTS) &&
                        vector == vmcs_get(v, VMCS_POSTED_INTR_NV);
    return notification ? EVENT_POSTED : EVENT_EXTERNAL;
}

static enum guest_event highest_event(struct vmx *x, struct core *c)
{
    const struct vmcs *v = vmx_current(x, c->id);
    const struct vid *vid = &vmx_core(x, c)->vid;
    bool interrupt_flag = c->state->interrupt_flag;
    bool open = external_open(c, v); /* first: what else is pending must not decide what is asked */
    assert(c->state->non_root);
    if (core_nmi_ready(c))
        return EVENT_NMI;
    if (vid_window_exiting(v) && interrupt_flag && !vmx_blocked(c))
        return EVENT_WINDOW;
    if (vid_enabled(v) &&
        vid_deliverable(vid, interrupt_flag, vmx_blocked(c), vid_window_exiting(v)))
        return EVENT_VIRTUAL;
    return open ? external_kind(x, c, v) : NO_EVENT;
}

static bool interruptible(void *virt, struct core *c)
{
    struct vmx *x = virt;
    return external_open(c, vmx_current(x, c->id));
}

static bool event_ready(void *virt, struct core *c)
{
    return highest_event(virt, c) != NO_EVENT;
}

/* Does the event leave the guest, or go to a handler of the guest? */
static bool leaves(const struct vmcs *v, enum guest_event event)
{
    switch (event) {
    case EVENT_NMI: return vmx_pin(v, PIN_NMI);
    case EVENT_WINDOW: return true;
    case EVENT_EXTERNAL: return vmx_pin(v, PIN_EXTERNAL_INTERRUPT);
    default: return false;
    }
}

/* The first micro-step of the event. */
static void event_next(void *virt, struct core *c, struct footprint *fp, unsigned *flags)
{
    struct vmx *x = virt;
    enum guest_event event = highest_event(x, c);
    assert(event != NO_EVENT);
    vmx_footprint(c, fp);
    /* Which event it is depends on what is pending, but a virtual interrupt goes before all but
     * an NMI whatever arrives. */
    footprint_add(fp, lapic_intr(c->id),
                  event == EVENT_WINDOW || event == EVENT_VIRTUAL ? ACCESS_READ : ACCESS_WRITE);
    if (event == EVENT_NMI)
        footprint_add(fp, core_control(c->id, UNIT_NMI), ACCESS_WRITE);
    if (event == EVENT_POSTED)
        *flags &= ~(unsigned)POINT_DRAINED; /* its first locked access drains */
    else if (leaves(vmx_current(x, c->id), event))
        *flags = (*flags & ~(unsigned)POINT_DRAINED) | vmx_would_drain(c, KNOB_VM_EXIT_DRAINS);
    else
        *flags |= POINT_DRAINED; /* SDM vol. 3, 11.10: delivery drains the store buffer */
}

static enum event_result leave(struct vmx *x, struct core *c, unsigned reason, uint32_t intr_info)
{
    struct vmx_exit e = {.reason = reason, .intr_info = intr_info, .rip = c->exec.resume_rip};
    (void)vmx_drain_flag(c, KNOB_VM_EXIT_DRAINS); /* event_next() has only looked */
    vmx_exit(x, c, &e);
    return EVENT_DIVERTED;
}

/* SDM vol. 3, 27.1 and 27.5.5: the NMI blocks others once the exit is complete; what the exit saves
 * does not show it. */
static enum event_result take_nmi(struct vmx *x, struct core *c)
{
    if (!vmx_pin(vmx_current(x, c->id), PIN_NMI)) {
        core_take_nmi(c);
        return EVENT_DIVERTED;
    }
    lapic_take_nmi(x->lapic, c->id);
    leave(x, c, EXIT_EXCEPTION_NMI, INTR_VALID | INTR_TYPE_NMI << 8 | VECTOR_NMI);
    c->state->nmi_blocked = 1;
    return EVENT_DIVERTED;
}

/* SDM vol. 3, 25.3, IRET: with NMI exiting it does not affect the blocking of NMIs. */
static bool iret_unblocks_nmi(void *virt, struct core *c)
{
    struct vmx *x = virt;
    return !vmx_pin(vmx_current(x, c->id), PIN_NMI);
}

/* SDM vol. 3, 27.1, 33.3.3 and table 24-10 for "acknowledge interrupt on exit". */
static enum event_result take_external(struct vmx *x, struct core *c)
{
    const struct vmcs *v = vmx_current(x, c->id);
    uint32_t info = 0;
    if (!vmx_pin(v, PIN_EXTERNAL_INTERRUPT)) {
        unsigned vector = lapic_acknowledge(x->lapic, c->id);
        machine_say(x->m, STEP_DELIVER, "takes interrupt %#x", vector);
        core_deliver(c, vector, false, 0, c->exec.resume_rip);
        return EVENT_DIVERTED;
    }
    if (vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_ACKNOWLEDGE) {
        unsigned vector = lapic_acknowledge(x->lapic, c->id);
        machine_say(x->m, STEP_VMX, "acknowledge %#x", vector);
        info = INTR_VALID | INTR_TYPE_EXTERNAL << 8 | vector;
    }
    return leave(x, c, EXIT_EXTERNAL_INTERRUPT, info);
}

static enum event_result event_take(void *virt, struct core *c)
{
    struct vmx *x = virt;
    switch (highest_event(x, c)) {
    case EVENT_NMI:
        return take_nmi(x, c);
    case EVENT_WINDOW:
        return leave(x, c, EXIT_INTERRUPT_WINDOW, 0);
    case EVENT_VIRTUAL:
        c->state->activity = ACTIVITY_ACTIVE; /* it wakes from HLT, 29.2.2 */
        vid_deliver(x, c);
        return EVENT_DIVERTED;
    case EVENT_POSTED:
        posted_process(x, c); /* in HLT the core goes back to HLT, 29.6 */
        return EVENT_RESUMED;
    case EVENT_EXTERNAL:
        return take_external(x, c);
    case NO_EVENT:
        break;
    }
    assert(!"no event to take");
    return EVENT_RESUMED;
}

static bool instruction(void *virt, struct core *c, const struct insn *in)
{
    struct vmx *x = virt;
    if (c->state->non_root)
        return vmx_guest_instruction(x, c, in);
    return vmx_root_instruction(x, c, in);
}

static bool exception(void *virt, struct core *c, unsigned vector, bool has_error, uint32_t error)
{
    return vmx_guest_exception(virt, c, vector, has_error, error);
}

static bool in_operation(void *virt, struct core *c)
{
    return vmx_core(virt, c)->on;
}

const struct virt_ops vmx_operations = {
    .in_operation = in_operation,
    .interruptible = interruptible,
    .event_ready = event_ready,
    .event_next = event_next,
    .event_take = event_take,
    .instruction = instruction,
    .exception = exception,
    .iret_unblocks_nmi = iret_unblocks_nmi,
};
