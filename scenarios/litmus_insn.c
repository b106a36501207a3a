/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction of a litmus test, rewritten for the assembler: AT&T syntax, each register
 * checked, each location a number. Of the file only words reach the assembler, as mnemonics and
 * inside the names of labels, so that no text of a test can be a directive.
 *
 * X86 tests have Intel's operand order, X86_64 tests AT&T's; (x) and [x] mean the same in both.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/litmus_internal.h"

enum { MNEMONIC = 16 };

/* ---- Mnemonics ---- */

static bool among(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(word, *list))
            return true;
    return false;
}

static bool parse_mnemonic(struct insn_parser *p, char mnemonic[MNEMONIC])
{
    char name[LITMUS_NAME], token[32];
    if (!scan_name(&p->s, name) || strchr(name, '_') || strlen(name) >= MNEMONIC)
        return scan_fail(&p->s, "an instruction is expected, not %s", scan_token(&p->s, token));
    for (unsigned i = 0; i <= strlen(name); i++)
        mnemonic[i] = (char)tolower((unsigned char)name[i]);
    return true;
}

/* What the model has no answer for, although the assembler knows it. */
static bool refuse(struct insn_parser *p, const char *mnemonic)
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

/* The size of a memory operand that nothing else says: as declared, else the architecture's. */
static unsigned default_size(const struct litmus_test *t, const struct litmus_operand *o)
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
                       const struct litmus_operand *operand, unsigned count)
{
    const struct litmus_operand *memory = NULL, *reg = NULL;
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

/* ---- The whole ---- */

/* Into AT&T's order. herd7 writes the destination of cmpxchg first in both architectures; it can
 * only be memory. */
static void order(const struct litmus_test *t, const char *mnemonic, struct litmus_operand *operand,
                  unsigned count)
{
    bool reversed = t->arch == LITMUS_X86;
    if (t->arch == LITMUS_X86_64 && count == 2 && operand[0].kind == KIND_MEMORY)
        reversed = !strncmp(mnemonic, "cmpxchg", 7) || !strncmp(mnemonic, "xadd", 4);
    for (unsigned i = 0; reversed && i < count / 2; i++) {
        struct litmus_operand swapped = operand[i];
        operand[i] = operand[count - 1 - i];
        operand[count - 1 - i] = swapped;
    }
}

static bool parse_jump(struct insn_parser *p, const char *mnemonic, struct litmus_insn *in)
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

static void classify(struct litmus_insn *in, const char *mnemonic,
                     const struct litmus_operand *operand, unsigned count)
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
    struct insn_parser p = {.s = {text, in->line, error}, .t = t, .thread = thread};
    struct litmus_operand operand[LITMUS_OPERANDS];
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
    if (!litmus_parse_operands(&p, operand, &count))
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
        litmus_put_operand(f, t, &operand[i]);
    }
    fclose(f);
    return true;
}
