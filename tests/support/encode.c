/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encodings: SDM vol. 2, chapter 2 (prefixes, ModRM, SIB) and the pages of the instructions. */
#include "tests/support/encode.h"

#include "tests/support/snippets.h"

enum { RAX, RCX, RDX, RBX, LOCK = 0xf0, OPERAND_16 = 0x66, ESCAPE = 0x0f, MAX_FIXUPS = 4 };
enum { REX = 0x40, REX_R = 0x44, REX_W = 0x48 };
enum { JE = 0x84, JNE = 0x85 }; /* behind 0Fh, with a displacement of 4 bytes */

static void put(struct code *c, unsigned value)
{
    uint8_t byte = (uint8_t)value;
    code_bytes(c, &byte, 1);
}

void encode_memory(struct code *c, bool lock, bool escape, unsigned opcode, unsigned reg,
                   struct place at)
{
    uint32_t address = (uint32_t)PROGRAM_BASE + PROGRAM_DATA + at.offset;
    unsigned rex = (reg >= 8 ? REX_R : 0) | (at.size == 8 ? REX_W : 0);
    if (at.size == 2)
        put(c, OPERAND_16);
    if (lock)
        put(c, LOCK);
    if (rex)
        put(c, rex);
    if (escape)
        put(c, ESCAPE);
    put(c, opcode + (at.size > 1));
    put(c, (reg & 7) << 3 | 4); /* no base, no index: a displacement alone */
    put(c, 0x25);
    code_bytes(c, &address, 4);
}

static void load(struct code *c, unsigned reg, struct place at)
{
    if (at.size >= 4) {
        encode_memory(c, false, false, 0x8a, reg, at); /* mov */
        return;
    }
    if (reg >= 8)
        put(c, REX_R);
    put(c, ESCAPE);
    put(c, at.size == 1 ? 0xb6 : 0xb7); /* movzx */
    put(c, (reg & 7) << 3 | 4);
    put(c, 0x25);
    uint32_t address = (uint32_t)PROGRAM_BASE + PROGRAM_DATA + at.offset;
    code_bytes(c, &address, 4);
}

static void store(struct code *c, struct place at, uint64_t value)
{
    if (at.size < 8) {
        encode_memory(c, false, false, 0xc6, 0, at);
        code_bytes(c, &value, at.size);
        return;
    }
    code_bytes(c, "\x48\xb8", 2); /* mov rax, value */
    code_bytes(c, &value, 8);
    encode_memory(c, false, false, 0x88, RAX, at);
}

static void add(struct code *c, bool lock, struct place at, unsigned value)
{
    /* 80h takes a byte for a byte; 83h, not 81h, takes one for the other sizes. */
    encode_memory(c, lock, false, at.size == 1 ? 0x80 : 0x82, 0, at);
    put(c, value & 0x7f);
}

/* The low byte of `value` is expected, the next one stored; what was there ends in `reg`. */
static void cmpxchg(struct code *c, bool lock, unsigned reg, struct place at, uint64_t value)
{
    uint8_t move[3] = {REX_W | 1, 0x89, (uint8_t)(0xc0 | (reg & 7))}; /* mov reg, rax */
    code_mov(c, RAX, value & 0xff);
    code_mov(c, RDX, value >> 8 & 0xff);
    encode_memory(c, lock, true, 0xb0, RDX, at);
    code_bytes(c, move, 3);
}

void encode_op(struct code *c, const struct op *op)
{
    switch ((enum op_kind)op->kind) {
    case OP_STORE: store(c, op->place, op->value); break;
    case OP_LOAD: load(c, op->reg, op->place); break;
    case OP_ADD: add(c, false, op->place, (unsigned)op->value); break;
    case OP_LOCK_ADD: add(c, true, op->place, (unsigned)op->value); break;
    case OP_CMPXCHG: cmpxchg(c, false, op->reg, op->place, op->value); break;
    case OP_LOCK_CMPXCHG: cmpxchg(c, true, op->reg, op->place, op->value); break;
    case OP_XCHG: encode_memory(c, false, false, 0x86, op->reg, op->place); break;
    case OP_MFENCE: code_mfence(c); break;
    case OP_LFENCE: code_bytes(c, "\x0f\xae\xe8", 3); break;
    case OP_SFENCE: code_bytes(c, "\x0f\xae\xf8", 3); break;
    case OP_SEND: code_send(c, (unsigned)op->value, op->reg); break;
    case OP_STI: code_sti(c); break;
    case OP_CLI: code_cli(c); break;
    case OP_WINDOW: code_bytes(c, "\xfb\x90\xfa", 3); break;
    case OP_HALT: code_bytes(c, "\xfb\xf4", 2); break;
    case OP_ENTER: code_enter_region(c, (unsigned)op->value); break;
    case OP_LEAVE: code_leave_region(c, (unsigned)op->value); break;
    case OP_WAIT: case OP_WHEN: case OP_KINDS: assert(!"encode_wait(), encode_when()"); break;
    }
}

/* ---- Jumps ---- */

static unsigned jump(struct code *c, unsigned condition)
{
    uint8_t bytes[6] = {ESCAPE, (uint8_t)condition};
    code_bytes(c, bytes, 6);
    return c->size;
}

static unsigned jump_always(struct code *c)
{
    code_bytes(c, "\xe9\0\0\0\0", 5);
    return c->size;
}

static void land(struct code *c, unsigned jump_end, unsigned target)
{
    int32_t distance = (int32_t)target - (int32_t)jump_end;
    memcpy(c->byte + jump_end - 4, &distance, 4);
}

unsigned encode_when(struct code *c, const struct op *op)
{
    uint8_t test[3] = {REX | 5, 0x85, (uint8_t)(0xc0 | (op->reg & 7) << 3 | (op->reg & 7))};
    assert(op->reg >= 8 && op->place.size == 4);
    load(c, op->reg, op->place);
    code_bytes(c, test, 3); /* test reg, reg */
    return jump(c, JE);
}

void encode_skipped(struct code *c, unsigned when)
{
    land(c, when, c->size);
}

/* ---- Waits ---- */

/* Jumps that leave a round because what it waits for is not there. */
struct round {
    struct code *c;
    unsigned fixups, fixup[MAX_FIXUPS];
};

static void unless(struct round *r, unsigned condition)
{
    assert(r->fixups < MAX_FIXUPS);
    r->fixup[r->fixups++] = jump(r->c, condition);
}

static void compare(struct code *c, unsigned reg, uint64_t value)
{
    uint8_t bytes[3] = {0x83, (uint8_t)(0xf8 | reg), (uint8_t)value}; /* cmp reg, value */
    code_bytes(c, bytes, 3);
}

static void exchange_one(struct code *c, struct place at)
{
    code_mov(c, RAX, 1);
    encode_memory(c, false, false, 0x86, RAX, at);
    compare(c, RAX, 0);
}

static void call_load(struct code *c, struct place at)
{
    code_bytes(c, "\xe8\0\0\0\0", 5); /* call */
    unsigned call = c->size, over = jump_always(c);
    land(c, call, c->size);
    load(c, RAX, at);
    code_bytes(c, "\xc3", 1); /* ret */
    land(c, over, c->size);
}

static void one_round(struct round *r, const struct op *op)
{
    struct code *c = r->c;
    switch ((enum wait_kind)op->wait) {
    case WAIT_TAS:
        exchange_one(c, op->place);
        unless(r, JNE);
        return;
    case WAIT_CMPXCHG:
        code_mov(c, RAX, 0);
        code_mov(c, RDX, 1);
        encode_memory(c, true, true, 0xb0, RDX, op->place);
        unless(r, JNE);
        return;
    case WAIT_CALL:
        call_load(c, op->place);
        break;
    case WAIT_PUSH:
        code_bytes(c, "\x53", 1); /* push rbx */
        load(c, RAX, op->place);
        code_bytes(c, "\x5b", 1); /* pop rbx */
        break;
    default:
        load(c, RAX, op->place);
    }
    if (op->wait == WAIT_SNAPSHOT || op->wait == WAIT_EQUAL)
        load(c, RBX, op->second);
    if (op->wait == WAIT_EQUAL)
        code_bytes(c, "\x39\xd8", 2); /* cmp eax, ebx */
    else
        compare(c, RAX, op->value);
    unless(r, JNE);
    if (op->wait == WAIT_LOCK) {
        exchange_one(c, op->place);
        unless(r, JNE);
    }
    if (op->wait == WAIT_BOTH)
        load(c, RBX, op->second);
    if (op->wait == WAIT_BOTH || op->wait == WAIT_SNAPSHOT) {
        compare(c, RBX, op->value);
        unless(r, JNE);
    }
}

static void land_all(const struct round *r, unsigned target)
{
    for (unsigned i = 0; i < r->fixups; i++)
        land(r->c, r->fixup[i], target);
}

/* The round is made at most four times: with a counter of 2 and of 1 even the flags are the same. */
static void encode_counted(struct code *c, const struct op *op, bool assume)
{
    bool stack = op->wait == WAIT_STACK;
    code_bytes(c, stack ? "\x6a\x04" : "\xbb\x04\0\0\0", stack ? 2 : 5); /* push 4; mov ebx, 4 */
    unsigned start = c->size;
    if (!stack && (op->value & 1))
        code_bytes(c, "\xfb\x90\xfa", 3); /* sti; nop; cli */
    code_bytes(c, assume ? "\x90\x90" : "\xf3\x90", 2); /* two nops; pause */
    load(c, RAX, op->place);
    compare(c, RAX, op->value);
    unsigned out = jump(c, JE);
    code_bytes(c, stack ? "\xff\x0c\x24" : "\xff\xcb", stack ? 3 : 2); /* dec [rsp]; dec ebx */
    unsigned again = jump(c, JNE);
    land(c, again, start);
    land(c, out, c->size);
    if (stack)
        code_bytes(c, "\x5b", 1); /* pop rbx */
}

void encode_wait(struct code *c, const struct op *op, unsigned number, bool assume)
{
    if (wait_is_counted(op)) {
        encode_counted(c, op, assume);
        return;
    }
    struct round r = {.c = c};
    bool last = op->wait == WAIT_PAUSE_LAST;
    code_bytes(c, "\x90", 1); /* nop: no round is in the shadow of sti */
    unsigned start = c->size;
    if (!assume && !last)
        code_bytes(c, "\xf3\x90", 2); /* pause */
    one_round(&r, op);
    if (!assume && !last) {
        land_all(&r, start);
        return;
    }
    unsigned over = jump_always(c);
    land_all(&r, c->size);
    if (assume) {
        code_mov(c, 15, number);
        code_bytes(c, "\xf4\xeb\xfd", 3); /* hlt, again and again: it may still be interrupted */
    } else {
        code_bytes(c, "\xf3\x90", 2);
        unsigned back = jump_always(c);
        land(c, back, start);
    }
    land(c, over, c->size);
}
