/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APICs of a machine: construction, and what cores and other models ask of them. */
#include "lapic/lapic.h"

#include <stdlib.h>

#include "lapic/icr.h"
#include "lapic/init.h"
#include "lapic/internal.h"
#include "lapic/lvt.h"
#include "lapic/mode.h"
#include "lapic/pins.h"
#include "sim/message.h"

static bool core_pending(void *apic, unsigned core)
{
    return lapic_deliverable(apic, core) != 0;
}

static unsigned core_acknowledge(void *apic, unsigned core)
{
    return lapic_acknowledge(apic, core);
}

static bool core_nmi_pending(void *apic, unsigned core)
{
    return lapic_nmi_pending(apic, core);
}

static void core_take_nmi_latch(void *apic, unsigned core)
{
    lapic_take_nmi(apic, core);
}

static bool core_smi_pending(void *apic, unsigned core)
{
    return lapic_smi_pending(apic, core);
}

static bool core_init_pending(void *apic, unsigned core)
{
    return lapic_init_pending(apic, core);
}

static bool core_startup_pending(void *apic, unsigned core)
{
    return lapic_startup_pending(apic, core);
}

static bool core_take_init(void *apic, unsigned core)
{
    return init_reset(apic, core);
}

static unsigned core_take_startup(void *apic, unsigned core)
{
    return lapic_take_startup(apic, core);
}

static bool core_next_tsc(void *apic, struct core *c, struct footprint *fp)
{
    return timer_next_tsc(apic, c, fp);
}

static uint64_t core_tsc(void *apic, struct core *c)
{
    return timer_read_tsc(apic, c);
}

static unsigned core_task_priority(void *apic, unsigned core)
{
    return lapic_regs(apic, core)->tpr >> 4;
}

static void core_next_task_priority(void *apic, unsigned core, struct footprint *fp)
{
    tpr_next(apic, core, fp);
}

/* SDM vol. 3, 10.8.6: CR8 is TPR[7:4], a write clears TPR[3:0]. */
static void core_set_task_priority(void *apic, unsigned core, unsigned class)
{
    tpr_write(apic, core, class << 4);
}

static bool core_present(void *apic, unsigned core)
{
    return lapic_mode(apic, core) != APIC_DISABLED;
}

static uint32_t core_apic_id(void *apic, unsigned core)
{
    return lapic_regs(apic, core)->id;
}

static const struct apic_ops core_operations = {
    .pending = core_pending,
    .acknowledge = core_acknowledge,
    .nmi_pending = core_nmi_pending,
    .take_nmi = core_take_nmi_latch,
    .smi_pending = core_smi_pending,
    .init_pending = core_init_pending,
    .startup_pending = core_startup_pending,
    .take_init = core_take_init,
    .take_startup = core_take_startup,
    .next_tsc = core_next_tsc,
    .tsc = core_tsc,
    .task_priority = core_task_priority,
    .next_task_priority = core_next_task_priority,
    .set_task_priority = core_set_task_priority,
    .present = core_present,
    .id = core_apic_id,
};

struct lapic *lapic_new(struct machine *m, struct cpu *cpu)
{
    struct lapic *l = calloc(1, sizeof *l);
    assert(l);
    assert(m->slots >= 1);
    l->m = m;
    l->cpu = cpu;
    l->regs = machine_reserve(m, m->cores * sizeof *l->regs);
    for (unsigned i = 0; i < m->cores; i++) {
        struct apic_regs *r = &l->regs[i];
        r->id = i;
        r->base = APIC_BASE_ADDRESS | APIC_BASE_EN | (i ? 0 : APIC_BASE_BSP);
        apic_reset_registers(r);
    }
    l->latch = machine_reserve(m, m->cores * sizeof *l->latch);
    m->message_ops = &lapic_fabric_ops;
    m->fabric = l;
    if (cpu) {
        cpu_set_apic(cpu, &core_operations, l);
        cpu_add_msrs(cpu, &lapic_base_ops, l);
        cpu_add_msrs(cpu, &lapic_x2apic_ops, l);
        cpu_add_msrs(cpu, &lapic_deadline_ops, l);
        cpu_add_mmio(cpu, &lapic_xapic_ops, l);
    }
    return l;
}

void lapic_free(struct lapic *l)
{
    for (unsigned i = 0; i < MACHINE_MAX_CORES; i++)
        free(l->timer[i]);
    free(l->ioapic);
    free(l);
}

void lapic_set_id(struct lapic *l, unsigned core, uint32_t id)
{
    assert(lapic_core_of_id(l, id) < 0 || lapic_core_of_id(l, id) == (int)core);
    lapic_regs(l, core)->id = id;
}

int lapic_core_of_id(const struct lapic *l, uint32_t id)
{
    for (unsigned i = 0; i < l->m->cores; i++)
        if (l->regs[i].id == id)
            return (int)i;
    return -1;
}

unsigned lapic_acknowledge(struct lapic *l, unsigned core)
{
    unsigned vector = apic_acknowledge(lapic_regs(l, core));
    assert(vector < 256);
    return vector;
}

void lapic_next_accept(const struct lapic *l, unsigned core, unsigned vector, bool level,
                       struct footprint *fp)
{
    bool illegal = vector < APIC_FIRST_VECTOR;
    uint64_t bit = illegal ? lapic_regs(l, core)->lvt[LVT_ERROR] & 0xff : vector;
    if (l->levels)
        footprint_add(fp, core_control(core, UNIT_APIC_TMR) | bit << 16,
                      level && !illegal ? ACCESS_ACCUMULATE : ACCESS_READ);
}

/* Without an I/O APIC nobody hears a broadcast, and an EOI commutes with arrivals. With one, an arrival
 * of the vector in service changes what TMR says of it. With pins, an EOI accepts a level that is there, and it does
 * not commute with whoever asserts or releases that. */
void lapic_next_eoi(const struct lapic *l, unsigned core, struct footprint *fp, unsigned *flags)
{
    const struct apic_regs *r = lapic_regs(l, core);
    footprint_add(fp, lapic_intr(core), l->ioapic || l->pins ? ACCESS_WRITE : ACCESS_ACCUMULATE);
    if (!l->ioapic || !bits256_highest(r->isr) || (r->svr & APIC_SVR_SUPPRESS_EOI))
        return;
    message_order_send(l->m, core, MESSAGE_TO_DEVICES, fp);
    *flags |= POINT_SLOT;
}

/* A message like others: the I/O APIC hears of it later. */
static void broadcast_eoi(struct lapic *l, unsigned core, unsigned vector)
{
    assert(message_can_send(l->m, core)); /* lapic_next_eoi() has waited for room */
    message_send(l->m, core, APIC_EOI_BROADCAST, vector, MESSAGE_TO_DEVICES);
    machine_say(l->m, STEP_SEND, "broadcast");
}

void lapic_eoi(struct lapic *l, unsigned core)
{
    bool broadcast;
    unsigned vector = apic_end_of_interrupt(lapic_regs(l, core), &broadcast);
    if (vector)
        machine_say(l->m, STEP_REGISTER, "EOI %#x", vector);
    else
        machine_say(l->m, STEP_REGISTER, "EOI, nothing in service");
    if (broadcast && l->ioapic)
        broadcast_eoi(l, core, vector);
    pins_look(l, core);
}

static bool refuse_reserved(struct lapic *l, unsigned core, enum apic_lvt which)
{
    static const char *const name[LVT_COUNT] = {
        [LVT_CMCI] = "CMCI", [LVT_TIMER] = "timer", [LVT_THERMAL] = "thermal", [LVT_PMC] = "PMC",
        [LVT_LINT0] = "LINT0", [LVT_LINT1] = "LINT1", [LVT_ERROR] = "error"};
    const struct apic_regs *r = lapic_regs(l, core);
    unsigned delivery = apic_lvt_delivery(r, which);
    if ((r->lvt[which] & APIC_LVT_MASKED) || !apic_lvt_reserved(r, which))
        return false;
    machine_find(l->m, FINDING_BUG, "", "CPU%u: the %s entry of its local vector table has delivery mode %u "
                 "(%s), which is reserved or not supported there", core, name[which], delivery,
                 apic_delivery_name(delivery));
    return true;
}

void lapic_raise(struct lapic *l, unsigned core, enum apic_lvt which)
{
    struct apic_regs *r = lapic_regs(l, core);
    unsigned delivery = apic_lvt_delivery(r, which);
    if (refuse_reserved(l, core, which))
        return;
    if (which == LVT_LINT1 && (r->lvt[which] & APIC_LVT_LEVEL) && delivery == APIC_FIXED)
        machine_find(l->m, FINDING_LIMIT, "",
                     "CPU%u: LINT1 is level triggered: it must be edge triggered", core);
    if (!apic_raise_lvt(r, which))
        machine_say(l->m, STEP_ARRIVE, "masked");
    else if (delivery != APIC_FIXED) /* that has been accepted */
        lapic_deliver(l, core, delivery, r->lvt[which] & 0xff, false);
}

bool lapic_nmi_pending(const struct lapic *l, unsigned core)
{
    return lapic_regs(l, core)->nmi_pending;
}

void lapic_take_nmi(struct lapic *l, unsigned core)
{
    assert(lapic_nmi_pending(l, core));
    lapic_regs(l, core)->nmi_pending = 0;
}

bool lapic_irr(const struct lapic *l, unsigned core, unsigned vector)
{
    assert(vector < 256);
    return bits256_test(lapic_regs(l, core)->irr, vector);
}

bool lapic_isr(const struct lapic *l, unsigned core, unsigned vector)
{
    assert(vector < 256);
    return bits256_test(lapic_regs(l, core)->isr, vector);
}
