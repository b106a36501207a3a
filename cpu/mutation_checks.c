/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks: conditional branches on what is in shared memory. From the branch backwards: which instruction made its
 * flags, from which registers, loaded from where? The code in front of the branch is taken as it stands, whatever else leads
 * there; so this finds too much or too little where paths join, and says nothing that a verdict rests on.
 */
#include "cpu/mutation_internal.h"

enum { LOOK_BACK = 24 };

/* A call whose result is looked at: does its function look at shared memory itself? */
static bool callee_loads(const struct listing *l, const cs_insn *call)
{
    const struct code_view *v = l->view;
    uint64_t address = (uint64_t)call->detail->x86.operands[0].imm;
    cs_insn *i = NULL;
    if (call->detail->x86.operands[0].type != X86_OP_IMM || address - v->base >= v->size)
        return false;
    uint64_t left = v->size - (address - v->base);
    bool found = false;
    size_t count = cs_disasm(l->capstone, v->ram + (address - v->base), left < 4096 ? left : 4096, address, 256, &i);
    for (size_t k = 0; k < count && !found; k++) {
        found = touches(l, &i[k]) & TOUCHED_LOAD;
        if (i[k].id == X86_INS_RET)
            break;
    }
    if (count)
        cs_free(i, count);
    return found;
}

/* Where the shared memory is read that decides the branch at `index`, or the call that reads it; 0: none is. */
static uint64_t source_of(const struct listing *l, size_t index)
{
    uint32_t wanted = 1u << REGISTER_FLAGS;
    for (size_t k = index; k-- > 0 && wanted && index - k <= LOOK_BACK;) {
        const cs_insn *i = &l->insn[k];
        struct effects e = effects_of(l, i);
        if (i->id == X86_INS_CALL)
            return (wanted & 1u << REGISTER_RAX) && callee_loads(l, i) ? i->address : 0;
        if (is_transfer(i) && !is_branch(i))
            return 0;
        if (!(e.writes & wanted))
            continue;
        if (touches(l, i) & TOUCHED_LOAD)
            return i->address;
        wanted = (wanted & ~e.writes) | (e.reads & ~e.address);
    }
    return 0;
}

/* SDM vol. 2, Jcc: 70 to 7F with 8 bits, 0F 80 to 0F 8F with 32; JMP: EB and E9. */
static void make_unconditional(struct mutation *m)
{
    int32_t distance;
    if (m->size == 2) {
        m->new[0] = 0xeb;
        return;
    }
    assert(m->size == 6 && m->old[0] == 0x0f);
    memcpy(&distance, m->old + 2, sizeof distance);
    distance++; /* it ends a byte earlier */
    m->new[0] = 0xe9;
    memcpy(m->new + 1, &distance, sizeof distance);
    m->new[5] = 0x90;
}

void find_check(const struct listing *l, size_t index)
{
    const cs_insn *i = &l->insn[index];
    uint64_t source = source_of(l, index);
    if (!source || (i->size != 2 && i->size != 6))
        return;
    struct mutation *never = mutation_add(l, MUTATION_CHECK_NEVER, index, 1);
    never->other = source;
    put_nops(never->new, never->size);
    struct mutation *always = mutation_add(l, MUTATION_CHECK_ALWAYS, index, 1);
    always->other = source;
    make_unconditional(always);
}
