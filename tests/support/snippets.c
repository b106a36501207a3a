/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/snippets.h"

#include "kvm/runtime/marker.h"

void code_begin(struct code *c, unsigned registers)
{
    c->size = 0;
    for (unsigned i = 0; i < registers; i++)
        code_mov(c, 8 + i, 0);
}

void code_jump_back(struct code *c, uint8_t opcode, unsigned to)
{
    uint8_t jump[2] = {opcode, (uint8_t)(to - (c->size + 2))};
    assert(c->size + 2 - to <= 128);
    code_bytes(c, jump, 2);
}

void code_wait_until_set(struct code *c, unsigned variable)
{
    unsigned start = c->size;
    code_bytes(c, "\xf3\x90", 2); /* pause */
    code_load(c, 8, variable);
    code_bytes(c, "\x45\x85\xc0", 3); /* test r8d, r8d */
    code_jump_back(c, 0x74, start);
}

void code_write_msr(struct code *c, uint32_t msr, uint32_t value)
{
    code_mov(c, 1, msr);
    code_mov(c, 0, value);
    code_mov(c, 2, 0);
    code_bytes(c, "\x0f\x30", 2); /* wrmsr */
}

void code_read_msr(struct code *c, uint32_t msr)
{
    code_mov(c, 1, msr);
    code_bytes(c, "\x0f\x32\x41\x89\xc0", 5); /* rdmsr; mov r8d, eax */
}

void code_write_register(struct code *c, uint64_t address, uint32_t value)
{
    code_mov_long(c, 0, address);
    code_bytes(c, "\xc7\x00", 2); /* mov dword [rax], value */
    code_bytes(c, &value, 4);
}

void code_read_register(struct code *c, uint64_t address)
{
    code_mov_long(c, 0, address);
    code_bytes(c, "\x44\x8b\x00", 3); /* mov r8d, [rax] */
}

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
