/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lapic/program.h"

#include "lapic/lvt.h"

enum {
    IDT_AT = 0x2000,
    TSS_AT = 0x3000,
    HANDLERS_AT = 0x4000, /* low, high, NMI */
    HANDLER_ROOM = 0x400,
    HANDLER_STACK = 0x10800, /* of core 0; the others follow, 4 KiB apart */
    NMI_STACK = 0x10c00,
    NMI_VECTOR = 2,
    TSS_IST1 = 0x24,
};

void code_cli(struct code *c)
{
    code_bytes(c, "\xfa", 1);
}

void code_sti(struct code *c)
{
    code_bytes(c, "\xfb", 1);
}

void code_idle(struct code *c)
{
    code_bytes(c, "\xfb\xf4\xeb\xfc", 4);
}

void code_send(struct code *c, unsigned vector, unsigned target)
{
    code_mov(c, 1, 0x830);
    code_mov(c, 0, vector);
    code_mov(c, 2, target);
    code_bytes(c, "\x0f\x30", 2);
}

void code_eoi(struct code *c)
{
    code_mov(c, 1, 0x80b);
    code_mov(c, 0, 0);
    code_mov(c, 2, 0);
    code_bytes(c, "\x0f\x30", 2);
}

static void begin_handler(struct code *c, unsigned counter, const struct code *body)
{
    code_bytes(c, "\x50\x51\x52", 3); /* push rax, rcx, rdx */
    code_add(c, counter, 1);
    if (body)
        code_bytes(c, body->byte, body->size);
}

static void end_handler(struct code *c)
{
    code_bytes(c, "\x5a\x59\x58\x48\xcf", 5); /* pop rdx, rcx, rax; iretq */
}

void code_handler(struct code *c, const struct code *body)
{
    begin_handler(c, INTERRUPT_COUNTER, body);
    code_eoi(c);
    end_handler(c);
}

void code_nmi_handler(struct code *c, const struct code *body)
{
    begin_handler(c, NMI_COUNTER, body);
    end_handler(c);
}

/* An interrupt gate. `handler`: number of the handler; `ist`: its stack, 0 for the current one. */
static void write_gate(struct program *p, unsigned vector, unsigned handler, unsigned ist)
{
    uint64_t target = PROGRAM_BASE + HANDLERS_AT + HANDLER_ROOM * handler;
    uint64_t low = (target & 0xffff) | 0x08ull << 16 | (uint64_t)ist << 32 | 0x8eull << 40 |
                   (target >> 16 & 0xffff) << 48;
    uint64_t high = target >> 32;
    memcpy(p->m->memory.ram + IDT_AT + 16 * vector, &low, 8);
    memcpy(p->m->memory.ram + IDT_AT + 16 * vector + 8, &high, 8);
}

static void write_handler(struct program *p, unsigned handler, const struct code *code)
{
    assert(code->size <= HANDLER_ROOM);
    memcpy(p->m->memory.ram + HANDLERS_AT + HANDLER_ROOM * handler, code->byte, code->size);
}

static void write_stack(struct program *p, unsigned core, unsigned ist, uint64_t top)
{
    uint64_t stack = PROGRAM_BASE + top + 0x1000 * core;
    memcpy(p->m->memory.ram + TSS_AT + 0x80 * core + TSS_IST1 + 8 * (ist - 1), &stack, 8);
}

static void enable_core(struct program *p, struct lapic *l, unsigned core)
{
    struct core_state *s = p->cpu->core[core].state;
    struct apic_regs *r = lapic_regs(l, core);
    s->idt_base = PROGRAM_BASE + IDT_AT;
    s->idt_limit = 0xfff;
    s->tr_base = PROGRAM_BASE + TSS_AT + 0x80 * core;
    s->tr_limit = 0x67;
    write_stack(p, core, 1, HANDLER_STACK);
    r->base |= APIC_BASE_EXTD;
    apic_write_svr(r, 0x1ff);
}

struct lapic *interrupts_enable(struct program *p, const struct code *low, const struct code *high)
{
    struct lapic *l = lapic_new(p->m, p->cpu);
    write_handler(p, 0, low);
    write_handler(p, 1, high);
    write_gate(p, INTERRUPT_LOW, 0, 1);
    write_gate(p, INTERRUPT_HIGH, 1, 1);
    for (unsigned i = 0; i < p->m->cores; i++)
        enable_core(p, l, i);
    return l;
}

void interrupts_enable_nmi(struct program *p, const struct code *handler)
{
    write_handler(p, 2, handler);
    write_gate(p, NMI_VECTOR, 2, 2);
    for (unsigned i = 0; i < p->m->cores; i++)
        write_stack(p, i, 2, NMI_STACK);
}

void interrupts_nest(struct program *p)
{
    write_gate(p, INTERRUPT_LOW, 0, 0);
    write_gate(p, INTERRUPT_HIGH, 1, 0);
    write_gate(p, NMI_VECTOR, 2, 0);
}
