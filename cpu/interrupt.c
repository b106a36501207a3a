/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery of interrupts and exceptions through the IDT in 64-bit mode, and IRET
 * (SDM vol. 3, 6.14). Left out: privilege changes, task gates, virtual-8086 mode. A host without the
 * gate is a finding; what a guest without it gets (6.13, 6.15) may be meant.
 */
#include "cpu/internal.h"

enum {
    GATE_INTERRUPT = 0xe,
    GATE_TRAP = 0xf,
    TSS_IST1 = 0x24, /* offset of IST1 in the 64-bit TSS, SDM vol. 3, 7.7 */
    ERROR_EXT = 1 << 0, /* SDM vol. 3, 6.13 */
    ERROR_IDT = 1 << 1,
};

struct gate {
    uint64_t target;
    unsigned ist;
    unsigned type;
    bool present;
};

/* Microcode reads tables at linear addresses; an address outside the window is a fault that
 * nobody can handle any more. */
static uint64_t linear(struct core *c, uint64_t address, unsigned size, const char *what)
{
    uint64_t physical;
    if (!core_translate(c, address, size, &physical)) {
        machine_find(c->m, FINDING_FAULT, "", "CPU%u: %s at %#llx, where there is nothing", c->id,
                     what, (unsigned long long)address);
        core_end(c);
    }
    return physical;
}

static struct gate read_gate(struct core *c, unsigned vector)
{
    struct gate g = {0};
    if (16 * vector + 15 > c->state->idt_limit)
        return g;
    uint64_t at = linear(c, c->state->idt_base + 16 * vector, 16, "IDT");
    uint64_t low = core_hw_read(c, at, 8);
    uint64_t high = core_hw_read(c, at + 8, 8);
    g.target = (low & 0xffff) | (low >> 32 & 0xffff0000) | high << 32;
    g.ist = low >> 32 & 7;
    g.type = low >> 40 & 0xf;
    g.present = low >> 47 & 1;
    return g;
}

static bool is_gate(const struct gate *g)
{
    return g->type == GATE_INTERRUPT || g->type == GATE_TRAP;
}

static void push(struct core *c, uint64_t *rsp, uint64_t value)
{
    *rsp -= 8;
    core_hw_write(c, linear(c, *rsp, 8, "interrupt stack"), 8, value);
}

static enum context_level kind_above(enum context_level below, unsigned vector)
{
    switch (below) {
    case LEVEL_THREAD:
        return vector == VECTOR_NMI ? LEVEL_NMI : LEVEL_INTERRUPT;
    case LEVEL_GUEST:
        return LEVEL_GUEST_INTERRUPT;
    case LEVEL_GUEST_INTERRUPT:
    case LEVEL_GUEST_INTERRUPT_NESTED:
        return LEVEL_GUEST_INTERRUPT_NESTED;
    case LEVEL_DEEP:
        return LEVEL_DEEP;
    default:
        return vector == VECTOR_NMI ? LEVEL_NMI : LEVEL_INTERRUPT_NESTED;
    }
}

static enum context_level level_above(const struct core *c, unsigned vector)
{
    enum context_level kind = kind_above(core_level(c), vector);
    for (unsigned i = 0; i < c->state->level_count; i++)
        if (c->state->level[i] == kind)
            return LEVEL_DEEP;
    return kind;
}

/* What the event leaves of the state before it, whether its delivery succeeds or not: SDM vol. 3, 27.1
 * says it of deliveries that lead to a VM exit. */
static void begin_delivery(struct core *c, const struct delivery *e)
{
    c->exec.delivering = *e;
    c->exec.delivering.valid = 1;
    c->state->shadow = c->state->shadow_next = 0;
    c->state->activity = ACTIVITY_ACTIVE;
}

/* An access of the delivery to a guest's APIC-access page leaves the guest, which is then not at the
 * handler. */
static bool leaves_at(struct core *c, uint64_t address)
{
    uint64_t unused = 0;
    if (!c->state->access_page || !access_page_has(c, address, 8))
        return false;
    core_pop_level(c);
    bool done = access_page_use(c, PAGE_DELIVERY, address, 8, &unused);
    assert(!done); /* more than 32 bits: never virtualized */
    (void)done;
    return true;
}

static bool gate_leaves(struct core *c, unsigned vector)
{
    uint64_t at = c->state->idt_base + 16 * vector;
    return 16 * vector + 15 <= c->state->idt_limit && (leaves_at(c, at) || leaves_at(c, at + 8));
}

/* Where the frame goes; false if the guest has been left. */
static bool find_stack(struct core *c, const struct delivery *e, const struct gate *g, uint64_t *rsp)
{
    *rsp = core_reg(c, UC_X86_REG_RSP);
    if (g->ist) {
        uint64_t at = c->state->tr_base + TSS_IST1 + 8 * (g->ist - 1);
        if (leaves_at(c, at))
            return false;
        *rsp = core_hw_read(c, linear(c, at, 8, "TSS"), 8);
    }
    *rsp &= ~15ull; /* SDM vol. 3, 6.14.2: the stack is aligned in 64-bit mode */
    for (unsigned i = 1; i <= (e->has_error ? 6u : 5u); i++)
        if (leaves_at(c, *rsp - 8 * i))
            return false;
    return true;
}

static void enter_handler(struct core *c, const struct delivery *e, const struct gate *g,
                          uint64_t rsp)
{
    struct core_state *s = c->state;
    uint64_t flags = core_reg(c, UC_X86_REG_EFLAGS);
    uint64_t old_rsp = core_reg(c, UC_X86_REG_RSP);
    s->level_frame[s->level_count - 1] = rsp - 40;
    s->level_hash[s->level_count - 1] = state_hash(c, e->return_rip, old_rsp, flags);
    push(c, &rsp, s->ss);
    push(c, &rsp, old_rsp);
    push(c, &rsp, flags);
    push(c, &rsp, s->cs);
    push(c, &rsp, e->return_rip);
    if (e->has_error)
        push(c, &rsp, e->error);
    flags &= ~(uint64_t)(RFLAGS_TF | RFLAGS_NT | RFLAGS_RF);
    if (g->type == GATE_INTERRUPT) {
        flags &= ~(uint64_t)RFLAGS_IF;
        s->interrupt_flag = 0;
    }
    core_set_reg(c, UC_X86_REG_EFLAGS, flags);
    core_set_reg(c, UC_X86_REG_RSP, rsp);
    core_jump(c, g->target);
}

/* SDM vol. 3, table 6-4. */
static bool is_contributory(const struct delivery *e)
{
    return e->type == DELIVER_EXCEPTION &&
           (e->vector == 0 || (e->vector >= VECTOR_TS && e->vector <= VECTOR_GP));
}

/* The exception that a missing gate raises: 6.13, and table 6-5 for what becomes of two. False if the
 * guest has been left. */
static bool next_event(struct core *c, struct delivery *e, const struct gate *g)
{
    const struct virt_ops *virt = c->cpu->virt_ops;
    bool software = e->type == DELIVER_SOFTWARE || e->type == DELIVER_SOFTWARE_EXCEPTION;
    struct delivery next = {
        .vector = is_gate(g) ? VECTOR_NP : VECTOR_GP,
        .type = DELIVER_EXCEPTION,
        .has_error = 1,
        .error = e->vector << 3 | ERROR_IDT | (software ? 0 : ERROR_EXT),
        .return_rip = e->return_rip - e->length,
    };
    bool second = is_contributory(e) || (e->type == DELIVER_EXCEPTION && e->vector == VECTOR_PF);
    bool third = e->type == DELIVER_EXCEPTION && e->vector == VECTOR_DF;
    if (!third && virt->exception(c->cpu->virt, c, next.vector, true, next.error))
        return false;
    if (third) {
        virt->triple_fault(c->cpu->virt, c);
        return false;
    }
    if (second) {
        next.vector = VECTOR_DF;
        next.error = 0;
        if (virt->exception(c->cpu->virt, c, VECTOR_DF, true, 0))
            return false;
    }
    machine_say(c->m, STEP_DELIVER, "vector %#x has no gate: exception %u", e->vector, next.vector);
    *e = next;
    return true;
}

void core_deliver_event(struct core *c, const struct delivery *event)
{
    struct delivery e = *event;
    for (;;) {
        begin_delivery(c, &e);
        /* The tables are read for the handler: a thread that writes them shares them with it. */
        core_push_level(c, level_above(c, e.vector), 0);
        if (gate_leaves(c, e.vector))
            break;
        struct gate g = read_gate(c, e.vector);
        uint64_t rsp;
        if (g.present && is_gate(&g)) {
            if (find_stack(c, &e, &g, &rsp))
                enter_handler(c, &e, &g, rsp);
            break;
        }
        if (!c->state->non_root) {
            machine_find(c->m, FINDING_FAULT, "",
                         "CPU%u: vector %#x has no gate in the IDT (at %#llx)", c->id, e.vector,
                         (unsigned long long)c->exec.pc);
            core_end(c);
        }
        core_pop_level(c);
        if (!next_event(c, &e, &g))
            break;
    }
    c->exec.delivering.valid = 0;
}

void core_deliver(struct core *c, unsigned vector, bool has_error, uint32_t error,
                  uint64_t return_rip)
{
    core_deliver_event(c, &(struct delivery){.vector = (uint8_t)vector,
                                          .type = DELIVER_EXTERNAL,
                                          .has_error = has_error,
                                          .error = error,
                                          .return_rip = return_rip});
}

/* `int 2` gets to the same handler and blocks nothing (SDM vol. 3, 6.3.3). */
void core_take_nmi(struct core *c)
{
    assert(!c->state->nmi_blocked);
    c->cpu->apic_ops->take_nmi(c->cpu->apic, c->id);
    c->state->nmi_blocked = 1;
    machine_say(c->m, STEP_DELIVER, "takes an NMI");
    core_deliver_event(c, &(struct delivery){.vector = VECTOR_NMI,
                                          .type = DELIVER_NMI,
                                          .return_rip = c->exec.resume_rip});
}

void core_fault(struct core *c, unsigned vector, uint32_t error)
{
    if (core_level(c) != LEVEL_THREAD)
        machine_observe(c->m, c->id); /* a handler that faults is not quiet */
    bool has_error = vector_has_error(vector);
    if (c->state->non_root &&
        c->cpu->virt_ops->exception(c->cpu->virt, c, vector, has_error, error))
        return;
    machine_say(c->m, STEP_DELIVER, "exception %u", vector);
    core_deliver_event(c, &(struct delivery){.vector = (uint8_t)vector,
                                          .type = DELIVER_EXCEPTION,
                                          .has_error = has_error,
                                          .error = error,
                                          .return_rip = c->exec.pc});
}

/* INT n is no exception, whatever its vector; INT3 is one. */
void interrupt_software(struct core *c, const struct insn *in)
{
    bool breakpoint = !in->operands;
    unsigned vector = breakpoint ? VECTOR_BP : (unsigned)in->operand[0].value & 0xff;
    if (breakpoint && c->state->non_root &&
        c->cpu->virt_ops->exception(c->cpu->virt, c, VECTOR_BP, false, 0))
        return;
    core_deliver_event(c, &(struct delivery){.vector = (uint8_t)vector,
                                          .type = breakpoint ? DELIVER_SOFTWARE_EXCEPTION
                                                             : DELIVER_SOFTWARE,
                                          .length = in->length,
                                          .return_rip = in->address + in->length});
}

/* SDM vol. 3, 6.7.1: any IRET, also that of an exception within the handler of the NMI. */
static void unblock_nmi(struct core *c)
{
    if (c->state->non_root)
        c->cpu->virt_ops->iret(c->cpu->virt, c);
    else
        c->state->nmi_blocked = 0;
}

/* SDM vol. 2, IRET/IRETQ: pops RIP, CS, RFLAGS, RSP, SS; serializing. */
void interrupt_return(struct core *c)
{
    uint64_t frame[5];
    uint64_t rsp = core_reg(c, UC_X86_REG_RSP);
    for (unsigned i = 0; i < 5; i++)
        frame[i] = core_hw_read(c, linear(c, rsp + 8 * i, 8, "stack of iretq"), 8);
    spin_break(c); /* it may open interrupts */
    unblock_nmi(c);
    c->state->cs = (uint16_t)frame[1];
    c->state->ss = (uint16_t)frame[4];
    event_set_flag(c, frame[2] >> 9 & 1);
    core_set_reg(c, UC_X86_REG_EFLAGS, frame[2]);
    core_set_reg(c, UC_X86_REG_RSP, frame[3]);
    /* A frame that software built itself (KVM calls the host's handler so) ends no level. */
    unsigned top = c->state->level_count;
    if (top && c->state->level_frame[top - 1] == rsp) {
        /* What a guest's handler changes is nothing to the boundaries of the host, and a guest's all count. */
        if (!c->state->non_root &&
            state_hash(c, frame[0], frame[3], frame[2]) != c->state->level_hash[top - 1])
            machine_observe(c->m, c->id);
        core_pop_level(c);
    }
    core_jump(c, frame[0]);
}
