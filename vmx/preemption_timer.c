/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMX-preemption timer. After the SDM vol. 3, 25.5.1, 26.6.4, 27.3.
 *
 * Time is a choice: once VM entry has armed the timer, it may come to 0 before or behind any step of any
 * other agent. So the timer is an agent that has one step to make for each time that it was armed. If the
 * guest has been left before that, the step comes too late and does nothing; it is not taken back, or an
 * exploration that met the exit first would never learn that the timer could have been quicker. Armed
 * again before it was made, it is one step for both times: the order in which it comes first is another
 * execution.
 *
 * A value of 0 comes to 0 at once. What "save VMX-preemption timer value" leaves of a timer that still
 * runs is a knob, as no step has a length.
 */
#include <stdio.h>
#include <stdlib.h>

#include "vmx/internal.h"

void vmx_timer_footprint(const struct core *c, struct footprint *fp)
{
    footprint_add(fp, core_control(c->id, UNIT_VMX_TIMER), ACCESS_WRITE);
}

void vmx_timer_arm(struct vmx *x, struct core *c, const struct vmcs *v)
{
    struct vmx_core *k = vmx_core(x, c);
    uint64_t value = vmcs_get(v, VMCS_PREEMPTION_TIMER);
    k->timer_runs = vmx_pin(v, PIN_PREEMPTION_TIMER);
    k->timer_out = k->timer_runs && !value;
    if (k->timer_runs && value)
        k->timer_due = 1;
}

void vmx_timer_stop(struct vmx *x, struct core *c, struct vmcs *v)
{
    struct vmx_core *k = vmx_core(x, c);
    if (k->timer_runs && (vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_SAVE_PREEMPTION_TIMER)) {
        bool one = knob_value(&c->m->knobs, KNOB_VMX_TIMER_SAVES) == 1;
        if (k->timer_out)
            vmcs_set(v, VMCS_PREEMPTION_TIMER, 0);
        else if (one)
            vmcs_set(v, VMCS_PREEMPTION_TIMER, 1);
    }
    k->timer_runs = k->timer_out = 0;
}

/* ---- The agent ---- */

static struct vmx_core *state(const struct vmx_timer *t)
{
    return &t->x->cores[t->core];
}

static bool enabled(void *device)
{
    return state(device)->timer_due;
}

static void next(void *device, struct footprint *fp)
{
    const struct vmx_timer *t = device;
    footprint_add(fp, core_control(t->core, UNIT_VMX_TIMER), ACCESS_WRITE);
}

static void step(void *device)
{
    const struct vmx_timer *t = device;
    struct vmx_core *k = state(t);
    assert(k->timer_due);
    k->timer_due = 0;
    k->timer_out = k->timer_runs;
    machine_say(t->x->m, STEP_DEVICE, "VMX-preemption timer of CPU%u: 0%s", t->core,
                k->timer_runs ? "" : ", too late");
}

static void describe(void *device, char *text, size_t size)
{
    const struct vmx_timer *t = device;
    snprintf(text, size, "VMX-preemption timer of CPU%u", t->core);
}

static const struct device_ops timer_ops = {
    .name = "VMX timer ",
    .enabled = enabled,
    .next = next,
    .step = step,
    .describe = describe,
};

void vmx_add_timer(struct vmx *x, unsigned core, unsigned device)
{
    assert(core < x->m->cores);
    assert(!x->timer[core]);
    struct vmx_timer *t = calloc(1, sizeof *t);
    assert(t);
    *t = (struct vmx_timer){x, core};
    x->timer[core] = t;
    machine_set_device(x->m, device, &timer_ops, t);
}
