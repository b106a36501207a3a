/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery of interrupts and exceptions through the IDT in 64-bit mode, and IRET
 * (SDM vol. 3, 6.14). Left out: privilege changes, task gates, virtual-8086 mode.
 */
#include "cpu/internal.h"

enum {
    GATE_INTERRUPT = 0xe,
    TSS_IST1 = 0x24, /* offset of IST1 in the 64-bit TSS, SDM vol. 3, 7.7 */
    VECTOR_NMI = 2,
    FLAG_TF = 1 << 8,
    FLAG_IF = 1 << 9,
    FLAG_NT = 1 << 14,
    FLAG_RF = 1 << 16,
};

struct gate {
    uint64_t target;
    unsigned ist;
    unsigned type;
    bool present;
};

/* Microcode reads tables at linear addresses; an address outside the window is a fault that
 * nobody can handle any more. */
static uint64_t linear(struct core *c, uint64_t address, const char *what)
{
    uint64_t physical;
    if (!core_translate(c, address, &physical)) {
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
    uint64_t at = linear(c, c->state->idt_base + 16 * vector, "IDT");
    uint64_t low = core_hw_read(c, at, 8);
    uint64_t high = core_hw_read(c, at + 8, 8);
    g.target = (low & 0xffff) | (low >> 32 & 0xffff0000) | high << 32;
    g.ist = low >> 32 & 7;
    g.type = low >> 40 & 0xf;
    g.present = low >> 47 & 1;
    return g;
}

static void push(struct core *c, uint64_t *rsp, uint64_t value)
{
    *rsp -= 8;
    core_hw_write(c, linear(c, *rsp, "interrupt stack"), 8, value);
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

void core_deliver(struct core *c, unsigned vector, bool has_error, uint32_t error,
                  uint64_t return_rip)
{
    struct core_state *s = c->state;
    uint64_t flags = core_reg(c, UC_X86_REG_EFLAGS);
    uint64_t old_rsp = core_reg(c, UC_X86_REG_RSP);
    /* The tables are read for the handler: a thread that writes them shares them with it. */
    core_push_level(c, level_above(c, vector), 0);
    struct gate g = read_gate(c, vector);
    if (!g.present) {
        machine_find(c->m, FINDING_FAULT, "", "CPU%u: vector %#x has no gate in the IDT (at %#llx)",
                     c->id, vector, (unsigned long long)c->exec.pc);
        core_end(c);
    }
    uint64_t rsp = old_rsp;
    if (g.ist)
        rsp = core_hw_read(c, linear(c, s->tr_base + TSS_IST1 + 8 * (g.ist - 1), "TSS"), 8);
    rsp &= ~15ull; /* SDM vol. 3, 6.14.2: the stack is aligned in 64-bit mode */
    s->level_frame[s->level_count - 1] = rsp - 40;
    s->level_hash[s->level_count - 1] = state_hash(c, return_rip, old_rsp, flags);
    push(c, &rsp, s->ss);
    push(c, &rsp, old_rsp);
    push(c, &rsp, flags);
    push(c, &rsp, s->cs);
    push(c, &rsp, return_rip);
    if (has_error)
        push(c, &rsp, error);
    flags &= ~(uint64_t)(FLAG_TF | FLAG_NT | FLAG_RF);
    if (g.type == GATE_INTERRUPT) {
        flags &= ~(uint64_t)FLAG_IF;
        s->interrupt_flag = 0;
    }
    s->shadow = s->shadow_next = 0;
    s->activity = ACTIVITY_ACTIVE;
    core_set_reg(c, UC_X86_REG_EFLAGS, flags);
    core_set_reg(c, UC_X86_REG_RSP, rsp);
    core_jump(c, g.target);
}

/* `int 2` gets to the same handler and blocks nothing (SDM vol. 3, 6.3.3). */
void core_take_nmi(struct core *c)
{
    assert(!c->state->nmi_blocked);
    c->cpu->apic_ops->take_nmi(c->cpu->apic, c->id);
    c->state->nmi_blocked = 1;
    machine_say(c->m, STEP_DELIVER, "takes an NMI");
    core_deliver(c, VECTOR_NMI, false, 0, c->exec.resume_rip);
}

void core_fault(struct core *c, unsigned vector, uint32_t error)
{
    if (core_level(c) != LEVEL_THREAD)
        machine_observe(c->m, c->id); /* a handler that faults is not quiet */
    bool has_error = vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
    if (c->state->non_root &&
        c->cpu->virt_ops->exception(c->cpu->virt, c, vector, has_error, error))
        return;
    machine_say(c->m, STEP_DELIVER, "exception %u", vector);
    core_deliver(c, vector, has_error, error, c->exec.pc);
}

/* SDM vol. 3, 6.7.1: any IRET, also that of an exception within the handler of the NMI. */
static void unblock_nmi(struct core *c)
{
    if (!c->state->non_root || c->cpu->virt_ops->iret_unblocks_nmi(c->cpu->virt, c))
        c->state->nmi_blocked = 0;
}

/* SDM vol. 2, IRET/IRETQ: pops RIP, CS, RFLAGS, RSP, SS; serializing. */
void interrupt_return(struct core *c)
{
    uint64_t frame[5];
    uint64_t rsp = core_reg(c, UC_X86_REG_RSP);
    for (unsigned i = 0; i < 5; i++)
        frame[i] = core_hw_read(c, linear(c, rsp + 8 * i, "stack of iretq"), 8);
    spin_break(c); /* it may open interrupts */
    unblock_nmi(c);
    c->state->cs = (uint16_t)frame[1];
    c->state->ss = (uint16_t)frame[4];
    c->state->interrupt_flag = frame[2] >> 9 & 1;
    core_set_reg(c, UC_X86_REG_EFLAGS, frame[2]);
    core_set_reg(c, UC_X86_REG_RSP, frame[3]);
    /* A frame that software built itself (KVM calls the host's handler so) ends no level. */
    unsigned top = c->state->level_count;
    if (top && c->state->level_frame[top - 1] == rsp) {
        if (state_hash(c, frame[0], frame[3], frame[2]) != c->state->level_hash[top - 1])
            machine_observe(c->m, c->id);
        core_pop_level(c);
    }
    core_jump(c, frame[0]);
}
