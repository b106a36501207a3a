/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Litmus tests in the format of herd7 and litmus7, for the architectures X86 and X86_64:
 * parsed, assembled by binutils, run on the cores of the simulator. docs/litmus.md describes what
 * is supported and what the answers mean.
 *
 * litmus_parse() fills a test from text, litmus_assemble() its machine code, litmus_run() finds
 * its final states.
 */
#ifndef SCENARIOS_LITMUS_H
#define SCENARIOS_LITMUS_H

#include <stdio.h>

#include "cpu/program.h"

enum {
    LITMUS_TEXT_MAX = 1 << 20, /* bytes of a file */
    LITMUS_THREADS = MACHINE_MAX_CORES,
    LITMUS_LOCATIONS = 64,
    LITMUS_ELEMENTS = 16, /* of an array */
    LITMUS_NAME = 64,     /* bytes, the terminating 0 included */
    LITMUS_UNROLL = 6,
    LITMUS_CODE = 192,    /* bytes of an instruction as the assembler gets it */
    LITMUS_LABELS = 32,   /* a thread */
    LITMUS_PROPS = 2048,  /* nodes of a condition */
    LITMUS_ITEMS = LITMUS_THREADS * 16 + LITMUS_LOCATIONS + 256,
};

/* Bad input: where and what. */
struct litmus_error {
    unsigned line;
    char text[400];
};

enum litmus_arch { LITMUS_X86, LITMUS_X86_64 };

/* How a value is printed and compared: so many of its low bytes, with or without sign. */
struct litmus_type {
    const char *name;
    uint8_t size;
    bool is_signed;
};

extern const struct litmus_type litmus_int; /* of what the test does not declare */
const struct litmus_type *litmus_type_find(const char *name);

/* A number, or the address of a location plus a number. */
struct litmus_value {
    bool is_address;
    uint16_t location;
    uint64_t number;
};

struct litmus_location {
    char name[LITMUS_NAME];
    const struct litmus_type *type; /* NULL: not declared */
    bool is_array;
    bool has_initial;
    uint16_t elements;
    uint16_t offset; /* from PROGRAM_DATA, a multiple of 8 */
    struct litmus_value initial[LITMUS_ELEMENTS];
};

struct litmus_register {
    bool named; /* anywhere in the test */
    bool has_initial;
    uint8_t shown_size; /* the name that it is printed with: 4 is eax, 8 is rax */
    const struct litmus_type *type;
    struct litmus_value initial;
};

/* What a jump closes that does not lead forward. */
enum litmus_loop {
    LOOP_NONE,
    LOOP_PRIVATE, /* no memory: it runs */
    LOOP_WAIT,    /* only looks at memory: it waits until what it sees changes */
    LOOP_OTHER,   /* is followed LITMUS_UNROLL times */
};

struct litmus_insn {
    unsigned line;
    char *source; /* the cell, for messages */
    char code[LITMUS_CODE]; /* AT&T syntax, locations as numbers ... */
    bool jumps;             /* ... and for a jump only its mnemonic: the target is ... */
    char target[LITMUS_NAME]; /* ... this label, "" for the end of the thread */
    bool memory;            /* has a memory operand */
    bool repeatable;        /* done again with the same memory, it changes nothing more */
    bool pauses;
    enum litmus_loop loop;
    bool needs_pause;       /* LOOP_WAIT without a PAUSE of its own */
};

struct litmus_label {
    char name[LITMUS_NAME];
    unsigned insn; /* index of the instruction behind it */
};

struct litmus_thread {
    unsigned number; /* as in P1 */
    struct litmus_insn *insn;
    unsigned insns, capacity;
    unsigned labels;
    struct litmus_label label[LITMUS_LABELS];
    struct litmus_register reg[16]; /* numbered as the manual does: 0 is RAX, 1 is RCX */
    bool unrolled;                  /* has a LOOP_OTHER */
    struct code code;               /* filled by litmus_assemble; ends with two HLTs: where the
                                       thread ends, and where a loop was cut off */
};

/* Something with a value in a final state: a register, a location, an element, a whole array. */
struct litmus_item {
    bool is_register;
    uint8_t thread; /* index, not number */
    uint8_t reg;
    uint16_t location;
    int16_t element; /* -1: the location, whole if it is an array */
};

enum litmus_quantifier { LITMUS_EXISTS, LITMUS_NOT_EXISTS, LITMUS_FORALL };

enum litmus_operator {
    PROP_TRUE, PROP_FALSE, PROP_EQUAL, PROP_SAME, PROP_NOT, PROP_AND, PROP_OR, PROP_IMPLIES
};

/* A node of the condition; operands come before what uses them. */
struct litmus_prop {
    uint8_t op;
    uint16_t left, right; /* nodes */
    uint16_t item;        /* PROP_EQUAL: item = value; PROP_SAME: item = other */
    uint16_t other;
    uint16_t values;      /* more than one for a whole array, from `first_value` on */
    uint16_t first_value;
};

struct litmus_test {
    char *name;
    enum litmus_arch arch;
    unsigned threads;
    struct litmus_thread thread[LITMUS_THREADS];
    unsigned locations;
    struct litmus_location location[LITMUS_LOCATIONS];
    enum litmus_quantifier quantifier;
    unsigned props; /* the last one is the whole condition */
    struct litmus_prop *prop;
    unsigned values;
    struct litmus_value *value;

    unsigned items; /* what the test names, in the order in which herd7 prints it ... */
    struct litmus_item item[LITMUS_ITEMS];
    bool shown[LITMUS_ITEMS]; /* ... and whether the condition or `locations` name it */
    bool bad;                 /* does not assemble: left out by litmus_assemble */
};

/* NULL with the reason in `error` if the text is not a test that can be run. `fallback` is the
 * name of a test that calls itself "--". */
struct litmus_test *litmus_parse(const char *text, size_t size, const char *fallback,
                                 struct litmus_error *error);
void litmus_free(struct litmus_test *);

/*
 * Assembles all tests with one run of `as`. The tests that it refuses are marked bad, with the
 * reason in `errors`, one a test. False if `as` could not be run; then `failure` says why.
 */
bool litmus_assemble(struct litmus_test **tests, unsigned count, struct litmus_error *errors,
                     char *failure, size_t failure_size);

/* ---- Running ---- */

/* Machines for tests that follow each other: one for each number of threads. Zero is empty. */
struct litmus_machines {
    enum memory_model model;
    struct program *program[LITMUS_THREADS + 1];
};

struct litmus_result {
    char **states;     /* as herd7 prints them, sorted: what the condition and `locations` name */
    unsigned state_count;
    char **all_states; /* the same over everything that the test names */
    unsigned all_state_count;
    unsigned positive, negative; /* states that satisfy the proposition, and the others */
    bool ok;                     /* the condition holds as written ... */
    bool decided;                /* ... and no state that a bound has hidden could change that */
    bool endless;                /* some executions never end: they have no final state */
    bool cut;                    /* some executions were cut off in a loop: incomplete */
    struct explore_result explored;
};

/* False with the reason in `error` if the test cannot be run: an instruction that has no place in
 * a litmus test, or a fault. */
bool litmus_run(struct litmus_machines *, struct litmus_test *, const struct explore_options *,
                struct litmus_result *, struct litmus_error *error);
void litmus_result_free(struct litmus_result *);
void litmus_machines_free(struct litmus_machines *);

bool litmus_complete(const struct litmus_result *); /* no bound was hit */
const char *litmus_kind(const struct litmus_test *);  /* "Allowed", "Forbidden", "Required" */
const char *litmus_observation(const struct litmus_result *); /* "Never", "Sometimes", "Always" */
void litmus_print_condition(FILE *, const struct litmus_test *); /* "exists (0:EAX=0 /\ ...)" */

#endif
