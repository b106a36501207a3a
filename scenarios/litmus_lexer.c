/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a litmus test: comments, blanks, names, numbers, and where they stand. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/litmus_internal.h"

static bool fail_at(struct litmus_error *e, unsigned line, const char *format, va_list ap)
{
    if (!e->text[0]) {
        e->line = line;
        vsnprintf(e->text, sizeof e->text, format, ap);
    }
    return false;
}

bool litmus_fail(struct litmus_error *e, unsigned line, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fail_at(e, line, format, ap);
    va_end(ap);
    return false;
}

bool scan_fail(struct scanner *s, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fail_at(s->error, s->line, format, ap);
    va_end(ap);
    return false;
}

/* ---- Comments ---- */

/* The comment at p, which may hold others; returns what follows it, NULL if it never ends. */
static char *blank_comment(char *p, unsigned *line)
{
    unsigned depth = 0;
    for (; *p; p++) {
        bool opens = p[0] == '(' && p[1] == '*';
        bool closes = p[0] == '*' && p[1] == ')';
        if (opens || closes) {
            depth += opens ? 1 : -1u;
            p[0] = p[1] = ' ';
            p++;
        } else if (*p == '\n') {
            ++*line;
        } else {
            *p = ' ';
        }
        if (!depth)
            return p + 1;
    }
    return NULL;
}

static bool blank_comments(char *text, struct litmus_error *e)
{
    unsigned line = 1;
    for (char *p = text; *p;) {
        if (p[0] == '(' && p[1] == '*') {
            unsigned opened = line;
            p = blank_comment(p, &line);
            if (!p)
                return litmus_fail(e, opened,
                                   "a comment opens here and never ends; '*)' closes it");
            continue;
        }
        line += *p++ == '\n';
    }
    return true;
}

char *litmus_clean(const char *text, size_t size, struct litmus_error *e)
{
    unsigned line = 1;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        line += c == '\n';
        if (c == 0) {
            litmus_fail(e, line, "a byte 0; a litmus test is text");
            return NULL;
        }
    }
    char *copy = malloc(size + 1);
    assert(copy);
    memcpy(copy, text, size);
    copy[size] = 0;
    if (blank_comments(copy, e))
        return copy;
    free(copy);
    return NULL;
}

/* ---- Tokens ---- */

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

void scan_space(struct scanner *s)
{
    for (; isspace((unsigned char)*s->at); s->at++)
        s->line += *s->at == '\n';
}

char scan_peek(struct scanner *s)
{
    scan_space(s);
    return *s->at;
}

bool scan_accept(struct scanner *s, const char *symbol)
{
    size_t length = strlen(symbol);
    scan_space(s);
    if (strncmp(s->at, symbol, length))
        return false;
    s->at += length;
    return true;
}

bool scan_expect(struct scanner *s, const char *symbol, const char *where)
{
    char text[32];
    if (scan_accept(s, symbol))
        return true;
    return scan_fail(s, "%s: '%s' is expected before %s", where, symbol, scan_token(s, text));
}

bool scan_word(struct scanner *s, const char *word)
{
    size_t length = strlen(word);
    scan_space(s);
    if (strncmp(s->at, word, length) || is_name(s->at[length]))
        return false;
    s->at += length;
    return true;
}

bool scan_name(struct scanner *s, char name[LITMUS_NAME])
{
    size_t length = 0;
    scan_space(s);
    if (!is_name(*s->at) || isdigit((unsigned char)*s->at))
        return false;
    while (is_name(s->at[length]))
        length++;
    if (length >= LITMUS_NAME)
        return scan_fail(s, "a name of %zu letters; %d are allowed", length, LITMUS_NAME - 1);
    memcpy(name, s->at, length);
    name[length] = 0;
    s->at += length;
    return true;
}

bool scan_number(struct scanner *s, uint64_t *value)
{
    scan_space(s);
    const char *digits = s->at + (*s->at == '-');
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    char *end;
    if (!isdigit((unsigned char)*digits))
        return false;
    errno = 0;
    *value = strtoull(digits, &end, hex ? 16 : 10);
    if (errno)
        return scan_fail(s, "a number of more than 64 bits");
    if (is_name(*end)) {
        char text[32];
        return scan_fail(s, "%s is no number; 12, -12 or 0x12 are", scan_token(s, text));
    }
    if (*s->at == '-')
        *value = -*value;
    s->at = end;
    return true;
}

const char *scan_token(struct scanner *s, char text[32])
{
    scan_space(s);
    size_t length = *s->at != 0;
    while (length && is_name(*s->at) && is_name(s->at[length]) && length < 20)
        length++;
    snprintf(text, 32, length ? "'%.*s'" : "the end of the file", (int)length, s->at);
    return text;
}
