/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction of a litmus test, rewritten for the assembler: AT&T syntax, each register
 * checked, each location a number. Nothing of the file reaches the assembler but mnemonics, so
 * that no text of a test can be a directive or a symbol.
 *
 * X86 tests have Intel's operand order, X86_64 tests AT&T's; (x) and [x] mean the same in both.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/litmus_internal.h"

enum { OPERANDS = 3, MNEMONIC = 16 };

enum operand_kind { KIND_REGISTER, KIND_IMMEDIATE, KIND_MEMORY };

struct operand {
    enum operand_kind kind;
    struct litmus_reg_name reg;
    struct litmus_value value; /* immediate or displacement */
    bool has_base, has_index;
    struct litmus_reg_name base, index;
    unsigned scale;
    unsigned size; /* memory: said by "dword ptr", 0 if not said */
};

struct parser {
    struct scanner s; /* of the cell */
    struct litmus_test *t;
    unsigned thread;
};

/* ---- Registers ---- */

static bool usable(const struct parser *p, const struct litmus_reg_name *r)
{
    return p->t->arch == LITMUS_X86_64 || (r->size < 8 && r->number < 8);
}

static void note_register(struct parser *p, const struct litmus_reg_name *r)
{
    if (r->number != 4) /* the stack pointer is the simulator's */
        p->t->thread[p->thread].reg[r->number].named = true;
}

/* A register is next if a '%' stands here or the name is one. */
static bool at_register_name(struct parser *p)
{
    struct scanner ahead = p->s;
    struct litmus_reg_name r;
    char name[LITMUS_NAME];
    return scan_peek(&ahead) == '%' || (scan_name(&ahead, name) && litmus_reg_find(name, &r));
}

static bool parse_register(struct parser *p, struct litmus_reg_name *r)
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

static bool add_register(struct parser *p, struct operand *o)
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

static bool add_location(struct parser *p, struct operand *o)
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
static bool parse_term(struct parser *p, struct operand *o, bool negative)
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

static bool parse_brackets(struct parser *p, struct operand *o)
{
    bool negative = false;
    do {
        if (!parse_term(p, o, negative))
            return false;
        negative = scan_peek(&p->s) == '-';
    } while (scan_accept(&p->s, "+") || scan_accept(&p->s, "-"));
    return scan_expect(&p->s, "]", "a memory operand");
}

static bool parse_index(struct parser *p, struct operand *o)
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

static bool parse_parentheses(struct parser *p, struct operand *o)
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
static unsigned parse_size(struct parser *p)
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

static bool check_memory(struct parser *p, const struct operand *o)
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
    return true;
}

/* ---- Operands ---- */

static bool bare_name(struct parser *p)
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

static bool parse_memory(struct parser *p, struct operand *o)
{
    o->kind = KIND_MEMORY;
    if (scan_accept(&p->s, "["))
        return parse_brackets(p, o) && check_memory(p, o);
    if (scan_accept(&p->s, "("))
        return parse_parentheses(p, o) && check_memory(p, o);
    return bare_name(p);
}

/* A name with a parenthesis behind it: x(%rip), t(,%rax,8). */
static bool at_displaced(struct parser *p)
{
    struct scanner ahead = p->s;
    char name[LITMUS_NAME];
    return scan_name(&ahead, name) && scan_peek(&ahead) == '(';
}

static bool parse_operand(struct parser *p, struct operand *o)
{
    *o = (struct operand){.scale = 1};
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

static bool parse_operands(struct parser *p, struct operand *operand, unsigned *count)
{
    char token[32];
    *count = 0;
    if (!scan_peek(&p->s))
        return true;
    do {
        if (*count == OPERANDS)
            return scan_fail(&p->s, "more than %d operands", OPERANDS);
        if (!parse_operand(p, &operand[(*count)++]))
            return false;
    } while (scan_accept(&p->s, ","));
    if (scan_peek(&p->s))
        return scan_fail(&p->s, "',' or the end of the instruction is expected before %s",
                         scan_token(&p->s, token));
    return true;
}

/* ---- Mnemonics ---- */

static bool among(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(word, *list))
            return true;
    return false;
}

static bool parse_mnemonic(struct parser *p, char mnemonic[MNEMONIC])
{
    char name[LITMUS_NAME], token[32];
    if (!scan_name(&p->s, name) || strchr(name, '_') || strlen(name) >= MNEMONIC)
        return scan_fail(&p->s, "an instruction is expected, not %s", scan_token(&p->s, token));
    for (unsigned i = 0; i <= strlen(name); i++)
        mnemonic[i] = (char)tolower((unsigned char)name[i]);
    return true;
}

/* What the model has no answer for, although the assembler knows it. */
static bool refuse(struct parser *p, const char *mnemonic)
{
    static const char *const prefixes[] = {"rep", "repe", "repz", "repne", "repnz", "data16",
                                           "addr32", "xacquire", "xrelease", "bnd", NULL};
    if (among(mnemonic, prefixes))
        return scan_fail(&p->s, "the prefix '%s' is not supported; 'lock' is", mnemonic);
    if (!strncmp(mnemonic, "movnt", 5) || !strncmp(mnemonic, "maskmov", 7))
        return scan_fail(&p->s, "'%s' is a non-temporal store, of which x86-TSO says nothing",
                         mnemonic);
    if (!strncmp(mnemonic, "call", 4))
        return scan_fail(&p->s, "'%s': a litmus test has no functions; 'jmp' to a label is right",
                         mnemonic);
    return true;
}

/* Names that herd7 has for instructions that the manual calls otherwise. */
static void translate_alias(char mnemonic[MNEMONIC])
{
    if (!strcmp(mnemonic, "jlt"))
        strcpy(mnemonic, "jl");
    else if (!strcmp(mnemonic, "jgt"))
        strcpy(mnemonic, "jg");
}

static bool is_shift(const char *mnemonic)
{
    static const char *const shifts[] = {"shl", "shr", "sal", "sar", "rol", "ror", "rcl", "rcr",
                                         NULL};
    return among(mnemonic, shifts);
}

/* Instructions whose name in AT&T syntax ends with the size where no register says it. */
static bool takes_suffix(const char *mnemonic)
{
    static const char *const bases[] = {"mov", "add", "sub", "and", "or", "xor", "adc", "sbb",
                                        "cmp", "test", "inc", "dec", "neg", "not", "bt", "bts",
                                        "btr", "btc", "mul", "imul", "div", "idiv", "push", "pop",
                                        NULL};
    return among(mnemonic, bases) || is_shift(mnemonic);
}

static char suffix_of(unsigned size)
{
    return size == 1 ? 'b' : size == 2 ? 'w' : size == 4 ? 'l' : 'q';
}

/* The size of a memory operand that nothing else says: as declared, else that of the architecture. */
static unsigned default_size(const struct litmus_test *t, const struct operand *o)
{
    const struct litmus_type *type =
        o->value.is_address ? t->location[o->value.location].type : NULL;
    if (o->size)
        return o->size;
    if (t->arch == LITMUS_X86)
        return type && type->size < 4 ? type->size : 4;
    return type ? type->size : 8;
}

static void add_suffix(const struct litmus_test *t, char mnemonic[MNEMONIC],
                       const struct operand *operand, unsigned count)
{
    const struct operand *memory = NULL, *reg = NULL;
    size_t length = strlen(mnemonic);
    for (unsigned i = 0; i < count; i++) {
        if (operand[i].kind == KIND_MEMORY)
            memory = &operand[i];
        if (operand[i].kind == KIND_REGISTER && !(is_shift(mnemonic) && operand[i].reg.size == 1))
            reg = &operand[i];
    }
    if (!memory || length + 3 > MNEMONIC)
        return;
    bool extends = !strcmp(mnemonic, "movzx") || !strcmp(mnemonic, "movsx");
    if (extends && reg && memory->size && memory->size < 4) {
        mnemonic[length - 1] = suffix_of(memory->size);
        mnemonic[length] = suffix_of(reg->reg.size);
        mnemonic[length + 1] = 0;
    } else if (!reg && takes_suffix(mnemonic)) {
        mnemonic[length] = suffix_of(default_size(t, memory));
        mnemonic[length + 1] = 0;
    }
}

/* ---- Output ---- */

static void put_register(FILE *f, const struct litmus_reg_name *r)
{
    static const char *const high[] = {"ah", "ch", "dh", "bh"};
    fprintf(f, "%%%s", r->high ? high[r->number]
                               : litmus_reg_print(LITMUS_X86_64, r->number, r->size));
}

static void put_memory(FILE *f, const struct litmus_test *t, const struct operand *o)
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

static void put_operand(FILE *f, const struct litmus_test *t, const struct operand *o)
{
    if (o->kind == KIND_REGISTER)
        put_register(f, &o->reg);
    else if (o->kind == KIND_MEMORY)
        put_memory(f, t, o);
    else
        fprintf(f, "$%lld", (long long)litmus_resolve(t, &o->value));
}

/* Into AT&T's order. herd7 writes the destination of cmpxchg first in both architectures; it can
 * only be memory. */
static void order(const struct litmus_test *t, const char *mnemonic, struct operand *operand,
                  unsigned count)
{
    bool reversed = t->arch == LITMUS_X86;
    if (t->arch == LITMUS_X86_64 && count == 2 && operand[0].kind == KIND_MEMORY)
        reversed = !strncmp(mnemonic, "cmpxchg", 7) || !strncmp(mnemonic, "xadd", 4);
    for (unsigned i = 0; reversed && i < count / 2; i++) {
        struct operand swapped = operand[i];
        operand[i] = operand[count - 1 - i];
        operand[count - 1 - i] = swapped;
    }
}

static bool parse_jump(struct parser *p, const char *mnemonic, struct litmus_insn *in)
{
    char token[32];
    in->jumps = true;
    in->repeatable = true;
    if (!strcmp(mnemonic, "ret")) { /* out of the thread */
        snprintf(in->code, sizeof in->code, "jmp");
        return !scan_peek(&p->s) || scan_fail(&p->s, "'ret' has no operand here");
    }
    snprintf(in->code, sizeof in->code, "%s", mnemonic);
    if (!scan_name(&p->s, in->target) || scan_peek(&p->s))
        return scan_fail(&p->s, "'%s' needs a label of this thread, not %s", mnemonic,
                         scan_token(&p->s, token));
    return true;
}

static void classify(struct litmus_insn *in, const char *mnemonic, const struct operand *operand,
                     unsigned count)
{
    static const char *const looking[] = {"cmp", "cmpb", "cmpw", "cmpl", "cmpq", "test", "testb",
                                          "testw", "testl", "testq", "nop", "pause", "mfence",
                                          "lfence", "sfence", NULL};
    for (unsigned i = 0; i < count; i++)
        in->memory |= operand[i].kind == KIND_MEMORY;
    bool load = !strncmp(mnemonic, "mov", 3) && count == 2 && operand[1].kind == KIND_REGISTER;
    in->repeatable = load || among(mnemonic, looking);
    in->pauses = !strcmp(mnemonic, "pause");
}

bool litmus_parse_insn(struct litmus_test *t, unsigned thread, char *text, struct litmus_insn *in,
                       struct litmus_error *error)
{
    struct parser p = {.s = {text, in->line, error}, .t = t, .thread = thread};
    struct operand operand[OPERANDS];
    char mnemonic[MNEMONIC];
    unsigned count;
    if (!parse_mnemonic(&p, mnemonic))
        return false;
    bool lock = !strcmp(mnemonic, "lock");
    if (lock && !parse_mnemonic(&p, mnemonic))
        return false;
    if (!refuse(&p, mnemonic))
        return false;
    translate_alias(mnemonic);
    if (!lock && (mnemonic[0] == 'j' || !strncmp(mnemonic, "loop", 4) || !strcmp(mnemonic, "ret")))
        return parse_jump(&p, mnemonic, in);
    if (!parse_operands(&p, operand, &count))
        return false;
    add_suffix(t, mnemonic, operand, count);
    order(t, mnemonic, operand, count);
    classify(in, mnemonic, operand, count);
    litmus_lay_out(t); /* what is known has its place already: new locations come behind */
    FILE *f = fmemopen(in->code, sizeof in->code, "w");
    assert(f);
    fprintf(f, "%s%s", lock ? "lock " : "", mnemonic);
    for (unsigned i = 0; i < count; i++) {
        fputs(i ? "," : " ", f);
        put_operand(f, t, &operand[i]);
    }
    fclose(f);
    return true;
}
