/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/random_programs.h"

#include "kvm/runtime/marker.h"
#include "tests/support/snippets.h"

/* ---- Threads ---- */

static void random_step(struct random *r, struct code *c, unsigned *reg)
{
    unsigned v = random_draw(r, RANDOM_VARIABLES);
    switch (random_draw(r, 9)) {
    case 0: case 1: case 2:
        code_store(c, v, 1 + random_draw(r, 3));
        break;
    case 3: case 4: case 5:
        code_load(c, 8 + (*reg)++ % 4, v);
        break;
    case 6:
        code_add(c, v, (uint8_t)(1 + random_draw(r, 2)));
        break;
    case 7:
        code_xchg(c, 8 + (*reg)++ % 4, v);
        break;
    case 8:
        if (random_draw(r, 2))
            code_mfence(c);
        else
            code_lock_add(c, v, 1);
        break;
    }
}

void random_threads(struct random *r, unsigned threads, struct code *code)
{
    for (unsigned t = 0; t < threads; t++) {
        unsigned reg = 0;
        unsigned length = threads == 2 ? 2 + random_draw(r, 3) : 1 + (random_draw(r, 3) > 1);
        code_begin(&code[t], 4);
        for (unsigned i = 0; i < length; i++)
            random_step(r, &code[t], &reg);
        code_end(&code[t]);
    }
}

/* ---- Single accesses ---- */

void random_access(struct random *r, const struct access_mix *mix, struct code *c, unsigned *reg)
{
    unsigned variable = random_draw(r, 2);
    unsigned n = random_draw(r, mix->store + mix->load + mix->add + mix->xchg + mix->lock_add);
    if (n < mix->store)
        code_store(c, variable, 1 + random_draw(r, 2));
    else if ((n -= mix->store) < mix->load)
        code_load(c, 8 + (*reg)++ % 2, variable);
    else if ((n -= mix->load) < mix->add)
        code_add(c, variable, 1);
    else if ((n -= mix->add) < mix->xchg)
        code_xchg(c, 8 + (*reg)++ % 2, variable);
    else
        code_lock_add(c, variable, 1);
}

/* ---- Threads that are short enough for bounds and samples ---- */

void random_short_thread(struct random *r, struct code *c)
{
    code_begin(c, 2);
    for (unsigned i = 0; i < 3; i++) {
        unsigned variable = random_draw(r, 2);
        switch (random_draw(r, 5)) {
        case 0: code_load(c, 8, variable); break;
        case 1: code_load(c, 9, variable); break;
        case 2: code_xchg(c, 9, variable); break;
        default: code_store(c, variable, 1 + random_draw(r, 3));
        }
    }
    code_end(c);
}

/* ---- Overlapping accesses ---- */

static void address(struct code *c, unsigned offset)
{
    uint32_t at = (uint32_t)PROGRAM_BASE + PROGRAM_DATA + offset;
    code_bytes(c, &at, 4);
}

/* ModRM for [disp32] with this register field, then SIB and address. */
static void operand(struct code *c, unsigned reg, unsigned offset)
{
    uint8_t modrm[2] = {(uint8_t)((reg & 7) << 3 | 4), 0x25};
    code_bytes(c, modrm, 2);
    address(c, offset);
}

/* mov [offset], immediate whose bytes are all `value` (four of them sign-extended for eight) */
static void store_sized(struct code *c, unsigned offset, unsigned size, uint8_t value)
{
    uint8_t bytes[4] = {value, value, value, value};
    if (size == 2)
        code_bytes(c, "\x66", 1);
    if (size == 8)
        code_bytes(c, "\x48", 1);
    code_bytes(c, size == 1 ? "\xc6" : "\xc7", 1);
    operand(c, 0, offset);
    code_bytes(c, bytes, size < 4 ? size : 4);
}

/* movzx r, byte or word [offset]; mov r, dword or qword [offset] folded to 32 bits */
static void load_sized(struct code *c, unsigned reg, unsigned offset, unsigned size)
{
    code_bytes(c, size == 8 ? "\x4c" : "\x44", 1); /* REX.R, REX.W */
    if (size < 4)
        code_bytes(c, size == 1 ? "\x0f\xb6" : "\x0f\xb7", 2);
    else
        code_bytes(c, "\x8b", 1);
    operand(c, reg, offset);
    if (size < 8)
        return;
    uint8_t fold[4] = {0x49, 0xc1, (uint8_t)(0xc8 + (reg & 7)), 20}; /* ror r, 20 */
    code_bytes(c, fold, 4);
}

void random_overlaps(struct random *r, struct code code[2])
{
    for (unsigned t = 0; t < 2; t++) {
        unsigned loads = 0, length = 2 + random_draw(r, 3);
        code_begin(&code[t], 2);
        for (unsigned i = 0; i < length; i++) {
            unsigned size = 1u << random_draw(r, 4), offset = random_draw(r, 17 - size);
            if (random_draw(r, 2))
                store_sized(&code[t], offset, size, (uint8_t)(0x11 + 0x10 * (2 * i + t)));
            else
                load_sized(&code[t], 8 + loads++ % 2, offset, size);
        }
        code_end(&code[t]);
    }
}

/* ---- Interrupts ---- */

static const struct access_mix interrupted = {.store = 2, .load = 2, .add = 1, .lock_add = 1};

void random_interrupted(struct random *r, struct code code[2])
{
    unsigned reg = 0;
    unsigned vector = random_draw(r, 2) ? INTERRUPT_LOW : INTERRUPT_HIGH;
    for (unsigned t = 0; t < 2; t++)
        code_begin(&code[t], 2);
    code_sti(&code[0]);
    for (unsigned i = random_draw(r, 2); i < 2; i++)
        random_access(r, &interrupted, &code[0], &reg);
    if (random_draw(r, 2))
        code_cli(&code[0]);
    random_access(r, &interrupted, &code[0], &reg);
    if (random_draw(r, 3))
        code_idle(&code[0]);
    else
        code_end(&code[0]);
    if (random_draw(r, 2))
        random_access(r, &interrupted, &code[1], &reg);
    code_send(&code[1], vector, 0);
    if (random_draw(r, 2))
        random_access(r, &interrupted, &code[1], &reg);
    else
        code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
}

/* ---- Invariants about interrupts ---- */

static void region_marker(struct code *c, unsigned kind, unsigned region)
{
    uint8_t marker[MARKER_LENGTH] = {MARKER_BYTE_0, MARKER_BYTE_1, MARKER_BYTE_2,
                                     MARKER_SIB(kind), (uint8_t)region};
    code_bytes(c, marker, sizeof marker);
}

void code_enter_region(struct code *c, unsigned region)
{
    region_marker(c, MARKER_REGION_ENTER, region);
}

void code_leave_region(struct code *c, unsigned region)
{
    region_marker(c, MARKER_REGION_LEAVE, region);
}

void code_region(struct code *c, unsigned region)
{
    code_enter_region(c, region);
    code_mov(c, 1, 0x822); /* IRR */
    code_bytes(c, "\x0f\x32", 2); /* rdmsr */
    code_leave_region(c, region);
}

/* An access to the APIC that an arrival can be told before or behind of, or that decides what the
 * core can be interrupted by. */
static void random_apic_access(struct random *r, struct code *c)
{
    switch (random_draw(r, 5)) {
    case 0: case 1:
        code_write_msr(c, 0x808, random_draw(r, 2) ? 0x50 : 0x40); /* TPR: the class of HIGH, of LOW */
        break;
    case 2:
        code_write_msr(c, 0x80f, random_draw(r, 2) ? 0xff : 0x1ff); /* SVR: disable, enable */
        break;
    case 3:
        code_read_msr(c, 0x822); /* IRR of both vectors */
        break;
    case 4:
        code_send(c, INTERRUPT_HIGH, 0); /* to itself, through the fabric */
        break;
    }
}

void random_observed(struct random *r, struct code code[2])
{
    unsigned reg = 0;
    for (unsigned t = 0; t < 2; t++)
        code_begin(&code[t], 2);
    if (random_draw(r, 2))
        code_sti(&code[0]);
    if (random_draw(r, 3))
        random_apic_access(r, &code[0]);
    else
        random_access(r, &interrupted, &code[0], &reg);
    if (random_draw(r, 2))
        code_write_msr(&code[0], 0x808, 0);
    if (random_draw(r, 2))
        code_idle(&code[0]);
    else
        code_cli(&code[0]);
    code_end(&code[0]);
    code_send(&code[1], random_draw(r, 2) ? INTERRUPT_LOW : INTERRUPT_HIGH, 0);
    if (random_draw(r, 2))
        random_access(r, &interrupted, &code[1], &reg);
    code_region(&code[1], 1);
    code_end(&code[1]);
}
