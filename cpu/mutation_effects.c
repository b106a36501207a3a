/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What instructions read and write, as far as mutations need to know. */
#include "cpu/mutation_internal.h"

/* All names of a general register are one bit. */
static unsigned number_of(unsigned reg)
{
    static const uint16_t names[][6] = {
        {X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH},
        {X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH},
        {X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH},
        {X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH},
        {X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL},
        {X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL},
        {X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL},
        {X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL},
        {X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B},
        {X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B},
        {X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B},
        {X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B},
        {X86_REG_R12, X86_REG_R12D, X86_REG_R12W, X86_REG_R12B},
        {X86_REG_R13, X86_REG_R13D, X86_REG_R13W, X86_REG_R13B},
        {X86_REG_R14, X86_REG_R14D, X86_REG_R14W, X86_REG_R14B},
        {X86_REG_R15, X86_REG_R15D, X86_REG_R15W, X86_REG_R15B},
    };
    for (unsigned n = 0; n < sizeof names / sizeof *names; n++)
        for (unsigned i = 0; i < 6 && names[n][i]; i++)
            if (names[n][i] == reg)
                return n;
    return reg == X86_REG_EFLAGS ? REGISTER_FLAGS : REGISTER_OTHER;
}

static uint32_t bit_of(unsigned reg)
{
    if (reg == X86_REG_INVALID || reg == X86_REG_RIP || reg == X86_REG_RIZ)
        return 0;
    return 1u << number_of(reg);
}

const cs_x86_op *memory_operand(const cs_insn *i)
{
    const cs_x86 *x = &i->detail->x86;
    if (i->id == X86_INS_LEA || i->id == X86_INS_NOP)
        return NULL;
    for (unsigned k = 0; k < x->op_count; k++)
        if (x->operands[k].type == X86_OP_MEM)
            return &x->operands[k];
    return NULL;
}

struct effects effects_of(const struct listing *l, const cs_insn *i)
{
    struct effects e = {0, 0, 0};
    const cs_x86_op *memory = memory_operand(i);
    cs_regs read, written;
    uint8_t reads, writes;
    if (memory)
        e.address = bit_of(memory->mem.base) | bit_of(memory->mem.index) | bit_of(memory->mem.segment);
    e.reads = e.address;
    if (cs_regs_access(l->capstone, i, read, &reads, written, &writes) != CS_ERR_OK)
        return (struct effects){~0u, ~0u, ~0u};
    for (unsigned k = 0; k < reads; k++)
        e.reads |= bit_of(read[k]);
    for (unsigned k = 0; k < writes; k++)
        e.writes |= bit_of(written[k]);
    return e;
}

bool is_branch(const cs_insn *i)
{
    return i->id >= X86_INS_JAE && i->id <= X86_INS_JS && i->id != X86_INS_JMP && i->id != X86_INS_LJMP &&
           i->id != X86_INS_JCXZ && i->id != X86_INS_JECXZ && i->id != X86_INS_JRCXZ &&
           i->detail->x86.operands[0].type == X86_OP_IMM;
}

static bool in_group(const cs_insn *i, unsigned group)
{
    for (unsigned k = 0; k < i->detail->groups_count; k++)
        if (i->detail->groups[k] == group)
            return true;
    return false;
}

bool is_transfer(const cs_insn *i)
{
    return in_group(i, X86_GRP_JUMP) || in_group(i, X86_GRP_CALL) || in_group(i, X86_GRP_RET) ||
           in_group(i, X86_GRP_IRET) || in_group(i, X86_GRP_INT);
}

unsigned touches(const struct listing *l, const cs_insn *i)
{
    const struct code_view *v = l->view;
    const cs_x86_op *op = memory_operand(i);
    if (v->touched)
        return v->touched[i->address - v->base];
    return op ? (op->access & CS_AC_READ ? TOUCHED_LOAD : 0) | (op->access & CS_AC_WRITE ? TOUCHED_STORE : 0) : 0;
}

bool is_target(const struct listing *l, uint64_t address)
{
    for (size_t k = 0; k < l->count; k++)
        if (is_transfer(&l->insn[k]) && l->insn[k].detail->x86.op_count == 1 &&
            l->insn[k].detail->x86.operands[0].type == X86_OP_IMM &&
            (uint64_t)l->insn[k].detail->x86.operands[0].imm == address)
            return true;
    return false;
}
