/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps that do not conflict may be exchanged: random code beside devices. Guests with lines, timers and
 * posts; the local interrupt pins; a VT-d unit in front of an I/O APIC and a device.
 */
#include "iommu/ioapic_remap.h"
#include "lapic/apic_regs.h"
#include "lapic/ioapic_internal.h"
#include "lapic/line.h"
#include "lapic/timer.h"
#include "tests/commutation_fixture.h"
#include "tests/support/guests.h"
#include "tests/vtd_program.h"
#include "vmx/controls.h"

enum { PIN = 5, ENTRY_LOW = IOAPIC_ENTRY + 2 * PIN, R8 = 8, STEPS = 400 };

TestSuite(commutation_devices, .timeout = 120);

static enum line_action actions[3];

static void draw_actions(struct random *r, bool level)
{
    for (unsigned i = 0; i < 3; i++)
        actions[i] = level ? (enum line_action)random_draw(r, 3) : LINE_PULSE;
}

static void read_entry(struct code *c)
{
    code_write_register(c, IOAPIC_ADDRESS + IOAPIC_SELECT, ENTRY_LOW);
    code_read_register(c, IOAPIC_ADDRESS + IOAPIC_WINDOW);
}

static void release_line(struct code *c, unsigned device)
{
    code_write_register(c, LINE_ADDRESS + 0x1000 * device, 1);
}

static struct walk open_limited(struct machine *m, const char *name, uint64_t seed)
{
    struct walk w = open_walk(m, name, seed);
    w.limit = STEPS;
    return w;
}

/* ---- Guests ---- */

enum timer_kind { NO_TIMER, APIC_TIMER, PREEMPTION_TIMER };

struct surroundings {
    uint64_t entry;       /* of the pin */
    enum apic_lvt source; /* of core 0, driven by the second device; LVT_COUNT: that drives the pin, too */
    uint32_t lvt;         /* its entry */
    enum timer_kind timer; /* the second device */
    bool own_apic;         /* guests reach the core's APIC: their WRMSRs of its registers are not virtualized */
};

enum { GUEST_MACHINES = 30, GUEST_IO = 0, GUEST_LINE, GUEST_OTHER, GUEST_POSTS, GUEST_DEVICES };

static struct guests g;

static void draw_guest_step(struct random *r, struct code *c)
{
    switch (random_draw(r, 14)) {
    case 0: code_send(c, INTERRUPT_LOW, 0); break;
    case 1: code_send(c, INTERRUPT_HIGH, 1); break;
    case 2: code_send(c, INTERRUPT_HIGH, 0); break;
    case 3: read_entry(c); break;
    case 4: code_write_msr(c, APIC_EOI, 0); break;
    case 5: code_write_msr(c, APIC_TPR, random_draw(r, 2) ? 0xf0 : 0); break;
    case 6: code_write_msr(c, APIC_SELF_IPI, INTERRUPT_LOW); break;
    case 7: code_store(c, 0, 1); break;
    case 8: code_write_msr(c, APIC_LVT_TIMER, random_draw(r, 2) ? INTERRUPT_HIGH : GUESTS_NV); break;
    case 9: code_write_msr(c, APIC_INITIAL_COUNT, 1 + random_draw(r, 30)); break;
    case 10: code_write_msr(c, APIC_SVR, 0x1ff); break;
    default: code_load(c, R8, 0);
    }
}

static void draw_guests(struct random *r, struct guest guest[2])
{
    memset(guest, 0, 2 * sizeof *guest);
    for (unsigned i = 0; i < 2; i++) {
        code_begin(&guest[i].code, 2);
        for (unsigned n = 2 + random_draw(r, 4); n; n--)
            draw_guest_step(r, &guest[i].code);
        code_idle(&guest[i].code);
        for (unsigned n = random_draw(r, 3); n; n--)
            draw_guest_step(r, &guest[i].host);
    }
}

static void add_timer(enum timer_kind kind)
{
    if (kind == APIC_TIMER) {
        lapic_add_timer(g.l, 0, GUEST_OTHER, 2);
        return;
    }
    vmx_add_timer(g.x, 0, GUEST_OTHER);
    guests_vmcs(&g, 0)->field[VMCS_PIN_CONTROLS] |= PIN_PREEMPTION_TIMER;
    guests_vmcs(&g, 0)->field[VMCS_PREEMPTION_TIMER] = 1000;
}

static void add_devices(struct random *r, const struct surroundings *s)
{
    const struct iommu_post post = {INTERRUPT_HIGH, false, guests_pid(0), 0};
    struct ioapic *io = ioapic_new(g.l, GUEST_IO);
    draw_actions(r, s->source != LVT_PMC);
    line_device_new(io, GUEST_LINE, PIN, actions, 3);
    if (s->timer)
        add_timer(s->timer);
    else if (s->source < LVT_COUNT)
        line_device_new_local(g.l, GUEST_OTHER, 0, s->source, actions, 2);
    else
        line_device_new(io, GUEST_OTHER, PIN, actions, 1);
    iommu_device_new(g.p->m, g.l, GUEST_POSTS, &post, 1);
    io->state->entry[PIN] = s->entry;
    if (s->source < LVT_COUNT)
        lapic_regs(g.l, 0)->lvt[s->source] = s->lvt;
}

static void pass_apic_through(unsigned vcpu)
{
    guests_vmcs(&g, vcpu)->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_TERTIARY;
    guests_vmcs(&g, vcpu)->field[VMCS_SECONDARY_CONTROLS] = SEC_VIRTUAL_INTERRUPT;
}

/* A machine: what differs from one to the next is drawn. The descriptors are visible from the start, or
 * the first walks would all begin anew. */
static void open_guests(struct random *r, const struct surroundings *s)
{
    struct guest guest[2];
    struct code low = {.size = 0}, high = {.size = 0}, body = {.size = 0};
    release_line(&body, GUEST_LINE);
    code_handler(&low, &body);
    code_handler(&high, NULL);
    draw_guests(r, guest);
    guests_open(&g, 2, GUEST_DEVICES, random_draw(r, 2) ? MEMORY_TSO : MEMORY_SC, guest, &low, &high);
    add_devices(r, s);
    for (unsigned i = 0; i < 2; i++)
        guests_vmcs(&g, i)->field[VMCS_GUEST_RFLAGS] = random_draw(r, 2) ? 0x202 : 2;
    for (unsigned i = 0; s->own_apic && i < 2; i++)
        pass_apic_through(i);
    if (random_draw(r, 2))
        guests_vmcs(&g, 0)->field[VMCS_EOI_EXIT0 + 1] = 1ull << (INTERRUPT_LOW & 63);
    g.p->m->knobs.value[KNOB_MESSAGE_ORDER] = (uint8_t)random_draw(r, 2);
    guests_start(&g);
    for (unsigned i = 0; i < 2; i++)
        visible_add(&g.p->m->visibility, guests_pid(i), 64);
}

static void walk_guests(uint64_t seed, struct surroundings s)
{
    struct random r = {seed};
    unsigned exchanged = 0;
    for (unsigned n = 0; n < GUEST_MACHINES; n++) {
        open_guests(&r, &s);
        struct walk w = open_limited(g.p->m, "guests", seed + n);
        walk(&w, 8);
        exchanged += w.exchanged;
    }
    cr_assert_gt(exchanged, 5 * GUEST_MACHINES, "only %u", exchanged);
}

Test(commutation_devices, guests_and_a_level)
{
    walk_guests(1, (struct surroundings){.entry = RTE_LEVEL | 0x61, .source = LVT_COUNT});
}

Test(commutation_devices, guests_and_notifications_by_a_pin)
{
    walk_guests(2, (struct surroundings){.entry = GUESTS_NV, .source = LVT_COUNT});
    walk_guests(3, (struct surroundings){.entry = RTE_LEVEL | GUESTS_NV, .source = LVT_COUNT});
}

Test(commutation_devices, guests_and_notifications_by_a_local_pin)
{
    walk_guests(4, (struct surroundings){0x61, LVT_LINT0, GUESTS_NV | RTE_LEVEL, NO_TIMER, false});
    walk_guests(5, (struct surroundings){0x61, LVT_LINT0, GUESTS_NV, NO_TIMER, false});
}

/* Delivery modes 4 and 5. */
/* A WRMSR to the ICR is announced with the message slot that is free then. The processor's own EOI of a notification may
 * use that slot first and leave the core at the WRMSR: core_touch_now(). */
Test(commutation_devices, guests_with_the_apic_of_the_core)
{
    walk_guests(8, (struct surroundings){.entry = RTE_LEVEL | GUESTS_NV, .source = LVT_COUNT, .own_apic = true});
}

Test(commutation_devices, guests_with_nmi_and_init)
{
    walk_guests(6, (struct surroundings){0x461, LVT_LINT1, 0x400, NO_TIMER, false});
    walk_guests(7, (struct surroundings){0x561, LVT_PMC, RTE_MASKED | GUESTS_NV, NO_TIMER, false});
}

Test(commutation_devices, guests_and_timers)
{
    walk_guests(11, (struct surroundings){.entry = RTE_LEVEL | 0x61, .source = LVT_COUNT, .timer = APIC_TIMER});
    walk_guests(12, (struct surroundings){.entry = 0x461, .source = LVT_COUNT, .timer = PREEMPTION_TIMER});
}

/* ---- Local pins ---- */

enum { PROGRAMS = 60 };

static uint32_t draw_lvt(struct random *r, uint32_t msr)
{
    static const uint32_t value[] = {INTERRUPT_LOW, INTERRUPT_HIGH, 0x400, 5,
                                     INTERRUPT_LOW | RTE_LEVEL, INTERRUPT_HIGH | RTE_LEVEL, 5 | RTE_LEVEL};
    uint32_t v = value[random_draw(r, msr == APIC_LVT_LINT0 ? 7 : 4)];
    v |= random_draw(r, 3) ? 0 : RTE_ACTIVE_LOW;
    return v | (random_draw(r, 4) ? 0 : RTE_MASKED);
}

static void draw_pin_step(struct random *r, struct code *c, unsigned core, uint32_t msr)
{
    switch (random_draw(r, core ? 6 : 11)) {
    case 0: code_send(c, INTERRUPT_LOW, 0); break;
    case 1: code_send(c, INTERRUPT_HIGH, 0); break;
    case 2: code_send(c, SEND_NMI, 0); break;
    case 3: code_load(c, R8, 0); break;
    case 4: code_store(c, 0, 1); break;
    case 5: code_read_register(c, LINE_ADDRESS); break;
    case 6: code_read_msr(c, msr); break;
    case 7: code_write_msr(c, APIC_EOI, 0); break;
    case 8: code_write_msr(c, APIC_LVT_ERROR, INTERRUPT_LOW); break;
    default: code_write_msr(c, msr, draw_lvt(r, msr));
    }
}

static void draw_pins(struct random *r, uint32_t msr)
{
    for (unsigned i = 0; i < 2; i++) {
        code_begin(&code[i], 2);
        for (unsigned n = 3 + random_draw(r, 3); n; n--)
            draw_pin_step(r, &code[i], i, msr);
    }
    code_idle(&code[0]);
    code_end(&code[1]);
}

static struct program *open_pins(struct random *r, enum apic_lvt source)
{
    struct code handler = {.size = 0}, body = {.size = 0}, nmi = {.size = 0};
    release_line(&body, 0);
    code_handler(&handler, &body);
    code_nmi_handler(&nmi, NULL);
    struct program *p = program_open(2, 1, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &handler, &handler);
    interrupts_enable_nmi(p, &nmi);
    draw_actions(r, source != LVT_PMC);
    line_device_new_local(l, 0, 0, source, actions, 3);
    return p;
}

static void walk_pins(uint64_t seed, enum apic_lvt source, uint32_t msr)
{
    struct random r = {seed};
    struct program *p = open_pins(&r, source);
    draw_pins(&r, msr);
    program_start(p, code);
    struct walk w = open_limited(p->m, "pins", seed);
    for (unsigned n = 0; n < PROGRAMS; n++) {
        walk(&w, 6);
        draw_pins(&r, msr);
        cr_assert(program_next(p, code));
    }
    cr_assert_gt(w.exchanged, 5 * PROGRAMS, "only %u", w.exchanged);
}

Test(commutation_devices, local_pins)
{
    walk_pins(4, LVT_LINT0, APIC_LVT_LINT0);
    walk_pins(5, LVT_LINT1, APIC_LVT_LINT1);
    walk_pins(6, LVT_PMC, APIC_LVT_PMC);
}

/* ---- Behind a VT-d unit ---- */

enum { VTD_LINE = 0, VTD_IO = 2, VTD_MSI, VTD_DEVICES }; /* UNIT is 1 */

static void draw_pin_entry(struct random *r, struct code *c)
{
    uint32_t low = INTERRUPT_LOW | (random_draw(r, 2) ? RTE_LEVEL : 0) | (random_draw(r, 3) ? 0 : RTE_MASKED);
    code_write_register(c, IOAPIC_ADDRESS + IOAPIC_SELECT, ENTRY_LOW);
    code_write_register(c, IOAPIC_ADDRESS + IOAPIC_WINDOW, low);
}

static void draw_vtd_step(struct random *r, struct code *c, unsigned core, bool posts)
{
    static const uint64_t descriptor[] = {PID_A, PID_B, PID_C};
    switch (random_draw(r, posts ? 9 : 8)) {
    case 0: code_submit(c, 1 + random_draw(r, 2)); break;
    case 1: code_submit(c, 2); break;
    case 2: read_entry(c); break;
    case 3: draw_pin_entry(r, c); break;
    case 4: code_load(c, R8, STATUS); break;
    case 5: code_store(c, variable_at(ENTRY_AT), random_draw(r, 2) << 15); break;
    case 6: code_store(c, X, 0); break;
    case 7:
        if (core)
            code_send(c, INTERRUPT_LOW, 0);
        else
            code_write_msr(c, APIC_EOI, 0);
        break;
    default: code_retarget(c, descriptor[random_draw(r, 3)]);
    }
}

static void draw_vtd(struct random *r, bool posts)
{
    for (unsigned i = 0; i < 2; i++) {
        code_begin(&code[i], 2);
        for (unsigned n = 2 + random_draw(r, 4); n; n--)
            draw_vtd_step(r, &code[i], i, posts);
    }
    code_idle(&code[0]);
    code_end(&code[1]);
}

static struct program *open_vtd(struct table_entry e, bool level)
{
    struct code handler = {.size = 0}, body = {.size = 0};
    begin(2);
    release_line(&body, VTD_LINE);
    code_handler(&handler, &body);
    struct program *p = program_open(2, VTD_DEVICES, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &handler, &handler);
    struct vtd *v = vtd_new(p->m, p->cpu, l, UNIT);
    struct ioapic *io = ioapic_new(l, VTD_IO);
    ioapic_remap_new(p->m, l, v, io, VTD_IO);
    enable_unit(p, v);
    put(p, ENTRY_AT, e.low, e.high);
    put(p, PID_A + PID_CONTROL, PID_SN | GUESTS_NV << 16, 0);
    put(p, PID_B + PID_CONTROL, PID_SN | GUESTS_NV << 16, 0);
    put(p, PID_C + PID_CONTROL, INTERRUPT_LOW << 16, 0);
    msi_device_new(p->m, l, vtd_remapper(v), VTD_MSI, script, 2);
    actions[0] = level ? LINE_ASSERT : LINE_PULSE;
    actions[1] = LINE_PULSE;
    line_device_new(io, VTD_LINE, PIN, actions, 2);
    io->state->entry[PIN] = RTE_REMAPPABLE | RTE_HANDLE(ENTRY) | INTERRUPT_LOW | (level ? RTE_LEVEL : 0);
    return p;
}

static void walk_vtd(uint64_t seed, struct table_entry e, bool level, unsigned order)
{
    struct random r = {seed};
    bool posts = e.low >> 15 & 1;
    struct program *p = open_vtd(e, level);
    p->m->knobs.value[KNOB_IEC] = seed & 1;
    p->m->knobs.value[KNOB_MESSAGE_ORDER] = (uint8_t)order;
    draw_vtd(&r, posts);
    program_start(p, code);
    struct walk w = open_limited(p->m, "vtd", seed);
    for (unsigned n = 0; n < PROGRAMS; n++) {
        walk(&w, 6);
        draw_vtd(&r, posts);
        cr_assert(program_next(p, code));
    }
    cr_assert_gt(w.exchanged, 5 * PROGRAMS, "only %u", w.exchanged);
}

Test(commutation_devices, vtd_remaps)
{
    walk_vtd(8, (struct table_entry){1 | INTERRUPT_LOW << 16, 0}, false, 0);
    walk_vtd(9, (struct table_entry){1 | 1 << 4 | INTERRUPT_LOW << 16, 0}, true, 1);
}

Test(commutation_devices, vtd_posts)
{
    walk_vtd(10, posted(VECTOR, PID_C), false, 0);
    walk_vtd(11, posted(VECTOR, PID_C), true, 1);
}
