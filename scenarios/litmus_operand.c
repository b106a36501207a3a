/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands of the instructions of litmus tests: read in both syntaxes, written in AT&T's. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "scenarios/litmus_internal.h"

/* ---- Registers ---- */

static bool usable(const struct insn_parser *p, const struct litmus_reg_name *r)
{
    return p->t->arch == LITMUS_X86_64 || (r->size < 8 && r->number < 8);
}

static void note_register(struct insn_parser *p, const struct litmus_reg_name *r)
{
    if (r->number != 4) /* the stack pointer is the simulator's */
        p->t->thread[p->thread].reg[r->number].named = true;
}

/* A register is next if a '%' stands here or the name is one. */
static bool at_register_name(struct insn_parser *p)
{
    struct scanner ahead = p->s;
    struct litmus_reg_name r;
    char name[LITMUS_NAME];
    return scan_peek(&ahead) == '%' || (scan_name(&ahead, name) && litmus_reg_find(name, &r));
}

static bool parse_register(struct insn_parser *p, struct litmus_reg_name *r)
{
    char name[LITMUS_NAME], token[32];
    scan_accept(&p->s, "%");
    if (!scan_name(&p->s, name))
        return scan_fail(&p->s, "a register is expected before %s", scan_token(&p->s, token));
    if (!litmus_reg_find(name, r) || !usable(p, r))
        return litmus_no_register(p->s.error, p->s.line, name, p->t->arch);
    note_register(p, r);
    return true;
}

/* ---- Memory operands ---- */

static bool add_register(struct insn_parser *p, struct litmus_operand *o)
{
    struct litmus_reg_name r;
    uint64_t scale = 1;
    if (!parse_register(p, &r))
        return false;
    if (r.size < 4)
        return scan_fail(&p->s, "an address needs a register of 32 or 64 bits");
    bool scaled = scan_accept(&p->s, "*");
    if (scaled && !scan_number(&p->s, &scale))
        return scan_fail(&p->s, "1, 2, 4 or 8 is expected behind '*'");
    if (!scaled && !o->has_base) {
        o->has_base = true;
        o->base = r;
        return true;
    }
    if (o->has_index)
        return scan_fail(&p->s, "an address has at most two registers");
    o->has_index = true;
    o->index = r;
    o->scale = (unsigned)scale;
    return true;
}

static bool add_location(struct insn_parser *p, struct litmus_operand *o)
{
    char name[LITMUS_NAME], token[32];
    if (!scan_name(&p->s, name))
        return scan_fail(&p->s, "a location, a register or a number is expected before %s",
                         scan_token(&p->s, token));
    int location = litmus_location(p->t, name, p->s.error, p->s.line);
    if (location < 0)
        return false;
    if (o->value.is_address)
        return scan_fail(&p->s, "an address has at most one location");
    o->value.is_address = true;
    o->value.location = (uint16_t)location;
    return true;
}

/* A term between brackets: x, 8, eax, eax*4. */
static bool parse_term(struct insn_parser *p, struct litmus_operand *o, bool negative)
{
    uint64_t number;
    if (scan_number(&p->s, &number)) {
        o->value.number += negative ? -number : number;
        return true;
    }
    if (p->s.error->text[0])
        return false;
    if (negative)
        return scan_fail(&p->s, "a number is expected behind '-'");
    return at_register_name(p) ? add_register(p, o) : add_location(p, o);
}

static bool parse_brackets(struct insn_parser *p, struct litmus_operand *o)
{
    bool negative = false;
    do {
        if (!parse_term(p, o, negative))
            return false;
        negative = scan_peek(&p->s) == '-';
    } while (scan_accept(&p->s, "+") || scan_accept(&p->s, "-"));
    return scan_expect(&p->s, "]", "a memory operand");
}

static bool parse_index(struct insn_parser *p, struct litmus_operand *o)
{
    uint64_t scale = 1;
    if (!parse_register(p, &o->index))
        return false;
    o->has_index = true;
    if (scan_accept(&p->s, ",") && !scan_number(&p->s, &scale))
        return scan_fail(&p->s, "1, 2, 4 or 8 is expected as scale");
    o->scale = (unsigned)scale;
    return true;
}

static bool parse_parentheses(struct insn_parser *p, struct litmus_operand *o)
{
    if (scan_accept(&p->s, "%rip") || scan_word(&p->s, "rip"))
        return scan_expect(&p->s, ")", "a memory operand");
    if (at_register_name(p)) {
        if (!parse_register(p, &o->base))
            return false;
        o->has_base = true;
    } else if (scan_peek(&p->s) != ',' && !add_location(p, o)) {
        return false;
    }
    if (scan_accept(&p->s, ",") && !parse_index(p, o))
        return false;
    return scan_expect(&p->s, ")", "a memory operand");
}

/* "dword ptr": the size of a memory operand in Intel's syntax; 0 if it is not said. */
static unsigned parse_size(struct insn_parser *p)
{
    static const char *const words[] = {"byte", "word", "dword", "qword"};
    struct scanner ahead = p->s;
    char name[LITMUS_NAME];
    if (!scan_name(&ahead, name))
        return 0;
    for (unsigned i = 0; i < 4; i++) {
        struct scanner after = ahead;
        char ptr[LITMUS_NAME] = "";
        if (strcasecmp(name, words[i]) || !scan_name(&after, ptr) || strcasecmp(ptr, "ptr"))
            continue;
        p->s = after;
        return 1u << i;
    }
    return 0;
}

/* Beside a location lies another one only by chance. */
static bool check_displacement(struct insn_parser *p, const struct litmus_operand *o)
{
    if (!o->value.is_address || o->has_base || o->has_index)
        return true;
    const struct litmus_location *l = &p->t->location[o->value.location];
    unsigned bytes = litmus_location_bytes(l);
    return o->value.number < bytes ||
           scan_fail(&p->s, "'%.40s' and %lld: a place from 0 to %u in it is right", l->name,
                     (long long)o->value.number, bytes - 1);
}

static bool check_memory(struct insn_parser *p, const struct litmus_operand *o)
{
    unsigned s = o->scale;
    if (o->has_index && s != 1 && s != 2 && s != 4 && s != 8)
        return scan_fail(&p->s, "a scale of %u; 1, 2, 4 and 8 exist", s);
    if (o->has_base && o->base.size < 4)
        return scan_fail(&p->s, "an address needs a register of 32 or 64 bits");
    if (o->has_index && (o->index.size < 4 || o->index.number == 4))
        return scan_fail(&p->s, "this register cannot be an index");
    if (o->has_base && o->has_index && o->base.size != o->index.size)
        return scan_fail(&p->s, "base and index differ in size");
    return check_displacement(p, o);
}

/* ---- Operands ---- */

static bool bare_name(struct insn_parser *p)
{
    char name[LITMUS_NAME], token[32];
    if (!scan_name(&p->s, name))
        return scan_fail(&p->s, "an operand is expected before %s", scan_token(&p->s, token));
    if (litmus_location_find(p->t, name) < 0)
        return litmus_no_register(p->s.error, p->s.line, name, p->t->arch);
    const char *form = p->t->arch == LITMUS_X86 ? "[]" : "()";
    return scan_fail(&p->s, "no register '%.40s'; the location is written %c%.40s%c", name, form[0],
                     name, form[1]);
}

static bool parse_memory(struct insn_parser *p, struct litmus_operand *o)
{
    o->kind = KIND_MEMORY;
    if (scan_accept(&p->s, "["))
        return parse_brackets(p, o) && check_memory(p, o);
    if (scan_accept(&p->s, "("))
        return parse_parentheses(p, o) && check_memory(p, o);
    return bare_name(p);
}

/* A name with a parenthesis behind it: x(%rip), t(,%rax,8). */
static bool at_displaced(struct insn_parser *p)
{
    struct scanner ahead = p->s;
    char name[LITMUS_NAME];
    return scan_name(&ahead, name) && scan_peek(&ahead) == '(';
}

static bool parse_operand(struct insn_parser *p, struct litmus_operand *o)
{
    *o = (struct litmus_operand){.scale = 1};
    o->size = parse_size(p);
    if (!o->size && scan_accept(&p->s, "$")) {
        o->kind = KIND_IMMEDIATE;
        return litmus_parse_value(&p->s, p->t, true, &o->value);
    }
    if (!o->size && at_register_name(p)) {
        o->kind = KIND_REGISTER;
        return parse_register(p, &o->reg);
    }
    if (scan_number(&p->s, &o->value.number)) {
        o->kind = KIND_IMMEDIATE;
        if (scan_peek(&p->s) != '(' && scan_peek(&p->s) != '[')
            return true;
    } else if (at_displaced(p) && !add_location(p, o)) {
        return false;
    }
    return !p->s.error->text[0] && parse_memory(p, o);
}

bool litmus_parse_operands(struct insn_parser *p, struct litmus_operand *operand,
                           unsigned *count)
{
    char token[32];
    *count = 0;
    if (!scan_peek(&p->s))
        return true;
    do {
        if (*count == LITMUS_OPERANDS)
            return scan_fail(&p->s, "more than %d operands", LITMUS_OPERANDS);
        if (!parse_operand(p, &operand[(*count)++]))
            return false;
    } while (scan_accept(&p->s, ","));
    if (scan_peek(&p->s))
        return scan_fail(&p->s, "',' or the end of the instruction is expected before %s",
                         scan_token(&p->s, token));
    return true;
}

/* ---- Output ---- */

static void put_register(FILE *f, const struct litmus_reg_name *r)
{
    static const char *const high[] = {"ah", "ch", "dh", "bh"};
    fprintf(f, "%%%s", r->high ? high[r->number]
                               : litmus_reg_print(LITMUS_X86_64, r->number, r->size));
}

static void put_memory(FILE *f, const struct litmus_test *t, const struct litmus_operand *o)
{
    fprintf(f, "%lld", (long long)litmus_resolve(t, &o->value));
    if (!o->has_base && !o->has_index)
        return;
    fputc('(', f);
    if (o->has_base)
        put_register(f, &o->base);
    if (o->has_index) {
        fputc(',', f);
        put_register(f, &o->index);
        fprintf(f, ",%u", o->scale);
    }
    fputc(')', f);
}

void litmus_put_operand(FILE *f, const struct litmus_test *t, const struct litmus_operand *o)
{
    if (o->kind == KIND_REGISTER)
        put_register(f, &o->reg);
    else if (o->kind == KIND_MEMORY)
        put_memory(f, t, o);
    else
        fprintf(f, "$%lld", (long long)litmus_resolve(t, &o->value));
}
