/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events at an instruction boundary of a guest, by priority.
 * After the SDM vol. 3, table 6-2, 25.2, 25.5.1, 26.6, 29.2.2, 29.6.
 *
 * INIT (3) comes before the timer (6), that before the NMI window (7), that before an NMI (8), that before
 * an interrupt-window exit or a virtual interrupt (9), that before an external interrupt (10). Inactive
 * states: HLT lets all of them through; shutdown lets INIT, the timer, the NMI window and NMIs;
 * wait-for-SIPI a start-up IPI, which is dropped in all other states (lapic/init.c).
 *
 * A boundary is a point only where the guest does something that others can see or that may close it to
 * events, so that a window may be noticed some private instructions late (docs/exploration.md). Left
 * out: SMI, MTF, debug traps.
 */
#include "lapic/init.h"
#include "vmx/internal.h"

enum guest_event {
    NO_EVENT,
    EVENT_INIT,
    EVENT_SIPI,
    EVENT_TIMER,
    EVENT_NMI_WINDOW,
    EVENT_NMI,
    EVENT_WINDOW,
    EVENT_VIRTUAL,
    EVENT_POSTED,
    EVENT_EXTERNAL,
};

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

/* Of those that shutdown blocks (26.6.2). */
static enum guest_event interrupt_kind(const struct vmx *x, const struct core *c,
                                       const struct vmcs *v, bool open)
{
    const struct vid *vid = &vmx_core(x, c)->vid;
    bool interrupt_flag = c->state->interrupt_flag;
    if (c->state->activity == ACTIVITY_SHUTDOWN)
        return NO_EVENT;
    if (vid_window_exiting(v) && interrupt_flag && !vmx_blocked(c))
        return EVENT_WINDOW;
    if (vid_enabled(v) &&
        vid_deliverable(vid, interrupt_flag, vmx_blocked(c), vid_window_exiting(v)))
        return EVENT_VIRTUAL;
    return open ? external_kind(x, c, v) : NO_EVENT;
}

/* One has arrived at observed cores alone, as NMIs have. */
static bool init_arrived(const struct vmx *x, const struct core *c)
{
    return c->m->observed_core >> c->id & 1 && lapic_init_pending(x->lapic, c->id);
}

static enum guest_event highest_event(struct vmx *x, struct core *c)
{
    const struct vmcs *v = vmx_current(x, c->id);
    /* First: what else is pending must not decide what is asked. */
    bool open = external_open(c, v);
    bool nmi_window = vmx_proc(v, PROC_NMI_WINDOW) && vmx_nmi_window_open(c, v);
    assert(c->state->non_root);
    if (c->state->activity == ACTIVITY_SIPI)
        return lapic_startup_pending(x->lapic, c->id) ? EVENT_SIPI : NO_EVENT;
    if (init_arrived(x, c))
        return EVENT_INIT;
    if (vmx_core(x, c)->timer_out) /* a guest that waits for a SIPI has no exit for it, 25.5.1 */
        return EVENT_TIMER;
    if (nmi_window)
        return EVENT_NMI_WINDOW;
    if (core_nmi_ready(c))
        return EVENT_NMI;
    return interrupt_kind(x, c, v, open);
}

static bool interruptible(void *virt, struct core *c)
{
    struct vmx *x = virt;
    const struct vmcs *v = vmx_current(x, c->id);
    bool open = external_open(c, v);
    return open || vmx_core(x, c)->timer_runs ||
           (vmx_proc(v, PROC_NMI_WINDOW) && vmx_nmi_window_open(c, v));
}

/* The timer may come to 0 before any step. */
static void boundary(void *virt, struct core *c, struct footprint *fp)
{
    const struct vmx *x = virt;
    if (vmx_core(x, c)->timer_runs)
        footprint_add(fp, core_control(c->id, UNIT_VMX_TIMER), ACCESS_READ);
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
    case EVENT_INIT:
    case EVENT_SIPI:
    case EVENT_TIMER:
    case EVENT_NMI_WINDOW:
    case EVENT_WINDOW: return true;
    case EVENT_EXTERNAL: return vmx_pin(v, PIN_EXTERNAL_INTERRUPT);
    default: return false;
    }
}

/* What takes nothing out of the local APIC. */
static bool reads_intr(enum guest_event event)
{
    return event != EVENT_NMI && event != EVENT_POSTED && event != EVENT_EXTERNAL;
}

/* The first micro-step of the event. */
static void event_next(void *virt, struct core *c, struct footprint *fp, unsigned *flags)
{
    struct vmx *x = virt;
    enum guest_event event = highest_event(x, c);
    assert(event != NO_EVENT);
    vmx_footprint(c, fp);
    /* Which event it is depends on what is pending, but a virtual interrupt goes before all but
     * an NMI whatever arrives, and so on. The timer is in the footprint already. */
    footprint_add(fp, lapic_intr(c->id), reads_intr(event) ? ACCESS_READ : ACCESS_WRITE);
    if (event == EVENT_NMI || event == EVENT_INIT || event == EVENT_SIPI)
        footprint_add(fp, core_control(c->id, UNIT_NMI), ACCESS_WRITE);
    if (event == EVENT_POSTED)
        *flags &= ~(unsigned)POINT_DRAINED; /* its first locked access drains */
    else if (leaves(vmx_current(x, c->id), event))
        *flags = (*flags & ~(unsigned)POINT_DRAINED) | core_would_drain(c, KNOB_VM_EXIT_DRAINS);
    else
        *flags |= POINT_DRAINED; /* SDM vol. 3, 11.10: delivery drains the store buffer */
}

static enum event_result leave_with(struct vmx *x, struct core *c, struct vmx_exit e)
{
    e.rip = c->exec.resume_rip;
    (void)core_drain_flag(c, KNOB_VM_EXIT_DRAINS); /* event_next() has only looked */
    vmx_exit(x, c, &e);
    return EVENT_DIVERTED;
}

static enum event_result leave(struct vmx *x, struct core *c, unsigned reason, uint32_t intr_info)
{
    return leave_with(x, c, (struct vmx_exit){.reason = reason, .intr_info = intr_info});
}

/* SDM vol. 3, 25.2: nothing is reset. */
static enum event_result take_init(struct vmx *x, struct core *c)
{
    lapic_take_init(x->lapic, c->id);
    return leave(x, c, EXIT_INIT, 0);
}

/* SDM vol. 3, 27.2.1: the vector is the qualification. */
static enum event_result take_sipi(struct vmx *x, struct core *c)
{
    unsigned vector = lapic_take_startup(x->lapic, c->id);
    machine_say(x->m, STEP_VMX, "start-up %#x", vector);
    return leave_with(x, c, (struct vmx_exit){.reason = EXIT_SIPI, .qualification = vector});
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
    leave(x, c, EXIT_EXCEPTION_NMI, INTR_VALID | DELIVER_NMI << 8 | VECTOR_NMI);
    c->state->nmi_blocked = 1;
    return EVENT_DIVERTED;
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
        info = INTR_VALID | DELIVER_EXTERNAL << 8 | vector;
    }
    return leave(x, c, EXIT_EXTERNAL_INTERRUPT, info);
}

static enum event_result event_take(void *virt, struct core *c)
{
    struct vmx *x = virt;
    switch (highest_event(x, c)) {
    case EVENT_INIT:
        return take_init(x, c);
    case EVENT_SIPI:
        return take_sipi(x, c);
    case EVENT_TIMER:
        return leave(x, c, EXIT_PREEMPTION_TIMER, 0);
    case EVENT_NMI_WINDOW:
        return leave(x, c, EXIT_NMI_WINDOW, 0);
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

static bool page_access(void *virt, struct core *c, enum page_access how, unsigned offset,
                        unsigned size, uint64_t *value)
{
    return vmx_page_access(virt, c, how, offset, size, value);
}

static void after_instruction(void *virt, struct core *c)
{
    vmx_after_instruction(virt, c);
}

static bool exception(void *virt, struct core *c, unsigned vector, bool has_error, uint32_t error)
{
    return vmx_guest_exception(virt, c, vector, has_error, error);
}

static bool in_operation(void *virt, struct core *c)
{
    return vmx_core(virt, c)->on;
}

static void cpuid(void *virt, struct core *c, uint32_t leaf, struct cpuid_registers *r)
{
    enum { LEAF_FEATURES = 1, ECX_VMX = 1 << 5 };
    (void)virt, (void)c;
    if (leaf == LEAF_FEATURES)
        r->c |= ECX_VMX;
}

const struct virt_ops vmx_operations = {
    .cpuid = cpuid,
    .in_operation = in_operation,
    .interruptible = interruptible,
    .event_ready = event_ready,
    .event_next = event_next,
    .event_take = event_take,
    .instruction = instruction,
    .exception = exception,
    .triple_fault = vmx_triple_fault,
    .iret = vmx_iret,
    .boundary = boundary,
    .page_access = page_access,
    .after_instruction = after_instruction,
    .steps = STEP_VMX,
};
