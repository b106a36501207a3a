/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INIT and start-up: a core that is reset, waits for a start-up message and begins anew. After the SDM
 * vol. 3, 8.4 (MP initialization), 9.1 (state after INIT), 10.4.7.3.
 *
 * A simplification: this core knows 64-bit mode only. Where hardware begins in real mode at CS:IP =
 * VV00h:0, this one begins in 64-bit mode at the same physical address, VV000h, in its window of RAM, with
 * interrupts off and general registers 0; the IDT is that of a reset, so that code has to load
 * its own, as it has to on hardware. INIT of a bootstrap processor, which begins at the reset vector, where
 * this machine has nothing, is FINDING_LIMIT.
 */
#include "cpu/internal.h"
#include "sim/region.h"

enum { PAGE = 4096, CODE_LOOKED_AT = 16 };

static const struct footprint nothing;

static const struct apic_ops *apic(const struct core *c)
{
    return c->cpu->apic_ops;
}

/* SDM vol. 3, 23.8: VMX operation blocks INIT; APM vol. 2, 15.17: GIF = 0 holds it. In guest mode the extension
 * takes it. */
static bool is_blocked(struct core *c)
{
    const struct virt_ops *ops = c->cpu->virt_ops;
    return c->cpu->virt && ops->in_operation && ops->in_operation(c->cpu->virt, c);
}

bool init_pending(struct core *c)
{
    if (!core_is_observed(c) || !c->cpu->apic)
        return false;
    if (c->state->activity == ACTIVITY_SIPI && apic(c)->startup_pending(c->cpu->apic, c->id))
        return true;
    return apic(c)->init_pending(c->cpu->apic, c->id) && !is_blocked(c);
}

void core_init_next(struct core *c, struct footprint *fp)
{
    footprint_add(fp, core_control(c->id, UNIT_NMI), ACCESS_WRITE);
    footprint_add(fp, core_control(c->id, UNIT_APIC_TIMER), ACCESS_WRITE);
    footprint_add(fp, resource_make(RES_INTR, c->id), ACCESS_WRITE);
}

static void clear_registers(struct core *c)
{
    static const int reg[] = {
        UC_X86_REG_RAX, UC_X86_REG_RBX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RSI,
        UC_X86_REG_RDI, UC_X86_REG_RBP, UC_X86_REG_RSP, UC_X86_REG_R8,  UC_X86_REG_R9,
        UC_X86_REG_R10, UC_X86_REG_R11, UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14,
        UC_X86_REG_R15, UC_X86_REG_FS_BASE, UC_X86_REG_GS_BASE};
    for (unsigned i = 0; i < sizeof reg / sizeof *reg; i++)
        core_set_reg(c, reg[i], 0);
    core_set_reg(c, UC_X86_REG_EFLAGS, 2);
}

/* What it was inside of it leaves, without having come to the end of it. */
static void leave_everything(struct core *c)
{
    for (unsigned left = c->m->state->regions[c->id]; left; left &= left - 1)
        region_leave(c->m, c->id, (unsigned)__builtin_ctz(left));
    memset(c->state->entering, 0, sizeof c->state->entering);
    c->state->level_count = 0;
}

/* SDM vol. 3, table 9-1, but for what 64-bit mode needs. */
static void reset(struct core *c)
{
    struct core_state *s = c->state;
    leave_everything(c);
    clear_registers(c);
    core_reset_control(c);
    s->interrupt_flag = s->nmi_blocked = 0;
    s->shadow = s->shadow_next = 0;
    s->cr2 = s->gdt_base = s->idt_base = s->tr_base = 0;
    s->gdt_limit = s->idt_limit = s->tr_limit = 0xffff;
    s->tr = 0;
    s->activity = ACTIVITY_SIPI;
    s->non_root = 0;
    s->access_page = 0;
}

static enum event_result begin(struct core *c)
{
    unsigned vector = apic(c)->take_startup(c->cpu->apic, c->id);
    uint64_t physical = (uint64_t)vector * PAGE;
    const uint8_t *code = c->m->memory.ram + physical;
    bool empty = true;
    for (unsigned i = 0; i < CODE_LOOKED_AT && physical < c->m->memory.size; i++)
        empty &= !code[i];
    if (empty) {
        machine_find(c->m, FINDING_LIMIT, "", "CPU%u: start-up %#x: there is no code at physical "
                     "%#llx", c->id, vector, (unsigned long long)physical);
        core_end(c);
    }
    machine_say(c->m, STEP_DELIVER, "starts at %#llx", (unsigned long long)physical);
    core_jump(c, c->cpu->window_base + physical);
    return EVENT_DIVERTED;
}

void core_wait_for_startup(struct core *c)
{
    assert(c->state->activity == ACTIVITY_SIPI);
    if (core_point(c, &nothing, POINT_BOUNDARY | POINT_WAIT_EVENT))
        assert(!"nothing but start-up ends this wait");
}

static bool becomes_something_else(struct core *c)
{
    const struct virt_ops *ops = c->cpu->virt_ops;
    return c->cpu->virt && ops->init && ops->init(c->cpu->virt, c);
}

/* While it waits already, INIT resets it once more. */
enum event_result core_init_take(struct core *c)
{
    bool waits = c->state->activity == ACTIVITY_SIPI;
    if (!apic(c)->init_pending(c->cpu->apic, c->id))
        return begin(c);
    if (!waits && becomes_something_else(c))
        return EVENT_DIVERTED;
    if (!apic(c)->take_init(c->cpu->apic, c->id)) {
        machine_find(c->m, FINDING_LIMIT, "", "CPU%u: INIT of the bootstrap processor, which would "
                     "begin at the reset vector: there is no code", c->id);
        core_end(c);
    }
    machine_say(c->m, STEP_DELIVER, "INIT: waits for start-up");
    reset(c);
    if (waits)
        return EVENT_RESUMED;
    core_wait_for_startup(c);
    return EVENT_DIVERTED;
}
