/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random programs as data: operations of a few threads and of two interrupt handlers on a few
 * bytes that they share. As data they can be shrunk: an operation is left out, and what is left is
 * tried again. Loads end in R8 to R11 of their core; RAX, RBX, RCX and RDX are scratch.
 */
#ifndef TESTS_SUPPORT_GENERATOR_H
#define TESTS_SUPPORT_GENERATOR_H

#include "lapic/program.h"
#include "tests/support/states.h"

enum {
    SPEC_CELLS = 3, /* 8-byte cells that operations touch */
    SPEC_THREADS = 4,
    SPEC_OPS = 10,
    SPEC_HANDLERS = 2, /* of INTERRUPT_LOW and INTERRUPT_HIGH */
    SPEC_INVARIANTS = 3,
    SPEC_LOOKS = 3,
    SPEC_QUESTIONS = 4,
    SPEC_REGIONS = 2, /* numbered from 1 */
    SPEC_FIRST_RESULT = 8,
    SPEC_RESULTS = 4,
};

/* Bytes of the shared cells; may cross from one cell into the next. */
struct place {
    uint8_t offset, size;
};

enum op_kind {
    OP_STORE,
    OP_LOAD,
    OP_ADD, /* not locked: two accesses */
    OP_CMPXCHG,
    OP_LOCK_ADD,
    OP_LOCK_CMPXCHG,
    OP_XCHG,
    OP_MFENCE,
    OP_LFENCE,
    OP_SFENCE,
    OP_SEND,   /* a fixed IPI: `value` is the vector, `reg` the target */
    OP_STI,
    OP_CLI,
    OP_WINDOW, /* sti; nop; cli */
    OP_HALT,   /* sti; hlt */
    OP_WAIT,   /* a loop with pause, see enum wait_kind */
    OP_WHEN,   /* a load; if it reads 0, the next operation is left out */
    OP_ENTER,  /* region `value`: a marker */
    OP_LEAVE,
    OP_KINDS
};

/* How a thread waits until [place] == value (or what stands beside it). */
enum wait_kind {
    WAIT_PAUSE_FIRST, /* 1: pause; load; cmp; jne 1b */
    WAIT_PAUSE_LAST,  /* 1: load; cmp; je 2f; pause; jmp 1b; 2: */
    WAIT_BOTH,        /* a second place too, looked at when the first one is right */
    WAIT_SNAPSHOT,    /* the same, but both are read first */
    WAIT_EQUAL,       /* until [place] == [second] */
    WAIT_LOCK,        /* test and test-and-set: xchg of 1 when 0 was read */
    WAIT_TAS,         /* xchg of 1 in each round */
    WAIT_CMPXCHG,     /* lock cmpxchg of 0 to 1 in each round */
    WAIT_CALL,        /* the load is in a function */
    WAIT_PUSH,        /* a push and a pop in each round */
    WAIT_WINDOW,      /* four rounds, counted in RBX, with sti; nop; cli if `value` is odd */
    WAIT_STACK,       /* four rounds, counted on the stack */
    WAIT_KINDS
};

struct op {
    uint8_t kind, reg, wait;
    struct place place, second;
    uint64_t value;
};

/* Does the thread go on after some rounds whatever it has read? */
static inline bool wait_is_counted(const struct op *op)
{
    return op->kind == OP_WAIT && (op->wait == WAIT_WINDOW || op->wait == WAIT_STACK);
}

struct op_list {
    unsigned count;
    struct op op[SPEC_OPS];
};

/* Broken by one in `modulus` of the values that the places have together. */
struct spec_invariant {
    unsigned places, modulus;
    uint64_t salt;
    struct place place[3];
};

/* What an invariant of one event asks. */
enum question_kind {
    ASK_MEMORY,   /* place */
    ASK_REGIONS,  /* is a core other than `core` inside one of `regions` (a bit each)? */
    ASK_PENDING,  /* `vector`, at `core` */
    ASK_FLYING,   /* the same: is it in flight? */
    ASK_COMING,   /* one or the other */
    ASK_SENDING,  /* does this very step send it? */
    QUESTION_KINDS
};

struct question {
    uint8_t kind, core, vector, regions;
    struct place place;
};

/*
 * An invariant that is evaluated as `region` is left. It asks one question after the other; which
 * answers are the last, and which break it (one in `modulus`), depends on the salt.
 */
struct spec_look {
    unsigned region, questions, modulus;
    uint64_t salt;
    struct question question[SPEC_QUESTIONS];
};

struct spec {
    enum memory_model model;
    unsigned threads;
    bool assume; /* waits make one round: who is not released ends, R15 = 1 + number of the wait */
    struct op_list thread[SPEC_THREADS];
    struct op_list handler[SPEC_HANDLERS];
    bool early_eoi[SPEC_HANDLERS];
    uint8_t eoi_region[SPEC_HANDLERS]; /* the region around the EOI alone; 0: none */
    bool nesting; /* handlers run on the stack of what they interrupt, not each on the same one */
    unsigned invariants;
    struct spec_invariant invariant[SPEC_INVARIANTS];
    unsigned looks;
    struct spec_look look[SPEC_LOOKS];
    unsigned obligation; /* modulus, as above, of all memory at the end; 0: none */
};

/* What random programs are made of: how often each kind is drawn, in relation to the others. */
struct mixture {
    unsigned weight[OP_KINDS];
    unsigned cells; /* that are used */
    bool bytes;     /* accesses of 1, 2, 4 and 8 bytes anywhere, not 4 at the start of a cell */
};

struct op random_op(struct random *, const struct mixture *, unsigned threads, unsigned *reg);
void random_ops(struct random *, const struct mixture *, unsigned threads, unsigned length,
                struct op_list *);
void random_invariants(struct random *, const struct mixture *, struct spec *);

/* Puts a region around some of the operations. Every other one is left early if a value is not 0. */
void random_region(struct random *, const struct mixture *, unsigned region, struct op_list *);

/* Messages are asked about only if the program has some. */
void random_looks(struct random *, const struct mixture *, bool messages, struct spec *);

/* Machine code of a thread, or of a handler. */
void spec_thread(const struct spec *, unsigned thread, struct code *);
void spec_handler(const struct spec *, unsigned handler, struct code *);

/* The spec without its n-th operation, handlers included; false if it has no n-th one. */
bool spec_without(const struct spec *, unsigned n, struct spec *);

/* A line a thread and handler. */
void spec_print(const struct spec *, char *text, size_t size);

#endif
