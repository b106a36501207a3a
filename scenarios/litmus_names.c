/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a litmus test gives names to: types, registers, threads, locations in memory. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/litmus_internal.h"
#include "scenarios/scenario.h"

/* ---- Types ---- */

const struct litmus_type litmus_int = {"int", 4, true};

static const struct litmus_type types[] = {
    {"int", 4, true},       {"int32_t", 4, true},   {"uint32_t", 4, false}, {"int64_t", 8, true},
    {"uint64_t", 8, false}, {"int16_t", 2, true},   {"uint16_t", 2, false}, {"int8_t", 1, true},
    {"uint8_t", 1, false},  {"char", 1, true},      {"short", 2, true},     {"long", 8, true},
    {"unsigned", 4, false}, {"intptr_t", 8, true},  {"uintptr_t", 8, false},
};

const struct litmus_type *litmus_type_find(const char *name)
{
    for (unsigned i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(types[i].name, name))
            return &types[i];
    return NULL;
}

/* ---- Registers (SDM vol. 1, 3.4.1), numbered as instructions encode them ---- */

static const char *const reg_names[16][4] = {
    {"rax", "eax", "ax", "al"},       {"rcx", "ecx", "cx", "cl"},
    {"rdx", "edx", "dx", "dl"},       {"rbx", "ebx", "bx", "bl"},
    {"rsp", "esp", "sp", "spl"},      {"rbp", "ebp", "bp", "bpl"},
    {"rsi", "esi", "si", "sil"},      {"rdi", "edi", "di", "dil"},
    {"r8", "r8d", "r8w", "r8b"},      {"r9", "r9d", "r9w", "r9b"},
    {"r10", "r10d", "r10w", "r10b"},  {"r11", "r11d", "r11w", "r11b"},
    {"r12", "r12d", "r12w", "r12b"},  {"r13", "r13d", "r13w", "r13b"},
    {"r14", "r14d", "r14w", "r14b"},  {"r15", "r15d", "r15w", "r15b"},
};

static const char *const high_names[4] = {"ah", "ch", "dh", "bh"};

bool litmus_reg_find(const char *name, struct litmus_reg_name *r)
{
    for (unsigned i = 0; i < 16; i++) {
        for (unsigned j = 0; j < 4; j++) {
            if (strcasecmp(name, reg_names[i][j]))
                continue;
            *r = (struct litmus_reg_name){(uint8_t)i, (uint8_t)(8 >> j), false};
            return true;
        }
        if (i < 4 && !strcasecmp(name, high_names[i])) {
            *r = (struct litmus_reg_name){(uint8_t)i, 1, true};
            return true;
        }
    }
    return false;
}

const char *litmus_reg_print(enum litmus_arch arch, unsigned number, unsigned size)
{
    static char text[8];
    unsigned column = size == 8 ? 0 : size == 4 ? 1 : size == 2 ? 2 : 3;
    snprintf(text, sizeof text, "%s", reg_names[number][column]);
    for (char *p = text; arch == LITMUS_X86 && *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return text;
}

unsigned litmus_reg_rank(unsigned number)
{
    static const uint8_t rank[8] = {0, 2, 3, 1, 7, 6, 4, 5}; /* of AX CX DX BX SP BP SI DI */
    return number < 8 ? rank[number] : number;
}

bool litmus_no_register(struct litmus_error *e, unsigned line, const char *name,
                        enum litmus_arch arch)
{
    static const char *const x86[] = {"EAX", "EBX", "ECX", "EDX", "ESI", "EDI", "EBP"};
    static const char *const x86_64[] = {"rax", "eax", "rbx", "ebx", "rcx", "ecx", "rdx", "edx",
                                         "rsi", "esi", "rdi", "edi", "rbp", "ebp", "r8", "r15"};
    const char *near = arch == LITMUS_X86 ? nearest_name(name, x86, sizeof x86 / sizeof *x86)
                                          : nearest_name(name, x86_64,
                                                         sizeof x86_64 / sizeof *x86_64);
    if (near)
        return litmus_fail(e, line, "no register '%.40s'; did you mean '%s'?", name, near);
    return litmus_fail(e, line, "no register '%.40s'; %s", name,
                       arch == LITMUS_X86 ? "X86 has EAX, EBX, ECX, EDX, ESI, EDI, EBP"
                                          : "X86_64 has rax, rbx, ... r15 and their parts");
}

/* ---- Locations ---- */

int litmus_location_find(const struct litmus_test *t, const char *name)
{
    for (unsigned i = 0; i < t->locations; i++)
        if (!strcmp(t->location[i].name, name))
            return (int)i;
    return -1;
}

int litmus_location(struct litmus_test *t, const char *name, struct litmus_error *e, unsigned line)
{
    int found = litmus_location_find(t, name);
    if (found >= 0)
        return found;
    if (t->locations == LITMUS_LOCATIONS) {
        litmus_fail(e, line, "'%.40s' is one location too many; %d are allowed", name,
                    LITMUS_LOCATIONS);
        return -1;
    }
    struct litmus_location *l = &t->location[t->locations];
    snprintf(l->name, sizeof l->name, "%s", name);
    l->elements = 1;
    return (int)t->locations++;
}

/* Cells of 8 bytes, so that a test may access a location wider than it is declared. */
void litmus_lay_out(struct litmus_test *t)
{
    unsigned next = 0;
    for (unsigned i = 0; i < t->locations; i++) {
        struct litmus_location *l = &t->location[i];
        l->offset = (uint16_t)next;
        next += litmus_location_bytes(l);
    }
    static_assert(LITMUS_LOCATIONS * LITMUS_ELEMENTS * 8 < PROGRAM_STACK - 4096 - PROGRAM_DATA,
                  "locations lie below the stacks");
}

uint64_t litmus_address(const struct litmus_test *t, unsigned location)
{
    return PROGRAM_BASE_LOW + PROGRAM_DATA + t->location[location].offset;
}

uint64_t litmus_resolve(const struct litmus_test *t, const struct litmus_value *v)
{
    return v->number + (v->is_address ? litmus_address(t, v->location) : 0);
}

/* ---- Threads and their registers ---- */

int litmus_thread_find(struct litmus_test *t, uint64_t number, struct litmus_error *e,
                       unsigned line)
{
    for (unsigned i = 0; i < t->threads; i++)
        if (t->thread[i].number == number)
            return (int)i;
    litmus_fail(e, line, "no thread %llu; the test has P%u to P%u", (unsigned long long)number,
                t->thread[0].number, t->thread[t->threads - 1].number);
    return -1;
}

bool litmus_at_register(struct scanner *s)
{
    scan_space(s);
    const char *p = s->at + (*s->at == 'P');
    size_t digits = strspn(p, "0123456789");
    p += digits;
    p += strspn(p, " \t");
    return digits && *p == ':';
}

static bool check_register(struct scanner *s, const struct litmus_test *t, const char *name,
                           struct litmus_reg_name *r)
{
    if (!litmus_reg_find(name, r) || (t->arch == LITMUS_X86 && (r->size == 8 || r->number >= 8)))
        return litmus_no_register(s->error, s->line, name, t->arch);
    if (r->high)
        return scan_fail(s, "'%s' is a part of a register; name the whole register", name);
    if (r->number == 4)
        return scan_fail(s, "'%s' is the stack pointer, which no test can name", name);
    return true;
}

bool litmus_parse_register(struct scanner *s, struct litmus_test *t, struct litmus_item *item)
{
    char name[LITMUS_NAME], token[32];
    struct litmus_reg_name r;
    uint64_t number = 0;
    scan_space(s);
    s->at += *s->at == 'P';
    if (!scan_number(s, &number) || !scan_expect(s, ":", "a register"))
        return false;
    scan_accept(s, "%");
    if (!scan_name(s, name))
        return scan_fail(s, "a register is expected before %s", scan_token(s, token));
    if (!check_register(s, t, name, &r))
        return false;
    int thread = litmus_thread_find(t, number, s->error, s->line);
    if (thread < 0)
        return false;
    struct litmus_register *reg = &t->thread[thread].reg[r.number];
    if (!reg->shown_size)
        reg->shown_size = r.size;
    reg->named = true;
    *item = (struct litmus_item){.is_register = true, .thread = (uint8_t)thread, .reg = r.number,
                                 .element = -1};
    return true;
}
