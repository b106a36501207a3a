/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files scenarios/litmus_*.c, for nobody else. */
#ifndef SCENARIOS_LITMUS_INTERNAL_H
#define SCENARIOS_LITMUS_INTERNAL_H

#include <stdarg.h>

#include "scenarios/litmus.h"

/* ---- litmus_lexer.c: a place in the text ---- */

struct scanner {
    const char *at; /* ends with 0; comments are blanks */
    unsigned line;
    struct litmus_error *error;
};

/* Always false; the first reason is the one that counts. */
bool litmus_fail(struct litmus_error *, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool scan_fail(struct scanner *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A copy of the text with comments blanked, line by line as before; NULL if it is no text. */
char *litmus_clean(const char *text, size_t size, struct litmus_error *);

void scan_space(struct scanner *);
char scan_peek(struct scanner *); /* behind blanks; 0 at the end */
bool scan_accept(struct scanner *, const char *symbol);
bool scan_expect(struct scanner *, const char *symbol, const char *where);
bool scan_word(struct scanner *, const char *word); /* a whole word, and this one */
bool scan_name(struct scanner *, char name[LITMUS_NAME]); /* letter first; false: none here */
bool scan_number(struct scanner *, uint64_t *value);      /* -1, 12, 0x1f; false: none here */
/* What stands here, for messages: one token. */
const char *scan_token(struct scanner *, char text[32]);

/* ---- litmus_names.c ---- */

struct litmus_reg_name {
    uint8_t number;
    uint8_t size; /* bytes */
    bool high;    /* ah, bh, ch, dh */
};

bool litmus_reg_find(const char *name, struct litmus_reg_name *);
/* "EAX" or "rax", in the case of the architecture. */
const char *litmus_reg_print(enum litmus_arch, unsigned number, unsigned size);
unsigned litmus_reg_rank(unsigned number); /* herd7's order: AX BX CX DX SI DI BP SP R8 ... */
bool litmus_no_register(struct litmus_error *, unsigned line, const char *name,
                        enum litmus_arch);

/* "0:EAX" or "P0:EAX": is one here? Reads it into a register item and notes that it is named. */
bool litmus_at_register(struct scanner *);
bool litmus_parse_register(struct scanner *, struct litmus_test *, struct litmus_item *);

/* Index of the location; it is added if it is new. -1: too many, said in `error`. */
int litmus_location(struct litmus_test *, const char *name, struct litmus_error *, unsigned line);
int litmus_location_find(const struct litmus_test *, const char *name);
static inline unsigned litmus_location_size(const struct litmus_location *l)
{
    return l->type ? l->type->size : 8;
}
/* Bytes that it has for itself. */
static inline unsigned litmus_location_bytes(const struct litmus_location *l)
{
    return (l->elements * litmus_location_size(l) + 7) & ~7u;
}
void litmus_lay_out(struct litmus_test *); /* gives each location its offset */
uint64_t litmus_address(const struct litmus_test *, unsigned location);
uint64_t litmus_resolve(const struct litmus_test *, const struct litmus_value *);

/* The index of the thread Pn; -1 if there is none, said in `error`. */
int litmus_thread_find(struct litmus_test *, uint64_t number, struct litmus_error *, unsigned line);

/* ---- litmus_init.c ---- */

bool litmus_parse_init(struct scanner *, struct litmus_test *);
/* 1, -1, 0x1f, x, &x, x[1]. A location that is new is added if `add` is set, else it is wrong. */
bool litmus_parse_value(struct scanner *, struct litmus_test *, bool add, struct litmus_value *);

/* ---- litmus_operand.c ---- */

enum { LITMUS_OPERANDS = 3 };

enum operand_kind { KIND_REGISTER, KIND_IMMEDIATE, KIND_MEMORY };

struct litmus_operand {
    enum operand_kind kind;
    struct litmus_reg_name reg;
    struct litmus_value value; /* immediate or displacement */
    bool has_base, has_index;
    struct litmus_reg_name base, index;
    unsigned scale;
    unsigned size; /* memory: said by "dword ptr", 0 if not said */
};

struct insn_parser {
    struct scanner s; /* of the cell */
    struct litmus_test *t;
    unsigned thread;
};

/* Up to the end of the cell, in the order in which the test has them. */
bool litmus_parse_operands(struct insn_parser *, struct litmus_operand *, unsigned *count);
void litmus_put_operand(FILE *, const struct litmus_test *, const struct litmus_operand *);

/* ---- litmus_insn.c ---- */

/* Fills insn->code and whatever the operands name. `text` is the cell without its labels. */
bool litmus_parse_insn(struct litmus_test *, unsigned thread, char *text, struct litmus_insn *,
                       struct litmus_error *);

/* ---- litmus_condition.c ---- */

bool litmus_parse_locations(struct scanner *, struct litmus_test *);
bool litmus_parse_condition(struct scanner *, struct litmus_test *);
bool litmus_sort_items(struct litmus_test *, struct litmus_error *);
const struct litmus_type *litmus_item_type(const struct litmus_test *, const struct litmus_item *);
unsigned litmus_item_width(const struct litmus_test *, const struct litmus_item *); /* values */
/* Cut to the type, then extended to 64 bits. */
uint64_t litmus_normal(const struct litmus_type *, uint64_t value);
void litmus_print_item(FILE *, const struct litmus_test *, const struct litmus_item *);
void litmus_print_value(FILE *, const struct litmus_test *, const struct litmus_type *,
                        uint64_t value);
/* `at` gives the first value of item i in a state. */
bool litmus_holds(const struct litmus_test *, const uint64_t *state, const unsigned *at);

#endif
