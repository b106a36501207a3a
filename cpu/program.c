/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/program.h"

#include <stdlib.h>

#include "kvm/runtime/marker.h"

enum { CODE_AT = 0x1000 };

void code_bytes(struct code *c, const void *bytes, unsigned size)
{
    assert(c->size + size <= PROGRAM_CODE_MAX);
    memcpy(c->byte + c->size, bytes, size);
    c->size += size;
}

static void put8(struct code *c, unsigned value)
{
    uint8_t b = (uint8_t)value;
    code_bytes(c, &b, 1);
}

static void put32(struct code *c, uint32_t value)
{
    code_bytes(c, &value, 4);
}

static void rex(struct code *c, unsigned reg)
{
    if (reg >= 8)
        put8(c, 0x44); /* REX.R */
}

/* ModRM and SIB for [disp32] without base, then the variable's sign-extended address. */
static void operand(struct code *c, unsigned reg, unsigned variable)
{
    put8(c, (reg & 7) << 3 | 4);
    put8(c, 0x25);
    put32(c, (uint32_t)PROGRAM_BASE + PROGRAM_DATA + 8 * variable);
}

void code_store(struct code *c, unsigned variable, uint32_t value)
{
    put8(c, 0xc7);
    operand(c, 0, variable);
    put32(c, value);
}

void code_load(struct code *c, unsigned reg, unsigned variable)
{
    rex(c, reg);
    put8(c, 0x8b);
    operand(c, reg, variable);
}

void code_add(struct code *c, unsigned variable, uint8_t value)
{
    put8(c, 0x83);
    operand(c, 0, variable);
    put8(c, value);
}

void code_lock_add(struct code *c, unsigned variable, uint8_t value)
{
    put8(c, 0xf0);
    code_add(c, variable, value);
}

void code_xchg(struct code *c, unsigned reg, unsigned variable)
{
    rex(c, reg);
    put8(c, 0x87);
    operand(c, reg, variable);
}

void code_mfence(struct code *c)
{
    code_bytes(c, "\x0f\xae\xf0", 3);
}

void code_mov(struct code *c, unsigned reg, uint32_t value)
{
    if (reg >= 8)
        put8(c, 0x41); /* REX.B */
    put8(c, 0xb8 + (reg & 7));
    put32(c, value);
}

void code_mov_long(struct code *c, unsigned reg, uint64_t value)
{
    put8(c, reg >= 8 ? 0x49 : 0x48); /* REX.W, REX.B */
    put8(c, 0xb8 + (reg & 7));
    code_bytes(c, &value, 8);
}

static void marker(struct code *c, unsigned kind)
{
    code_bytes(c, "\x0f\x1f\x84", 3);
    put8(c, MARKER_SIB(kind));
    put32(c, 0);
}

void code_end(struct code *c)
{
    code_bytes(c, "\xf4\xeb\xfd", 3);
}

struct program *program_open_at(uint64_t base, unsigned cores, unsigned devices,
                                enum memory_model model)
{
    struct program *p = calloc(1, sizeof *p);
    assert(p);
    p->m = machine_new(cores, devices, PROGRAM_RAM, 1 << 18);
    p->m->model = model;
    p->base = base;
    p->cpu = cpu_new(p->m, p->base);
    return p;
}

struct program *program_open(unsigned cores, unsigned devices, enum memory_model model)
{
    return program_open_at(PROGRAM_BASE, cores, devices, model);
}

/* Every core starts at this marker; the programs themselves are jumped to. */
static void write_start(struct program *p)
{
    struct code start = {.size = 0};
    marker(&start, MARKER_SETUP_DONE);
    code_bytes(&start, "\xf4", 1);
    memcpy(p->m->memory.ram + CODE_AT, start.byte, start.size);
}

void program_start(struct program *p, const struct code *code)
{
    p->next_code = PROGRAM_CODE;
    write_start(p);
    for (unsigned i = 0; i < p->m->cores; i++) {
        core_set_reg(&p->cpu->core[i], UC_X86_REG_RSP, p->base + PROGRAM_STACK + i * 0x1000);
        bool ok = cpu_setup_core(p->cpu, i, p->base + CODE_AT, i);
        assert(ok);
        (void)ok;
        if (p->waiting >> i & 1)
            cpu_setup_wait(p->cpu, i);
    }
    cpu_setup_done(p->cpu);
    program_next(p, code);
}

bool program_next(struct program *p, const struct code *code)
{
    for (unsigned i = 0; i < p->m->cores; i++) {
        if (p->next_code + PROGRAM_CODE_MAX > PROGRAM_RAM)
            return false;
        p->code_at[i] = p->next_code;
        cpu_setup_write(p->cpu, p->next_code, code[i].byte, code[i].size);
        cpu_setup_jump(p->cpu, i, p->base + p->next_code);
        p->next_code += (code[i].size + 63) & ~63u;
    }
    visible_reset(&p->m->visibility, NULL, 0);
    return true;
}

struct program *program_new(unsigned cores, const struct code *code, enum memory_model model)
{
    struct program *p = program_open(cores, 0, model);
    program_start(p, code);
    return p;
}

void program_free(struct program *p)
{
    cpu_free(p->cpu);
    machine_free(p->m);
    free(p);
}

uint32_t program_variable(const struct program *p, unsigned variable)
{
    return (uint32_t)memory_read(&p->m->memory, PROGRAM_DATA + 8 * variable, 4);
}

uint64_t program_memory(const struct program *p, unsigned offset, unsigned size)
{
    return memory_read(&p->m->memory, PROGRAM_DATA + offset, size);
}

void program_initial(struct program *p, unsigned offset, const void *bytes, unsigned size)
{
    cpu_setup_write(p->cpu, PROGRAM_DATA + offset, bytes, size);
}

uint64_t program_position(const struct program *p, unsigned core)
{
    return p->cpu->core[core].exec.pc - p->base - p->code_at[core];
}

const struct insn *program_insn(struct program *p, unsigned core, unsigned offset)
{
    return decoder_lookup(&p->cpu->decoder, p->base + p->code_at[core] + offset);
}

uint64_t program_register(struct program *p, unsigned core, unsigned reg)
{
    static const int number[16] = {
        UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
        UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
        UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
        UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15};
    return core_reg(&p->cpu->core[core], number[reg]);
}
