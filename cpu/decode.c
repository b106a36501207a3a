/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Classification of instructions by Capstone. Capstone 4.0.2 misreads a few newer encodings
 * (tpause as mfence, senduipi as rdrand) and Unicorn runs VEX code as legacy SSE, so those are
 * caught by their bytes first and refused when executed.
 */
#include "cpu/decode.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unicorn/unicorn.h>

#include "cpu/cost.h"

/* Operands carry Capstone's register numbers to Unicorn unchanged. */
static_assert((int)X86_REG_RAX == (int)UC_X86_REG_RAX, "register numbers");
static_assert((int)X86_REG_EDI == (int)UC_X86_REG_EDI, "register numbers");
static_assert((int)X86_REG_RSP == (int)UC_X86_REG_RSP, "register numbers");
static_assert((int)X86_REG_R8 == (int)UC_X86_REG_R8, "register numbers");
static_assert((int)X86_REG_R15D == (int)UC_X86_REG_R15D, "register numbers");
static_assert((int)X86_REG_R15B == (int)UC_X86_REG_R15B, "register numbers");

enum { MAX_INSNS = 1 << 22, MAX_LENGTH = 15 };

static void *reserve(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert(p != MAP_FAILED);
    return p;
}

void decoder_init(struct decoder *d, const uint8_t *ram, uint64_t base, uint64_t size)
{
    cs_err e = cs_open(CS_ARCH_X86, CS_MODE_64, &d->capstone);
    assert(e == CS_ERR_OK);
    (void)e;
    cs_option(d->capstone, CS_OPT_DETAIL, CS_OPT_ON);
    d->ram = ram;
    d->base = base;
    d->size = size;
    d->index = reserve(size * sizeof *d->index);
    d->insns = reserve(MAX_INSNS * sizeof *d->insns); /* never moves: suspended cores point in */
    d->count = 1;
    d->capacity = MAX_INSNS;
}

void decoder_free(struct decoder *d)
{
    cs_close(&d->capstone);
    munmap(d->index, d->size * sizeof *d->index);
    munmap(d->insns, MAX_INSNS * sizeof *d->insns);
}

void decoder_forget(struct decoder *d)
{
    int failed = madvise(d->index, d->size * sizeof *d->index, MADV_DONTNEED); /* zero again */
    assert(!failed);
    (void)failed;
}

/* Encodings that neither Capstone 4.0.2 nor Unicorn 2.0.1 get right. */
static bool refused_by_bytes(const uint8_t *b)
{
    while (*b == 0x66 || *b == 0xf2 || *b == 0xf3 || *b == 0x2e || *b == 0x3e || *b == 0x65)
        b++;
    if (b[0] == 0xc4 || b[0] == 0xc5 || b[0] == 0x62) /* VEX, EVEX */
        return true;
    bool group = b[0] == 0x0f && (b[1] == 0xae || b[1] == 0xc7) && b[2] >= 0xc0;
    unsigned reg = b[2] >> 3 & 7;
    if (group && b[1] == 0xae && b[-1] == 0x66 && reg == 6) /* tpause */
        return true;
    return group && b[1] == 0xc7 && b[-1] == 0xf3 && reg == 6; /* senduipi */
}

static enum insn_kind kind_of_id(unsigned id)
{
    switch (id) {
    case X86_INS_MFENCE: return INSN_MFENCE;
    case X86_INS_SFENCE: return INSN_SFENCE;
    case X86_INS_LFENCE: return INSN_LFENCE;
    case X86_INS_PAUSE: return INSN_PAUSE;
    case X86_INS_HLT: return INSN_HLT;
    case X86_INS_CLI: return INSN_CLI;
    case X86_INS_STI: return INSN_STI;
    case X86_INS_PUSHFQ: case X86_INS_PUSHF: return INSN_PUSHF;
    case X86_INS_POPFQ: case X86_INS_POPF: return INSN_POPF;
    case X86_INS_IRETQ: return INSN_IRET;
    case X86_INS_INT: case X86_INS_INT3: return INSN_INT;
    case X86_INS_UD2: return INSN_UD2;
    case X86_INS_RDMSR: return INSN_RDMSR;
    case X86_INS_WRMSR: return INSN_WRMSR;
    case X86_INS_RDTSC: case X86_INS_RDTSCP: return INSN_RDTSC;
    case X86_INS_CPUID: return INSN_CPUID;
    case X86_INS_IN: return INSN_IN;
    case X86_INS_OUT: return INSN_OUT;
    case X86_INS_LGDT: return INSN_LGDT;
    case X86_INS_LIDT: return INSN_LIDT;
    case X86_INS_LTR: return INSN_LTR;
    case X86_INS_INVLPG: return INSN_INVLPG;
    case X86_INS_WBINVD: return INSN_WBINVD;
    case X86_INS_VMCALL: case X86_INS_VMCLEAR: case X86_INS_VMLAUNCH: case X86_INS_VMPTRLD:
    case X86_INS_VMPTRST: case X86_INS_VMREAD: case X86_INS_VMRESUME: case X86_INS_VMWRITE:
    case X86_INS_VMXOFF: case X86_INS_VMXON: case X86_INS_INVEPT: case X86_INS_INVVPID:
    case X86_INS_VMFUNC:
        return INSN_VMX;
    case X86_INS_VMRUN: case X86_INS_VMLOAD: case X86_INS_VMSAVE: case X86_INS_CLGI:
    case X86_INS_STGI: case X86_INS_VMMCALL: case X86_INS_INVLPGA: case X86_INS_SKINIT:
        return INSN_SVM;
    case X86_INS_RDRAND: case X86_INS_RDSEED: case X86_INS_MWAIT: case X86_INS_MONITOR:
    case X86_INS_SYSCALL: case X86_INS_SYSRET: case X86_INS_SYSENTER: case X86_INS_IRET:
    case X86_INS_IRETD: case X86_INS_XSAVE: case X86_INS_XRSTOR: case X86_INS_XSETBV:
    case X86_INS_LLDT: case X86_INS_SMSW: case X86_INS_LMSW: case X86_INS_CLTS:
    case X86_INS_RETF: case X86_INS_RETFQ: case X86_INS_INVPCID: case X86_INS_INVD:
        return INSN_UNSUPPORTED;
    default:
        return INSN_PLAIN;
    }
}

static bool is_control_register(unsigned reg)
{
    return reg >= X86_REG_CR0 && reg <= X86_REG_CR15;
}

static enum insn_kind classify(const cs_insn *ci)
{
    const cs_x86 *x = &ci->detail->x86;
    enum insn_kind kind = kind_of_id(ci->id);
    if (kind != INSN_PLAIN)
        return kind;
    bool memory = false;
    for (unsigned i = 0; i < x->op_count; i++) {
        const cs_x86_op *op = &x->operands[i];
        memory |= op->type == X86_OP_MEM;
        if (op->type != X86_OP_REG)
            continue;
        if (is_control_register(op->reg))
            return INSN_MOV_CR;
        if (op->reg == X86_REG_SS && i == 0)
            return INSN_MOV_SS;
        if (op->reg >= X86_REG_DR0 && op->reg <= X86_REG_DR15)
            return INSN_UNSUPPORTED;
    }
    if (x->prefix[0] == X86_PREFIX_LOCK)
        return INSN_LOCKED;
    if (ci->id == X86_INS_XCHG && memory)
        return INSN_LOCKED;
    return kind;
}

static void fill_operand(struct insn_operand *out, const cs_x86_op *op)
{
    out->size = op->size;
    switch (op->type) {
    case X86_OP_REG:
        out->type = OPERAND_REGISTER;
        out->reg = (uint16_t)op->reg;
        break;
    case X86_OP_IMM:
        out->type = OPERAND_IMMEDIATE;
        out->value = op->imm;
        break;
    case X86_OP_MEM:
        out->type = OPERAND_MEMORY;
        out->reg = op->mem.base == X86_REG_INVALID ? 0 : (uint16_t)op->mem.base;
        out->index = op->mem.index == X86_REG_INVALID || op->mem.index == X86_REG_RIZ
                         ? 0 : (uint16_t)op->mem.index;
        out->segment = op->mem.segment == X86_REG_FS || op->mem.segment == X86_REG_GS
                           ? (uint16_t)op->mem.segment : 0;
        out->scale = (uint8_t)op->mem.scale;
        out->value = op->mem.disp;
        break;
    default:
        out->type = OPERAND_NONE;
    }
}

/* 0F 1F 84 SIB disp32 with an index in the SIB byte: a marker; the assembler pads without one. */
static bool decode_marker(const uint8_t *b, struct insn *in)
{
    if (b[0] != 0x0f || b[1] != 0x1f || b[2] != 0x84 || (b[3] & 0xc6) || !(b[3] & 0x38))
        return false;
    int32_t payload;
    memcpy(&payload, b + 4, 4);
    in->kind = INSN_MARKER;
    in->length = 8;
    in->sib_index = (b[3] >> 3 & 7) | (b[3] & 1) << 3;
    in->operand[0].value = payload;
    return true;
}

static void fill(struct insn *in, const cs_insn *ci)
{
    const cs_x86 *x = &ci->detail->x86;
    in->length = (uint8_t)ci->size;
    in->id = (uint16_t)ci->id;
    in->kind = (uint8_t)classify(ci);
    for (unsigned i = 0; i < x->op_count && i < 2; i++)
        fill_operand(&in->operand[i], &x->operands[i]);
    in->operands = x->op_count < 2 ? x->op_count : 2;
}

const struct insn *decoder_add(struct decoder *d, uint64_t address)
{
    assert(d->count < d->capacity);
    struct insn *in = &d->insns[d->count];
    uint64_t offset = address - d->base;
    assert(offset < d->size);
    uint8_t bytes[MAX_LENGTH + 2] = {0}; /* one before, for prefix tests that look back */
    uint64_t left = d->size - offset;
    memcpy(bytes + 1, d->ram + offset, left < MAX_LENGTH ? left : MAX_LENGTH);
    memset(in, 0, sizeof *in);
    in->address = address;
    if (!decode_marker(bytes + 1, in)) {
        cs_insn *ci = NULL;
        size_t n = 0;
        if (!refused_by_bytes(bytes + 1))
            n = cs_disasm(d->capstone, bytes + 1, MAX_LENGTH, address, 1, &ci);
        if (n)
            fill(in, ci);
        else
            in->kind = INSN_UNSUPPORTED;
        if (in->id == X86_INS_XCHG && address == d->unlocked)
            in->kind = INSN_PLAIN; /* a load, then a store */
        if (ci)
            cs_free(ci, n);
    }
    in->cost_cycles = cost_of_instruction((enum insn_kind)in->kind);
    d->index[offset] = d->count;
    return &d->insns[d->count++];
}

void decoder_text(struct decoder *d, uint64_t address, char *text, size_t size)
{
    cs_insn *ci = NULL;
    uint64_t offset = address - d->base;
    snprintf(text, size, "(bad)");
    if (offset >= d->size)
        return;
    uint64_t left = d->size - offset;
    size_t n = cs_disasm(d->capstone, d->ram + offset, left < MAX_LENGTH ? left : MAX_LENGTH,
                         address, 1, &ci);
    if (n) {
        snprintf(text, size, "%s%s%s", ci->mnemonic, ci->op_str[0] ? " " : "", ci->op_str);
        cs_free(ci, n);
    }
}
