/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands of the instructions that the core executes itself. */
#include "cpu/internal.h"
#include "sim/tso.h"

uint64_t core_operand_address(struct core *c, const struct insn_operand *op, const struct insn *in)
{
    uint64_t address = (uint64_t)op->value;
    assert(op->type == OPERAND_MEMORY);
    if (op->reg == UC_X86_REG_RIP)
        address += in->address + in->length;
    else if (op->reg)
        address += core_reg(c, op->reg);
    if (op->index)
        address += core_reg(c, op->index) * op->scale;
    if (op->segment)
        address += core_reg(c, op->segment == UC_X86_REG_FS ? UC_X86_REG_FS_BASE
                                                            : UC_X86_REG_GS_BASE);
    return address;
}

static uint64_t masked(uint64_t value, unsigned size)
{
    return size >= 8 ? value : value & ((1ull << 8 * size) - 1);
}

static uint64_t physical_of(struct core *c, const struct insn_operand *op, const struct insn *in)
{
    uint64_t physical;
    uint64_t address = core_operand_address(c, op, in);
    if (!core_translate(c, address, op->size ? op->size : 8, &physical)) {
        machine_find(c->m, FINDING_FAULT, "", "CPU%u: operand at %#llx, where there is nothing",
                     c->id, (unsigned long long)address);
        core_end(c);
    }
    return physical;
}

uint64_t core_operand_read(struct core *c, const struct insn *in, unsigned operand)
{
    const struct insn_operand *op = &in->operand[operand];
    switch (op->type) {
    case OPERAND_REGISTER:
        return masked(core_reg(c, op->reg), op->size);
    case OPERAND_IMMEDIATE:
        return (uint64_t)op->value;
    default:
        return core_hw_read(c, physical_of(c, op, in), op->size ? op->size : 8);
    }
}

void core_operand_write(struct core *c, const struct insn *in, unsigned operand, uint64_t value)
{
    const struct insn_operand *op = &in->operand[operand];
    if (op->type == OPERAND_REGISTER)
        core_set_reg(c, op->reg, value);
    else
        core_hw_write(c, physical_of(c, op, in), op->size ? op->size : 8, value);
}

unsigned core_register_number(unsigned reg)
{
    static const uint16_t order[16] = {
        UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
        UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
        UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
        UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
    };
    for (unsigned i = 0; i < 16; i++)
        if (order[i] == reg)
            return i;
    assert(!"MOV CR with an operand that is no general register");
    return 0;
}
