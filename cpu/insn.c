/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that Unicorn does not execute, executes without a callback, or that are visible to
 * others: fences, locked operations, interrupt control, system registers. A handler that returns
 * without core_jump() lets Unicorn execute the instruction natively.
 */
#include "cpu/internal.h"
#include "sim/tso.h"

static const struct footprint nothing;

static bool is_bit_test(const struct insn *in)
{
    return in->id == X86_INS_BTS || in->id == X86_INS_BTR || in->id == X86_INS_BTC ||
           in->id == X86_INS_BT;
}

/* SDM vol. 2, BT: a bit offset in a register reaches beyond the operand that is written. */
static uint64_t bit_test_reach(struct core *c, const struct insn *in)
{
    unsigned size = in->operand[0].size;
    if (!is_bit_test(in) || in->operand[1].type != OPERAND_REGISTER)
        return 0;
    int64_t bit = (int64_t)core_reg(c, in->operand[1].reg);
    if (size == 4)
        bit = (int32_t)bit;
    if (size == 2)
        bit = (int16_t)bit;
    return (uint64_t)((bit >> (size == 8 ? 6 : size == 4 ? 5 : 4)) * (int64_t)size);
}

/* The memory that a locked instruction changes; false if it is not in the window. */
static bool locked_operand(struct core *c, const struct insn *in, uint64_t *physical,
                           unsigned *size)
{
    for (unsigned i = 0; i < in->operands; i++) {
        const struct insn_operand *op = &in->operand[i];
        if (op->type != OPERAND_MEMORY)
            continue;
        *size = op->size;
        return core_translate(c, core_operand_address(c, op, in) + bit_test_reach(c, in),
                              *size, physical);
    }
    return false;
}

static bool any_visible(const struct visibility *v, uint64_t physical, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        if (physical + i < v->size && visible_is(v, physical + i))
            return true;
    return false;
}

static void insn_locked(struct core *c, const struct insn *in)
{
    struct footprint fp;
    uint64_t physical = 0;
    unsigned size = 0;
    footprint_clear(&fp);
    if (locked_operand(c, in, &physical, &size) &&
        any_visible(&c->m->visibility, physical, size))
        footprint_add_memory(&fp, physical, size, ACCESS_WRITE, c->id + 1);
    /* Locked operations drain the buffer wherever the operand lies (SDM vol. 3, 11.10). */
    if (!core_point(c, &fp, POINT_BOUNDARY | POINT_PLAIN | POINT_DRAINED))
        return;
    if (fp.count)
        note_touched(c, TOUCHED_LOAD | TOUCHED_STORE);
    machine_say(c->m, STEP_RMW, "locked");
    c->exec.locked = 1;
    c->exec.locked_address = physical;
    c->exec.locked_size = (uint8_t)size;
}

/* It waits for the store buffer, or what follows does: see behind_mfence() in point.c. */
static void insn_mfence(struct core *c)
{
    bool waits = c->m->knobs.value[KNOB_MFENCE_ORDERS_WRMSR] == 0;
    if (!core_point(c, &nothing, POINT_BOUNDARY | POINT_PLAIN | (waits ? POINT_DRAINED : 0)))
        return;
    machine_say(c->m, STEP_FENCE, "mfence");
    c->state->mfence = !c->cpu->in_setup;
}

/* SDM vol. 2, LFENCE: waits until all instructions before it are complete, an MFENCE for one. Beyond that it
 * orders nothing that x86-TSO relaxes: a store may still pass a later load. */
static void insn_lfence(struct core *c)
{
    bool waits = c->state->mfence && c->m->knobs.value[KNOB_MFENCE_ORDERS_WRMSR] == 1;
    if (!waits || core_point(c, &nothing, POINT_BOUNDARY | POINT_PLAIN | POINT_DRAINED))
        c->state->mfence = 0;
}

static void set_interrupt_flag(struct core *c, bool on)
{
    spin_break(c);
    event_set_flag(c, on);
}

static void insn_cli(struct core *c)
{
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return;
    machine_say(c->m, STEP_INTERRUPTS, "interrupts off");
    set_interrupt_flag(c, false);
}

/* SDM vol. 2, STI: interrupts stay blocked until after the next instruction if IF was 0. */
static void insn_sti(struct core *c)
{
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return;
    machine_say(c->m, STEP_INTERRUPTS, "interrupts on");
    if (!c->state->interrupt_flag)
        c->state->shadow_next = SHADOW_STI;
    set_interrupt_flag(c, true);
}

/* What a thread does that makes its own boundaries differ from each other; see core_point(). */
static void observe(struct core *c)
{
    if (!c->cpu->in_setup)
        machine_observe(c->m, c->id);
}

/* SDM vol. 3, 6.8.3: blocks like STI, whatever IF is. The boundary before it is offered here: the
 * next action, which may lie behind it, can no longer offer it. */
static void insn_mov_ss(struct core *c)
{
    observe(c);
    if (core_point(c, &nothing, POINT_BOUNDARY))
        c->state->shadow_next = SHADOW_MOV_SS;
}

static void insn_popf(struct core *c)
{
    uint64_t physical;
    bool forwarded;
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return;
    if (!core_translate(c, core_reg(c, UC_X86_REG_RSP), 8, &physical))
        return; /* the pop itself will fault */
    uint64_t flags = tso_load(c->m, c->id, physical, 8, &forwarded);
    machine_say(c->m, STEP_INTERRUPTS, "popf: interrupts %s", flags & RFLAGS_IF ? "on" : "off");
    set_interrupt_flag(c, flags & RFLAGS_IF);
}

static void insn_iret(struct core *c)
{
    if (!core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED | POINT_RETURN))
        return;
    machine_say(c->m, STEP_INTERRUPTS, "iretq");
    interrupt_return(c);
}

/* Halts: the instruction has retired, an event returns behind it. */
static void insn_hlt(struct core *c, const struct insn *in)
{
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return;
    machine_say(c->m, STEP_HALT, "hlt");
    c->state->shadow = 0;
    c->state->activity = ACTIVITY_HLT;
    core_skip(c, in);
    core_point(c, &nothing, POINT_BOUNDARY | POINT_WAIT_EVENT);
}

static void insn_int(struct core *c, const struct insn *in)
{
    if (core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED))
        interrupt_software(c, in);
}

/* A function of the core's own instruction count, so that it does not depend on others; and of what its
 * timer has done, if it has one. */
static void insn_rdtsc(struct core *c, const struct insn *in)
{
    uint64_t tsc = c->state->icount;
    struct footprint fp;
    spin_break(c);
    machine_observe(c->m, c->id); /* a handler between two looks at the clock shows, however quiet */
    footprint_clear(&fp);
    if (c->cpu->apic && c->cpu->apic_ops->next_tsc(c->cpu->apic, c, &fp)) {
        if (!core_point(c, &fp, POINT_BOUNDARY))
            return;
        tsc = c->cpu->apic_ops->tsc(c->cpu->apic, c);
        machine_say(c->m, STEP_REGISTER, "rdtsc: %#llx", (unsigned long long)tsc);
    }
    core_set_reg(c, UC_X86_REG_RAX, tsc & 0xffffffff);
    core_set_reg(c, UC_X86_REG_RDX, tsc >> 32);
    core_skip(c, in);
}

static uint64_t *control_register(struct core *c, unsigned reg)
{
    switch (reg) {
    case UC_X86_REG_CR0: return &c->state->cr0;
    case UC_X86_REG_CR2: return &c->state->cr2;
    case UC_X86_REG_CR3: return &c->state->cr3;
    case UC_X86_REG_CR4: return &c->state->cr4;
    default: return NULL;
    }
}

/* CR8 is the local APIC's task priority (SDM vol. 3, 10.8.6). A write does not serialize (8.3), nor
 * does it wait for the store buffer. */
static void insn_mov_cr8(struct core *c, const struct insn *in)
{
    const struct apic_ops *apic = c->cpu->apic_ops;
    struct footprint fp;
    footprint_clear(&fp);
    if (in->operand[1].reg == UC_X86_REG_CR8) {
        if (!core_point(c, &nothing, POINT_BOUNDARY)) /* a handler may change it */
            return;
        core_set_reg(c, in->operand[0].reg, apic->task_priority(c->cpu->apic, c->id));
        core_skip(c, in);
        return;
    }
    uint64_t value = core_reg(c, in->operand[1].reg);
    if (value >> 4) {
        core_fault(c, VECTOR_GP, 0);
        return;
    }
    apic->next_task_priority(c->cpu->apic, c->id, &fp);
    if (!core_point(c, &fp, POINT_BOUNDARY))
        return;
    spin_break(c);
    apic->set_task_priority(c->cpu->apic, c->id, (unsigned)value);
    machine_say(c->m, STEP_REGISTER, "CR8 = %#x", (unsigned)value);
    core_skip(c, in);
}

static void insn_mov_cr(struct core *c, const struct insn *in)
{
    const struct insn_operand *to = &in->operand[0], *from = &in->operand[1];
    if (c->cpu->apic && (to->reg == UC_X86_REG_CR8 || from->reg == UC_X86_REG_CR8)) {
        insn_mov_cr8(c, in);
        return;
    }
    uint64_t *written = control_register(c, to->reg);
    uint64_t *read = control_register(c, from->reg);
    if (!written && !read) {
        machine_find(c->m, FINDING_LIMIT, "", "CPU%u: control register at %#llx is not modelled",
                     c->id, (unsigned long long)in->address);
        core_end(c);
    }
    if (read) {
        core_set_reg(c, to->reg, *read);
    } else {
        if (!core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED)) /* serializing */
            return;
        *written = core_reg(c, from->reg);
        spin_break(c); /* no part of what a round is compared by */
    }
    core_skip(c, in);
}

static void load_table(struct core *c, const struct insn *in, uint64_t *base, uint32_t *limit)
{
    uint64_t physical;
    if (!core_translate(c, core_operand_address(c, &in->operand[0], in), 10, &physical)) {
        core_fault(c, VECTOR_GP, 0);
        return;
    }
    *limit = (uint32_t)core_hw_read(c, physical, 2);
    *base = core_hw_read(c, physical + 2, 8);
    core_skip(c, in);
}

/* An interrupt before it is delivered by the old table, one behind it by the new. */
static void insn_table(struct core *c, const struct insn *in)
{
    struct core_state *s = c->state;
    observe(c);
    if (!core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED)) /* serializing */
        return;
    if (in->kind == INSN_LGDT)
        load_table(c, in, &s->gdt_base, &s->gdt_limit);
    else
        load_table(c, in, &s->idt_base, &s->idt_limit);
}

/* SDM vol. 3, 7.2.3: the 16-byte TSS descriptor of 64-bit mode. */
static void insn_ltr(struct core *c, const struct insn *in)
{
    uint64_t physical;
    observe(c);
    if (!core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED)) /* serializing */
        return;
    uint64_t selector = core_operand_read(c, in, 0) & 0xffff;
    if ((selector | 7) + 8 > c->state->gdt_limit ||
        !core_translate(c, c->state->gdt_base + (selector & ~7ull), 16, &physical)) {
        core_fault(c, VECTOR_GP, (uint32_t)selector);
        return;
    }
    uint64_t low = core_hw_read(c, physical, 8);
    uint64_t high = core_hw_read(c, physical + 8, 8);
    c->state->tr = (uint16_t)selector;
    c->state->tr_base = (low >> 16 & 0xffffff) | (low >> 56) << 24 | high << 32;
    c->state->tr_limit = (low & 0xffff) | (low >> 32 & 0xf0000);
    core_skip(c, in);
}

/* No translation or cache line is modelled: what is left is that they serialize (SDM vol. 3, 8.3). */
static void insn_invalidate(struct core *c, const struct insn *in)
{
    if (core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED))
        core_skip(c, in);
}

static void unsupported(struct core *c, const struct insn *in)
{
    char text[64];
    decoder_text(&c->cpu->decoder, in->address, text, sizeof text);
    machine_find(c->m, FINDING_LIMIT, "", "CPU%u: \"%s\" at %#llx is not modelled", c->id, text,
                 (unsigned long long)in->address);
    core_end(c);
}

static void virtualization(struct core *c, const struct insn *in)
{
    if (c->cpu->virt && c->cpu->virt_ops->instruction(c->cpu->virt, c, in))
        return;
    core_fault(c, VECTOR_UD, 0);
}

/* In guest mode the extension looks first at what may leave the guest. */
static bool leaves_guest(struct core *c, const struct insn *in)
{
    switch (in->kind) {
    case INSN_RDMSR: case INSN_WRMSR: case INSN_HLT: case INSN_CPUID: case INSN_MOV_CR:
    case INSN_PAUSE: case INSN_RDTSC: case INSN_IN: case INSN_OUT: case INSN_INVLPG:
    case INSN_WBINVD: case INSN_LGDT: case INSN_LIDT: case INSN_LTR:
    case INSN_IRET: case INSN_INT: case INSN_PUSHF: case INSN_POPF:
        return c->cpu->virt_ops->instruction(c->cpu->virt, c, in);
    default:
        return false;
    }
}

void insn_execute(struct core *c, const struct insn *in)
{
    if (c->state->non_root && leaves_guest(c, in))
        return;
    switch ((enum insn_kind)in->kind) {
    case INSN_LOCKED: insn_locked(c, in); break;
    case INSN_MFENCE: insn_mfence(c); break;
    case INSN_PAUSE: spin_pause(c, in); break;
    case INSN_HLT: insn_hlt(c, in); break;
    case INSN_CLI: insn_cli(c); break;
    case INSN_STI: insn_sti(c); break;
    case INSN_POPF: insn_popf(c); break;
    case INSN_IRET: insn_iret(c); break;
    case INSN_MOV_SS: insn_mov_ss(c); break;
    case INSN_INT: insn_int(c, in); break;
    case INSN_UD2: marker_ud2(c, in); break;
    case INSN_MARKER: marker_execute(c, in); break;
    case INSN_RDMSR: msr_execute(c, in, false); break;
    case INSN_WRMSR: msr_execute(c, in, true); break;
    case INSN_RDTSC: insn_rdtsc(c, in); break;
    case INSN_CPUID: cpuid_execute(c, in); break;
    case INSN_IN: port_read(c, in); break;
    case INSN_OUT: port_write(c, in); break;
    case INSN_MOV_CR: insn_mov_cr(c, in); break;
    case INSN_LGDT: case INSN_LIDT: insn_table(c, in); break;
    case INSN_LTR: insn_ltr(c, in); break;
    case INSN_INVLPG: case INSN_WBINVD: insn_invalidate(c, in); break;
    case INSN_VMX: case INSN_SVM: virtualization(c, in); break;
    case INSN_UNSUPPORTED: unsupported(c, in); break;
    case INSN_LFENCE: insn_lfence(c); break;
    case INSN_SFENCE: /* orders nothing that x86-TSO relaxes */
    case INSN_PUSHF: case INSN_PLAIN: case INSN_UNKNOWN: break;
    }
}
