/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads an expression. From the loosest to the tightest: =>, ||, &&, comparisons (which do not chain), | and &,
 * + and -, !. Unlike in C, | and & bind tighter than comparisons, as a reader would expect of "flags & 1 == 1".
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/expression.h"

enum { LEVELS = 6, NONE = 0xff };

struct parser {
    struct expression *e;
    const char *at;
    unsigned depth;
    char *error;
};

struct binary {
    const char *text;
    uint8_t kind, level;
};

/* Longer ones before those that they begin with. */
static const struct binary binaries[] = {
    {"=>", EXPR_IMPLIES, 0}, {"||", EXPR_OR, 1},     {"&&", EXPR_AND, 2},     {"==", EXPR_EQUAL, 3},
    {"!=", EXPR_UNEQUAL, 3}, {"<=", EXPR_AT_MOST, 3}, {">=", EXPR_AT_LEAST, 3}, {"<", EXPR_LESS, 3},
    {">", EXPR_GREATER, 3},  {"|", EXPR_BITS_OR, 4}, {"&", EXPR_BITS_AND, 4}, {"+", EXPR_PLUS, 5},
    {"-", EXPR_MINUS, 5},
};

static uint8_t fail(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static uint8_t fail(struct parser *p, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    if (!p->error[0])
        vsnprintf(p->error, SCENARIO_ERROR, format, ap);
    va_end(ap);
    return NONE;
}

static void skip_blanks(struct parser *p)
{
    p->at += strspn(p->at, " \t\r\n");
}

static bool take(struct parser *p, const char *token)
{
    skip_blanks(p);
    if (strncmp(p->at, token, strlen(token)))
        return false;
    p->at += strlen(token);
    return true;
}

static const struct binary *next_binary(struct parser *p)
{
    skip_blanks(p);
    for (unsigned i = 0; i < sizeof binaries / sizeof *binaries; i++)
        if (!strncmp(p->at, binaries[i].text, strlen(binaries[i].text)))
            return &binaries[i];
    return NULL;
}

static uint8_t new_node(struct parser *p, struct expression_node node)
{
    if (p->e->count == EXPRESSION_NODES)
        return fail(p, "too long: at most %d names, numbers and operators are right", EXPRESSION_NODES);
    p->e->node[p->e->count] = node;
    return (uint8_t)p->e->count++;
}

static bool read_number(struct parser *p, uint64_t *value)
{
    char *end;
    skip_blanks(p);
    bool hexadecimal = p->at[0] == '0' && (p->at[1] | 32) == 'x';
    const char *digits = p->at + (hexadecimal ? 2 : 0);
    errno = 0;
    *value = strtoull(digits, &end, hexadecimal ? 16 : 10);
    if (!isxdigit((unsigned char)*digits) || isalnum((unsigned char)*end) || *end == '_' || errno) {
        fail(p, "'%.*s' is no number below 2^64; decimal or 0x and hexadecimal digits are right",
             (int)strcspn(p->at, " \t()[]|&=!<>+-"), p->at);
        return false;
    }
    p->at = end;
    return true;
}

static bool begins_name(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

/* NAME, then .NAME or [NUMBER] as often as there are. */
static bool read_path(struct parser *p)
{
    for (;;) {
        while (begins_name(*p->at) || isdigit((unsigned char)*p->at))
            p->at++;
        if (*p->at == '.' && begins_name(p->at[1])) {
            p->at++;
            continue;
        }
        if (*p->at != '[')
            return true;
        uint64_t index;
        p->at++;
        if (!read_number(p, &index))
            return false;
        if (!take(p, "]")) {
            fail(p, "']' is missing before '%.20s'", p->at);
            return false;
        }
    }
}

static uint8_t read_name(struct parser *p)
{
    struct expression_node node = {.kind = EXPR_NAME, .at = (uint16_t)(p->at - p->e->text)};
    if (!read_path(p))
        return NONE;
    node.length = (uint16_t)(p->at - p->e->text - node.at);
    if (!take(p, "("))
        return new_node(p, node);
    node.has_argument = true;
    if (!read_number(p, &node.number))
        return NONE;
    if (!take(p, ")"))
        return fail(p, "')' is missing before '%.20s'", p->at);
    return new_node(p, node);
}

static uint8_t read_level(struct parser *, unsigned level);

static uint8_t read_operand(struct parser *p)
{
    skip_blanks(p);
    if (isdigit((unsigned char)*p->at)) {
        struct expression_node node = {.kind = EXPR_NUMBER};
        return read_number(p, &node.number) ? new_node(p, node) : NONE;
    }
    if (begins_name(*p->at))
        return read_name(p);
    if (take(p, "(")) {
        uint8_t inner = read_level(p, 0);
        if (inner != NONE && !take(p, ")"))
            return fail(p, "')' is missing before '%.20s'", p->at);
        return inner;
    }
    if (!*p->at)
        return fail(p, "it ends where a name or a number is expected");
    return fail(p, "'%.20s': a name, a number, '!' or '(' is right here", p->at);
}

static uint8_t read_unary(struct parser *p)
{
    skip_blanks(p);
    if (p->depth == EXPRESSION_DEPTH)
        return fail(p, "nested too deeply: at most %d parentheses and '!' within each other are right", EXPRESSION_DEPTH);
    if (p->at[0] != '!' || p->at[1] == '=')
        return read_operand(p);
    p->at++;
    p->depth++;
    uint8_t operand = read_unary(p);
    p->depth--;
    return operand == NONE ? NONE : new_node(p, (struct expression_node){.kind = EXPR_NOT, .left = operand});
}

/* Implications associate to the right, comparisons not at all, the others to the left. */
static uint8_t read_level(struct parser *p, unsigned level)
{
    if (level == LEVELS)
        return read_unary(p);
    p->depth += level == 0;
    uint8_t left = read_level(p, level + 1);
    const struct binary *b;
    bool compared = false;
    while (left != NONE && (b = next_binary(p)) && b->level == level) {
        if (compared)
            return fail(p, "'%.20s': comparisons do not chain; parentheses or '&&' are right", p->at);
        p->at += strlen(b->text);
        uint8_t right = read_level(p, b->kind == EXPR_IMPLIES ? level : level + 1);
        if (right == NONE)
            return NONE;
        left = new_node(p, (struct expression_node){.kind = b->kind, .left = left, .right = right});
        compared = level == 3;
    }
    p->depth -= level == 0;
    return left;
}

bool expression_parse(struct expression *e, const char *text, char *error)
{
    struct parser p = {e, text, 0, error};
    *e = (struct expression){.text = text};
    error[0] = 0;
    e->root = read_level(&p, 0);
    skip_blanks(&p);
    if (e->root != NONE && *p.at)
        fail(&p, "'%.20s': %s", p.at, *p.at == '=' ? "'==' is right" :
             "an operator is right here: => || && == != < <= > >= | & + -");
    return !error[0];
}
