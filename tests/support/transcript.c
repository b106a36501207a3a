/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/transcript.h"

#include <stdio.h>
#include <string.h>

#include "cpu/console.h"
#include "lapic/lapic.h"
#include "lapic/timer.h"
#include "sim/image.h"
#include "vmx/vmx.h"

enum { RAM = 4 << 20, ARENA = 1 << 20, MAX_STEPS = 10 << 20, TIMER_TICKS = 10 };
enum { APIC_TIMER, PREEMPTION_TIMER, DEVICES };

static const uint64_t WINDOW = 0xffffffff80000000; /* kvm/runtime/image.h: IMAGE_OFFSET */
static const char LAST_LINE[] = "end\n";
static char why[512];

/* Store buffers and messages before cores; timers when the core waits for them. */
static bool next_agent(struct machine *m, agent_id *next)
{
    static const enum agent_kind order[] = {AGENT_BUFFER, AGENT_MESSAGE, AGENT_CORE, AGENT_DEVICE};
    uint64_t enabled = machine_enabled(m);
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
        for (agent_id a = 0; a < m->agents; a++) {
            unsigned index;
            if ((enabled >> a & 1) && agent_kind_of(m, a, &index) == order[i]) {
                *next = a;
                return true;
            }
        }
    return false;
}

static void run(struct machine *m)
{
    agent_id a;
    m->core_ops->begin(m->cpu);
    for (unsigned i = 0; i < MAX_STEPS && next_agent(m, &a); i++)
        agent_step(m, a);
}

static const char *judge(const struct machine *m, const char *text)
{
    size_t length = strlen(text), last = strlen(LAST_LINE);
    for (unsigned i = 0; i < m->state->finding_count; i++)
        if (m->state->finding[i].kind != FINDING_DEADLOCK) {
            snprintf(why, sizeof why, "irqweave: %s", m->state->finding[i].message);
            return why;
        }
    if (length >= last && !strcmp(text + length - last, LAST_LINE))
        return NULL;
    return "irqweave: the transcript has no end";
}

const char *transcript_irqweave(const char *path, char text[TRANSCRIPT_SIZE])
{
    struct machine *m = machine_new(1, DEVICES, RAM, ARENA);
    struct image image;
    text[0] = 0;
    if (!image_load(&image, path, m->memory.ram, RAM, WINDOW, why, sizeof why))
        return why;
    struct cpu *cpu = cpu_new(m, WINDOW);
    struct lapic *lapic = lapic_new(m, cpu);
    struct vmx *vmx = vmx_new(m, cpu, lapic);
    lapic_add_timer(lapic, 0, APIC_TIMER, TIMER_TICKS);
    vmx_add_timer(vmx, 0, PREEMPTION_TIMER);
    vmx->failure_is_result = true;
    struct console *console = cpu_add_console(cpu, TRANSCRIPT_SIZE);
    const struct image_symbol *start = image_symbol(&image, "image_start");
    visible_reset(&m->visibility, NULL, 0);
    if (start && cpu_setup_core(cpu, 0, start->address, 0)) {
        cpu_setup_done(cpu);
        run(m);
    }
    memcpy(text, console->text, console->size);
    return judge(m, text);
}
