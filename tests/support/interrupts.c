/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/interrupts.h"

#include "lapic/priority.h"

enum { IDT_AT = 0x2000, TSS_AT = 0x3000, HANDLERS_AT = 0x4000, HANDLER_STACK = 0x18000 };

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

void code_handler(struct code *c, const struct code *body)
{
    code_bytes(c, "\x50\x51\x52", 3);     /* push rax, rcx, rdx */
    code_add(c, INTERRUPT_COUNTER, 1);
    if (body)
        code_bytes(c, body->byte, body->size);
    code_mov(c, 1, 0x80b);
    code_mov(c, 0, 0);
    code_mov(c, 2, 0);
    code_bytes(c, "\x0f\x30", 2);         /* EOI */
    code_bytes(c, "\x5a\x59\x58\x48\xcf", 5); /* pop rdx, rcx, rax; iretq */
}

static void write_gate(struct program *p, unsigned vector, uint64_t target)
{
    uint64_t low = (target & 0xffff) | 0x08ull << 16 | 1ull << 32 | 0x8eull << 40 |
                   (target >> 16 & 0xffff) << 48;
    uint64_t high = target >> 32;
    memcpy(p->m->memory.ram + IDT_AT + 16 * vector, &low, 8);
    memcpy(p->m->memory.ram + IDT_AT + 16 * vector + 8, &high, 8);
}

static void enable_core(struct program *p, struct lapic *l, unsigned core)
{
    struct core_state *s = p->cpu->core[core].state;
    struct apic_regs *r = lapic_regs(l, core);
    uint64_t tss = TSS_AT + 0x80 * core;
    uint64_t stack = PROGRAM_BASE + HANDLER_STACK + 0x1000 * core;
    s->idt_base = PROGRAM_BASE + IDT_AT;
    s->idt_limit = 0xfff;
    s->tr_base = PROGRAM_BASE + tss;
    s->tr_limit = 0x67;
    memcpy(p->m->memory.ram + tss + 0x24, &stack, 8); /* IST1 */
    r->base |= APIC_BASE_EXTD;
    apic_write_svr(r, 0x1ff);
}

struct lapic *interrupts_enable(struct program *p, const struct code *low, const struct code *high)
{
    struct lapic *l = lapic_new(p->m, p->cpu);
    memcpy(p->m->memory.ram + HANDLERS_AT, low->byte, low->size);
    memcpy(p->m->memory.ram + HANDLERS_AT + 0x400, high->byte, high->size);
    write_gate(p, INTERRUPT_LOW, PROGRAM_BASE + HANDLERS_AT);
    write_gate(p, INTERRUPT_HIGH, PROGRAM_BASE + HANDLERS_AT + 0x400);
    for (unsigned i = 0; i < p->m->cores; i++)
        enable_core(p, l, i);
    return l;
}

bool interrupts_explore(struct program *p, enum algorithm a, bool every, struct state_set *set,
                        unsigned *found)
{
    struct explore_options o = {.algorithm = a, .on_complete = state_set_add, .context = set,
                                .max_executions = 60000, .raw = true};
    struct explore_result r;
    set->p = p;
    set->variables = INTERRUPT_VARIABLES;
    set->registers = 1 << 8 | 1 << 9;
    set->count = 0;
    p->m->every_boundary = every;
    p->m->observed_core = 0;
    explore(p->m, &o, &r);
    if (found)
        *found = findings_mask(&r);
    explore_result_free(&r);
    return !r.bounds;
}
