/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Swaps: two plain loads or stores of shared memory that follow each other, with nothing in between but arithmetic and fences,
 * in the other order. That is what a compiler might make of them if nothing kept it from doing so (WRITE_ONCE, barrier(),
 * smp_wmb(), smp_rmb(), none of which is an instruction on x86), and more than the processor may.
 *
 * Only where the code computes the same: no result of one is used by the other or in between, and the two addresses
 * differ by their form alone.
 */
#include "cpu/mutation_internal.h"

enum { BETWEEN_MAX = 8 };

static bool is_one_of(const cs_insn *i, const unsigned *ids, unsigned count)
{
    for (unsigned k = 0; k < count; k++)
        if (i->id == ids[k])
            return true;
    return false;
}

/* One plain load, or one plain store: of a change in place there are two. */
static bool is_access(const cs_insn *i)
{
    static const unsigned moves[] = {X86_INS_MOV, X86_INS_MOVZX, X86_INS_MOVSX, X86_INS_MOVSXD, X86_INS_MOVABS};
    static const unsigned loads[] = {X86_INS_CMP, X86_INS_TEST, X86_INS_ADD, X86_INS_SUB, X86_INS_AND, X86_INS_OR,
                                     X86_INS_XOR, X86_INS_BT};
    const cs_x86 *x = &i->detail->x86;
    bool keeps_memory = i->id == X86_INS_CMP || i->id == X86_INS_TEST;
    if (!memory_operand(i) || x->op_count != 2 || x->prefix[0])
        return false;
    if (i->id == X86_INS_BT) /* with a register, it reaches beyond its operand */
        return x->operands[1].type == X86_OP_IMM;
    return is_one_of(i, moves, sizeof moves / sizeof *moves) ||
           (is_one_of(i, loads, sizeof loads / sizeof *loads) && (keeps_memory || x->operands[0].type == X86_OP_REG));
}

/* Arithmetic on registers of which Capstone knows all effects; a NOP that is no marker. */
static bool may_lie_between(const struct listing *l, const cs_insn *i)
{
    static const unsigned ids[] = {
        X86_INS_MOV, X86_INS_MOVZX, X86_INS_LEA, X86_INS_ADD, X86_INS_SUB, X86_INS_AND, X86_INS_OR, X86_INS_XOR,
        X86_INS_SHL, X86_INS_SHR, X86_INS_SAR, X86_INS_NOT, X86_INS_NEG, X86_INS_INC, X86_INS_DEC, X86_INS_TEST, X86_INS_CMP};
    if (is_fence(i))
        return true;
    if (i->id == X86_INS_NOP)
        return l->view->ram[i->address - l->view->base] == 0x90;
    return !memory_operand(i) && is_one_of(i, ids, sizeof ids / sizeof *ids);
}

static uint64_t absolute(const cs_insn *i, const cs_x86_op *op)
{
    return (uint64_t)op->mem.disp + (op->mem.base == X86_REG_RIP ? i->address + i->size : 0);
}

static bool is_absolute(const cs_x86_op *op)
{
    return (op->mem.base == X86_REG_RIP || op->mem.base == X86_REG_INVALID) &&
           (op->mem.index == X86_REG_INVALID || op->mem.index == X86_REG_RIZ) && op->mem.segment == X86_REG_INVALID;
}

/* Do they name bytes that differ, whatever the registers hold? */
static bool are_apart(const cs_insn *a, const cs_insn *b)
{
    const cs_x86_op *x = memory_operand(a), *y = memory_operand(b);
    uint64_t from = absolute(a, x), to = absolute(b, y);
    bool same = x->mem.base == y->mem.base && x->mem.index == y->mem.index && x->mem.scale == y->mem.scale &&
                x->mem.segment == y->mem.segment;
    if (!same && !(is_absolute(x) && is_absolute(y)))
        return false;
    return from + x->size <= to || to + y->size <= from;
}

static bool independent(struct effects a, struct effects b)
{
    return !(a.writes & (b.reads | b.writes)) && !(b.writes & a.reads);
}

/* May the instruction pass those from `first` to `last`? Fences let everything pass here. */
static bool passes(const struct listing *l, size_t index, size_t first, size_t last)
{
    struct effects e = effects_of(l, &l->insn[index]);
    for (size_t k = first; k <= last; k++)
        if (k != index && !independent(e, effects_of(l, &l->insn[k])))
            return false;
    return true;
}

/* Puts one instruction at `*to`; what is relative to RIP moves with it. */
static void place(const struct listing *l, size_t index, const struct mutation *m, uint8_t **to, uint8_t *begin)
{
    const cs_insn *i = &l->insn[index];
    const cs_x86_op *op = memory_operand(i);
    uint64_t now = m->start + (uint64_t)(*to - begin);
    memcpy(*to, i->bytes, i->size);
    if ((op && op->mem.base == X86_REG_RIP) || (i->id == X86_INS_LEA && i->detail->x86.operands[1].mem.base == X86_REG_RIP)) {
        int32_t distance;
        uint8_t *field = *to + i->detail->x86.encoding.disp_offset;
        memcpy(&distance, field, sizeof distance);
        distance += (int32_t)(int64_t)(i->address - now);
        memcpy(field, &distance, sizeof distance);
    }
    *to += i->size;
}

static void swap(const struct listing *l, size_t first, size_t last, bool sink)
{
    struct mutation *m = mutation_add(l, MUTATION_SWAP, first, last - first + 1);
    uint8_t *to;
    if (!m)
        return;
    to = m->new;
    m->other = l->insn[last].address;
    if (!sink)
        place(l, last, m, &to, m->new);
    for (size_t k = first + sink; k < last; k++)
        place(l, k, m, &to, m->new);
    if (sink) {
        place(l, last, m, &to, m->new);
        place(l, first, m, &to, m->new);
    }
    assert(to == m->new + m->size);
}

/* The next access of shared memory behind `index`, if nothing else is in between; 0: none. */
static size_t next_access(const struct listing *l, size_t index)
{
    for (size_t k = index + 1; k < l->count && k - index <= BETWEEN_MAX; k++) {
        const cs_insn *i = &l->insn[k];
        if (is_target(l, i->address))
            return 0;
        if (is_access(i) && touches(l, i))
            return k;
        if (!may_lie_between(l, i))
            return 0;
    }
    return 0;
}

void find_swap(const struct listing *l, size_t index)
{
    const cs_insn *first = &l->insn[index];
    if (!is_access(first) || !touches(l, first))
        return;
    size_t last = next_access(l, index);
    if (!last || !are_apart(first, &l->insn[last]))
        return;
    if (passes(l, index, index + 1, last))
        swap(l, index, last, true);
    else if (passes(l, last, index, last - 1))
        swap(l, index, last, false);
}
