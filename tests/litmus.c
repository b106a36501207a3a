/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Litmus tests: the final states of our own samples (scenarios/litmus) against those that x86-TSO
 * allows, derived by hand beside each; bad input; and mutilated samples, which must never crash
 * the parser.
 *
 * The rules behind the expected states (Owens, Sarkar, Sewell, "A better x86 memory model:
 * x86-TSO", 2009): a store waits in its core's FIFO buffer; a load takes the core's newest buffered
 * store to that address, else memory; MFENCE and locked operations wait until the buffer is empty,
 * and a locked operation is one step.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/litmus.h"

enum { TEXT = 1 << 16 };

/* ---- Running ---- */

static char *read_sample(const char *name, size_t *size)
{
    char path[300];
    snprintf(path, sizeof path, "%s/scenarios/litmus/%s.litmus", IRQWEAVE_SOURCE_DIR, name);
    FILE *f = fopen(path, "r");
    cr_assert(f, "%s", path);
    char *text = malloc(TEXT);
    *size = fread(text, 1, TEXT, f);
    fclose(f);
    return text;
}

static struct litmus_test *parse(const char *text, size_t size)
{
    struct litmus_error e;
    struct litmus_test *t = litmus_parse(text, size, "test", &e);
    cr_assert(t, "line %u: %s\n%s", e.line, e.text, text);
    return t;
}

static void assemble(struct litmus_test *t)
{
    struct litmus_error e = {0};
    char failure[300];
    cr_assert(litmus_assemble(&t, 1, &e, failure, sizeof failure), "%s", failure);
    cr_assert(!t->bad, "line %u: %s", e.line, e.text);
}

static struct litmus_machines tso = {.model = MEMORY_TSO}, sc = {.model = MEMORY_SC};

static void run_text(struct litmus_machines *machines, const char *text, size_t size,
                     struct litmus_result *r)
{
    struct explore_options o = {.algorithm = ALGORITHM_SOURCE};
    struct litmus_error e;
    struct litmus_test *t = parse(text, size);
    assemble(t);
    cr_assert(litmus_run(machines, t, &o, r, &e), "line %u: %s\n%s", e.line, e.text, text);
    cr_assert_eq(r->explored.bounds, 0);
    litmus_free(t);
}

static void run_sample(struct litmus_machines *machines, const char *name, struct litmus_result *r)
{
    size_t size;
    char *text = read_sample(name, &size);
    run_text(machines, text, size, r);
    free(text);
}

/* ---- Samples ---- */

struct expected {
    const char *name;
    const char *states[16]; /* in herd7's order */
    bool ok;
};

/* Both loads of two threads, in all four ways or without some. */
#define BOTH(a, b) "0:EAX=" #a "; 1:EAX=" #b ";"
#define BOTH_64(a, b) "0:rax=" #a "; 1:rax=" #b ";"
#define SECOND_64(a, b) "1:rax=" #a "; 1:rbx=" #b ";"

static const struct expected samples[] = {
    /* Any order of the two loads and the two drains: each load sees the other's store or not. */
    {"sb", {BOTH(0, 0), BOTH(0, 1), BOTH(1, 0), BOTH(1, 1)}, true},
    /* Who drains last then reads what the other has drained: not both can read 0. */
    {"sb-mfences", {BOTH_64(0, 1), BOTH_64(1, 0), BOTH_64(1, 1)}, false},
    {"sb-xchg", {BOTH(0, 1), BOTH(1, 0), BOTH(1, 1)}, true},
    {"sb-lock-elsewhere", {BOTH_64(0, 1), BOTH_64(1, 0), BOTH_64(1, 1)}, false},
    /* P1's store may wait behind its load, whatever P0 does. */
    {"sb-mfence", {BOTH_64(0, 0), BOTH_64(0, 1), BOTH_64(1, 0), BOTH_64(1, 1)}, true},
    /* SFENCE and LFENCE wait for nothing here: as without them. */
    {"sb-sfence-lfence", {BOTH_64(0, 0), BOTH_64(0, 1), BOTH_64(1, 0), BOTH_64(1, 1)}, true},
    /* The loads of the own location are forwarded, so they do not wait for the drain. */
    {"sb-forward",
     {"0:EAX=1; 0:EBX=0; 1:EAX=1; 1:EBX=0;", "0:EAX=1; 0:EBX=0; 1:EAX=1; 1:EBX=1;",
      "0:EAX=1; 0:EBX=1; 1:EAX=1; 1:EBX=0;", "0:EAX=1; 0:EBX=1; 1:EAX=1; 1:EBX=1;"}, true},
    /* x drains before y, and y is read before x: seeing y means seeing x. */
    {"mp", {SECOND_64(0, 0), SECOND_64(0, 1), SECOND_64(1, 1)}, false},
    {"mp-locked", {"1:EAX=0; 1:EBX=0;", "1:EAX=0; 1:EBX=1;", "1:EAX=1; 1:EBX=1;"}, false},
    /* A load that sees a store comes after the other thread's load: not both can. */
    {"lb", {BOTH(0, 0), BOTH(0, 1), BOTH(1, 0)}, false},
    /* rax=1: both of P0's stores have drained before P1's, which is last. */
    {"s", {"1:rax=0; [x]=1;", "1:rax=0; [x]=2;", "1:rax=1; [x]=1;"}, false},
    /* The load of x is free of the order in which the stores of y drain. */
    {"r", {"1:EAX=0; [y]=1;", "1:EAX=0; [y]=2;", "1:EAX=1; [y]=1;", "1:EAX=1; [y]=2;"}, true},
    /* y=2 at the end: 1 had drained before it, x=1 before that, and the load comes after. */
    {"r-mfence", {"1:EAX=0; [y]=1;", "1:EAX=1; [y]=1;", "1:EAX=1; [y]=2;"}, true},
    /* x=2 last means after P1's x=1, which follows P1's y=2; then P0's y=1 is later still. */
    {"2+2w", {"[x]=1; [y]=1;", "[x]=1; [y]=2;", "[x]=2; [y]=1;"}, false},
    /* 16 ways less the one in which the readers see the stores in opposite orders. */
    {"iriw",
     {"2:rax=0; 2:rbx=0; 3:rax=0; 3:rbx=0;", "2:rax=0; 2:rbx=0; 3:rax=0; 3:rbx=1;",
      "2:rax=0; 2:rbx=0; 3:rax=1; 3:rbx=0;", "2:rax=0; 2:rbx=0; 3:rax=1; 3:rbx=1;",
      "2:rax=0; 2:rbx=1; 3:rax=0; 3:rbx=0;", "2:rax=0; 2:rbx=1; 3:rax=0; 3:rbx=1;",
      "2:rax=0; 2:rbx=1; 3:rax=1; 3:rbx=0;", "2:rax=0; 2:rbx=1; 3:rax=1; 3:rbx=1;",
      "2:rax=1; 2:rbx=0; 3:rax=0; 3:rbx=0;", "2:rax=1; 2:rbx=0; 3:rax=0; 3:rbx=1;",
      "2:rax=1; 2:rbx=0; 3:rax=1; 3:rbx=1;", "2:rax=1; 2:rbx=1; 3:rax=0; 3:rbx=0;",
      "2:rax=1; 2:rbx=1; 3:rax=0; 3:rbx=1;", "2:rax=1; 2:rbx=1; 3:rax=1; 3:rbx=0;",
      "2:rax=1; 2:rbx=1; 3:rax=1; 3:rbx=1;"}, false},
    /* P0 forwards x=1 to itself; the rest is sb with a fence on one side. */
    {"iriw-own",
     {"0:EAX=1; 0:EBX=0; 1:EAX=0;", "0:EAX=1; 0:EBX=0; 1:EAX=1;", "0:EAX=1; 0:EBX=1; 1:EAX=0;",
      "0:EAX=1; 0:EBX=1; 1:EAX=1;"}, true},
    /* 8 ways less the one in which P2 sees the effect y and then not the cause x. */
    {"wrc",
     {"1:EAX=0; 2:EAX=0; 2:EBX=0;", "1:EAX=0; 2:EAX=0; 2:EBX=1;", "1:EAX=0; 2:EAX=1; 2:EBX=0;",
      "1:EAX=0; 2:EAX=1; 2:EBX=1;", "1:EAX=1; 2:EAX=0; 2:EBX=0;", "1:EAX=1; 2:EAX=0; 2:EBX=1;",
      "1:EAX=1; 2:EAX=1; 2:EBX=1;"}, true},
    /* All 8: P2's store may be invisible while its load is made. */
    {"rwc",
     {"1:rax=0; 1:rbx=0; 2:rax=0;", "1:rax=0; 1:rbx=0; 2:rax=1;", "1:rax=0; 1:rbx=1; 2:rax=0;",
      "1:rax=0; 1:rbx=1; 2:rax=1;", "1:rax=1; 1:rbx=0; 2:rax=0;", "1:rax=1; 1:rbx=0; 2:rax=1;",
      "1:rax=1; 1:rbx=1; 2:rax=0;", "1:rax=1; 1:rbx=1; 2:rax=1;"}, true},
    /* P1 saw x=1 and then y=0, so y drained, and x was read, after x=1: less that one. */
    {"rwc-mfence",
     {"1:rax=0; 1:rbx=0; 2:rax=0;", "1:rax=0; 1:rbx=0; 2:rax=1;", "1:rax=0; 1:rbx=1; 2:rax=0;",
      "1:rax=0; 1:rbx=1; 2:rax=1;", "1:rax=1; 1:rbx=0; 2:rax=1;", "1:rax=1; 1:rbx=1; 2:rax=0;",
      "1:rax=1; 1:rbx=1; 2:rax=1;"}, false},
    {"counter-locked", {"[x]=2;"}, true},
    /* 1: both read 0 before a store drains. */
    {"counter-plain", {"[x]=1;", "[x]=2;"}, true},
    {"ticket", {"0:rax=0; 1:rax=1; [x]=2;", "0:rax=1; 1:rax=0; [x]=2;"}, true},
    /* Who comes second finds the other's value, which goes to EAX; ZF to BL. */
    {"claim",
     {"0:EAX=0; 0:EBX=1; 1:EAX=1; 1:EBX=0; [x]=1;", "0:EAX=2; 0:EBX=0; 1:EAX=0; 1:EBX=1; [x]=2;"},
     true},
    /* CF is the old bit: 0 for the first, 1 for the second. */
    {"bits", {BOTH_64(0, 1), BOTH_64(1, 0)}, true},
    /* sb with -1: 64 bits of x unsigned, 32 bits of y, rax without and rbx with sign. */
    {"types",
     {"0:rax=0; 1:rbx=-1; [x]=18446744073709551615; [y]=4294967295;",
      "0:rax=0; 1:rbx=0; [x]=18446744073709551615; [y]=4294967295;",
      "0:rax=4294967295; 1:rbx=-1; [x]=18446744073709551615; [y]=4294967295;",
      "0:rax=4294967295; 1:rbx=0; [x]=18446744073709551615; [y]=4294967295;"}, true},
    {"array",
     {"0:rcx=-5; 0:rdx=t; t={3,7}; t[1]=7;", "0:rcx=7; 0:rdx=t; t={3,7}; t[1]=7;"}, true},
    /* The loop is left after y=1 was seen, which drained after x=1. */
    {"wait", {"1:EAX=1;"}, true},
    {"branch", {"1:rax=0; [y]=0;", "1:rax=1; [y]=1;"}, true},
    /* sb again, with registers that are set before; EBX and x are listed as well. */
    {"long-legacy",
     {"0:EAX=0; 0:EBX=1; 1:EAX=0; [x]=1;", "0:EAX=0; 0:EBX=1; 1:EAX=1; [x]=1;",
      "0:EAX=1; 0:EBX=1; 1:EAX=0; [x]=1;", "0:EAX=1; 0:EBX=1; 1:EAX=1; [x]=1;"}, true},
};

static void check_states(const struct expected *e, const struct litmus_result *r)
{
    unsigned count = 0;
    while (count < 16 && e->states[count])
        count++;
    for (unsigned i = 0; i < r->state_count && i < count; i++)
        cr_assert_str_eq(r->states[i], e->states[i], "%s, state %u: '%s', not '%s'", e->name, i,
                         r->states[i], e->states[i]);
    cr_assert_eq(r->state_count, count, "%s: %u states, not %u", e->name, r->state_count, count);
}

Test(litmus, samples_reach_the_states_that_x86_tso_allows)
{
    for (unsigned i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct litmus_result r;
        run_sample(&tso, samples[i].name, &r);
        check_states(&samples[i], &r);
        cr_assert_eq(r.ok, samples[i].ok, "%s", samples[i].name);
        litmus_result_free(&r);
    }
}

/* Without store buffers a load never overtakes a store: one state less in each of these. */
Test(litmus, sequential_consistency)
{
    static const struct expected under_sc[] = {
        {"sb", {BOTH(0, 1), BOTH(1, 0), BOTH(1, 1)}, false},
        {"r", {"1:EAX=0; [y]=1;", "1:EAX=1; [y]=1;", "1:EAX=1; [y]=2;"}, false},
        {"mp", {SECOND_64(0, 0), SECOND_64(0, 1), SECOND_64(1, 1)}, false},
    };
    for (unsigned i = 0; i < sizeof under_sc / sizeof *under_sc; i++) {
        struct litmus_result r;
        run_sample(&sc, under_sc[i].name, &r);
        check_states(&under_sc[i], &r);
        cr_assert_eq(r.ok, under_sc[i].ok);
        litmus_result_free(&r);
    }
}

Test(litmus, all_states_hold_what_the_condition_does_not_name)
{
    struct litmus_result r;
    run_sample(&tso, "counter-plain", &r);
    cr_assert_eq(r.all_state_count, 2);
    litmus_result_free(&r);
    run_sample(&tso, "sb", &r);
    cr_assert_eq(r.all_state_count, 4);
    cr_assert_str_eq(r.all_states[0], "0:EAX=0; 1:EAX=0; [x]=1; [y]=1;");
    litmus_result_free(&r);
}

/* All of them about the same four states of sb. */
Test(litmus, quantifiers_and_operators)
{
    static const struct {
        const char *condition, *printed;
        bool ok;
        unsigned positive;
    } table[] = {
        {"exists (0:EAX=1 /\\ 1:EAX=1)", "exists (0:EAX=1 /\\ 1:EAX=1)", true, 1},
        {"~exists (0:EAX=1)", "~exists (0:EAX=1)", false, 2},
        {"~ exists 0:EAX=2", "~exists (0:EAX=2)", true, 0},
        {"forall (0:EAX=0 \\/ 0:EAX=1)", "forall (0:EAX=0 \\/ 0:EAX=1)", true, 4},
        {"forall 0:EAX=0 \\/ 1:EAX=0", "forall (0:EAX=0 \\/ 1:EAX=0)", false, 3},
        {"exists not (0:EAX=0) /\\ ~(1:EAX=0)", "exists (not (0:EAX=0) /\\ not (1:EAX=0))", true,
         1},
        /* => binds tighter than /\, which binds tighter than \/ */
        {"forall 0:EAX=0 => 1:EAX=1 /\\ x=1", "forall ((0:EAX=0 => 1:EAX=1) /\\ [x]=1)", false, 3},
        {"exists 0:EAX=1 \\/ 0:EAX=0 /\\ 1:EAX=1",
         "exists (0:EAX=1 \\/ 0:EAX=0 /\\ 1:EAX=1)", true, 3},
        {"exists (0:EAX=1 \\/ 0:EAX=0) /\\ 1:EAX=1",
         "exists ((0:EAX=1 \\/ 0:EAX=0) /\\ 1:EAX=1)", true, 2},
        {"exists 0:EAX=1:EAX", "exists (0:EAX=1:EAX)", true, 2},
        {"exists P0:eax!=1 /\\ [x]==0x1", "exists (not (0:EAX=1) /\\ [x]=1)", true, 2},
        {"exists true", "exists (true)", true, 4},
        {"forall false", "forall (false)", false, 0},
    };
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
        char text[500], printed[200] = "";
        struct litmus_result r;
        snprintf(text, sizeof text, "X86 t\n{}\nP0|P1;\nMOV [x],1|MOV [y],1;\n"
                 "MOV EAX,[y]|MOV EAX,[x];\nlocations [0:EAX; 1:EAX;]\n%s\n", table[i].condition);
        run_text(&tso, text, strlen(text), &r);
        cr_assert_eq(r.ok, table[i].ok, "%s", table[i].condition);
        cr_assert_eq(r.positive, table[i].positive, "%s: %u", table[i].condition, r.positive);
        litmus_result_free(&r);
        struct litmus_test *t = parse(text, strlen(text));
        FILE *f = fmemopen(printed, sizeof printed, "w");
        litmus_print_condition(f, t);
        fclose(f);
        litmus_free(t);
        cr_assert_str_eq(printed, table[i].printed);
    }
}

/* A thread that takes a lock by XCHG may try for ever: cut off, and said so. */
Test(litmus, loops_that_write_are_cut_off)
{
    static const char text[] = "X86 spin\n{}\nP0|P1;\nL: MOV EAX,1|L: MOV EAX,1;\n"
                               "XCHG [l],EAX|XCHG [l],EAX;\nCMP EAX,0|CMP EAX,0;\nJNE L|JNE L;\n"
                               "INC [c]|INC [c];\nMOV [l],0|MOV [l],0;\nforall (c=2)\n";
    struct litmus_result r;
    run_text(&tso, text, strlen(text), &r);
    cr_assert(r.cut);
    cr_assert(!r.decided);
    cr_assert_eq(r.state_count, 1);
    cr_assert_str_eq(r.states[0], "[c]=2;");
    litmus_result_free(&r);
}

Test(litmus, executions_that_never_end_have_no_final_state)
{
    static const char text[] = "X86 dead\n{}\nP0|P1;\nL: CMP [x],1|MOV [y],1;\nJNE L|;\n"
                               "exists (y=1)\n";
    struct litmus_result r;
    run_text(&tso, text, strlen(text), &r);
    cr_assert(r.endless);
    cr_assert_eq(r.state_count, 0);
    cr_assert(!r.ok);
    litmus_result_free(&r);
}

/* ---- Bad input ---- */

#define HEAD "X86_64 t\n{ x=0; }\n P0 | P1 ;\n"
#define TAIL " | ;\nexists (x=0)\n"

static const struct {
    const char *text;
    unsigned line;
    const char *says;
} bad[] = {
    {"", 1, "'X86 NAME' or 'X86_64 NAME'"},
    {"ARM t\n{}", 1, "architecture 'ARM'"},
    {"X86_64\n", 1, "name of the test"},
    {"X86 t\n", 2, "no initial state"},
    {"X86 t\n{ x=0;\n", 2, "does not end"},
    {"X86 t\n{ x=0; x=1; }\nP0;\nNOP;\nexists (x=0)", 2, "second initial value"},
    {"X86 t\n{ int33_t x; }\nP0;\nNOP;\nexists (x=0)", 2, "no type 'int33_t'"},
    {"X86 t\n{ 1:EAX=0; }\nP0;\nNOP;\nexists (x=0)", 2, "no thread 1"},
    {"X86 t\n{ int a[2]={1}; }\nP0;\nNOP;\nexists true", 2, "1 values; its size is 2"},
    {"X86 t\n{ }\nQ0 ;\nNOP ;\nexists true", 3, "'P0 | P1 ;'"},
    {"X86 t\n{ }\nP0 | P0 ;\n", 3, "two columns"},
    {"X86 t\n{ }\n(* never closed\nP0 ;\n", 3, "comment"},
    {HEAD "movl $1,(x) ;\nexists (x=0)", 4, "1 columns; the first row has 2"},
    {HEAD "movl $1,(x) | | ;\nexists (x=0)", 4, "3 columns"},
    {HEAD "movl $1,(x) |\nexists (x=0)", 4, "';' ends a row"},
    {HEAD "movl (x),%eex" TAIL, 4, "did you mean 'eax'?"},
    {HEAD "movl $1,x" TAIL, 4, "the location is written (x)"},
    {HEAD "movl $1z,(x)" TAIL, 4, "no number"},
    {HEAD "movl $1,(x" TAIL, 4, "')' is expected"},
    {HEAD "movl $1,,(x)" TAIL, 4, "expected"},
    {HEAD ".include \"/etc/passwd\"" TAIL, 4, "an instruction is expected"},
    {HEAD "nop # comment" TAIL, 4, "expected"},
    {HEAD "nop\n.byte 1" TAIL, 4, "expected"},
    {HEAD "jne far" TAIL, 4, "no label 'far'"},
    {HEAD "a: a: nop" TAIL, 4, "second label"},
    {HEAD "call f" TAIL, 4, "no functions"},
    {HEAD "rep movsb" TAIL, 4, "prefix"},
    {HEAD "movnti %eax,(x)" TAIL, 4, "non-temporal"},
    {HEAD "movl (%rax,%rbx,3),%eax" TAIL, 4, "scale of 3"},
    {HEAD "nop | ;\n", 5, "no final condition"},
    {HEAD "nop | ;\nexists (y=0)", 5, "no location 'y'"},
    {HEAD "nop | ;\nexists (2:rax=0)", 5, "no thread 2"},
    {HEAD "nop | ;\nexists (0:rxx=0)", 5, "did you mean 'rax'?"},
    {HEAD "nop | ;\nexists (x=0", 5, "')' is expected"},
    {HEAD "nop | ;\nexists (x=0) /\\", 5, "expected"},
    {HEAD "nop | ;\nexists (x=0) ) ", 5, "an operator or the end"},
    {HEAD "nop | ;\nlocations [y;]\nexists (x=0)", 5, "no location 'y'"},
    {"X86 t\n{}\nP0;\nMOV RAX,[x];\nexists (x=0)", 4, "did you mean 'EAX'?"},
    {"X86 t\n{}\nP0;\nMOV [x+8],1;\nexists (x=0)", 4, "'x' and 8: a place from 0 to 7"},
    {HEAD "movb $1,-1(x)" TAIL, 4, "'x' and -1: a place from 0 to 7"},
    {"X86_64 t\n{ int a[3]; }\nP0;\nmovl $1,16(a);\nexists true", 4, "from 0 to 15"},
};

Test(litmus, bad_input_is_told_with_its_line)
{
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct litmus_error e;
        struct litmus_test *t = litmus_parse(bad[i].text, strlen(bad[i].text), "t", &e);
        cr_assert(!t, "accepted: %s", bad[i].text);
        cr_assert(strstr(e.text, bad[i].says), "'%s' says '%s'", bad[i].text, e.text);
        cr_assert_eq(e.line, bad[i].line, "'%s': line %u", bad[i].text, e.line);
        cr_assert(!strchr(e.text, '\n'));
    }
}

/* What only the assembler knows, with its line; the other test is not touched. */
Test(litmus, what_the_assembler_refuses)
{
    static const struct {
        const char *insn, *says;
    } table[] = {
        {"movz $1,(x)", "no such instruction"},
        {"movl (x),%rax", "incorrect register"},
        {"movl (x),$1", "operand"},
        {"lock movl $1,(x)", "lockable"},
        {"movb $300,(x)", "0x12c"},
    };
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
        char text[300], failure[300];
        struct litmus_error e[2] = {{0}};
        snprintf(text, sizeof text, HEAD "nop | nop ;\n%s" TAIL, table[i].insn);
        static const char good[] = HEAD "nop" TAIL;
        struct litmus_test *t[2] = {parse(text, strlen(text)), parse(good, strlen(good))};
        cr_assert(litmus_assemble(t, 2, e, failure, sizeof failure), "%s", failure);
        cr_assert(t[0]->bad, "%s", table[i].insn);
        cr_assert(strstr(e[0].text, table[i].says), "%s: %s", table[i].insn, e[0].text);
        cr_assert_eq(e[0].line, 5);
        cr_assert(!t[1]->bad);
        cr_assert_gt(t[1]->thread[0].code.size, 0);
        litmus_free(t[0]);
        litmus_free(t[1]);
    }
}

/* What assembles and has no place here, or faults. */
Test(litmus, what_cannot_be_run)
{
    static const struct {
        const char *insn, *says;
    } table[] = {
        {"hlt", "no place"},       {"cli", "no place"},          {"vmlaunch", "no place"},
        {"rdtsc", "no place"},     {"movl (%rax),%ebx", "where there is nothing"},
        {"divl %ecx", "vector 0"}, {"lock incl -8(%rax)", "where there is nothing"},
    };
    struct explore_options o = {.algorithm = ALGORITHM_SOURCE};
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++) {
        char text[300];
        struct litmus_error e;
        struct litmus_result r;
        snprintf(text, sizeof text, HEAD "nop | nop ;\n%s" TAIL, table[i].insn);
        struct litmus_test *t = parse(text, strlen(text));
        assemble(t);
        cr_assert(!litmus_run(&tso, t, &o, &r, &e), "%s", table[i].insn);
        cr_assert(strstr(e.text, table[i].says), "%s: %s", table[i].insn, e.text);
        cr_assert_eq(e.line, 5, "%s: line %u", table[i].insn, e.line);
        litmus_result_free(&r);
        litmus_free(t);
    }
}

/* ---- Mutilated samples ---- */

/* Parses a copy of exactly that many bytes, so that the sanitizer sees a read behind it. */
static void parse_any(const char *text, size_t size)
{
    char *copy = malloc(size + !size);
    struct litmus_error e;
    memcpy(copy, text, size);
    struct litmus_test *t = litmus_parse(copy, size, "fuzz", &e);
    cr_assert(t || e.text[0], "refused without a reason");
    litmus_free(t);
    free(copy);
}

static void mutilate(const char *text, size_t size)
{
    static const char insertions[] = "{}[]()|;:*~$%,=-9Pa\"\\/\n";
    char changed[TEXT];
    for (size_t i = 0; i < size; i++) {
        parse_any(text, i);
        memcpy(changed, text, i);
        memcpy(changed + i, text + i + 1, size - i - 1);
        parse_any(changed, size - 1);
        changed[i] = insertions[i % (sizeof insertions - 1)];
        memcpy(changed + i + 1, text + i, size - i);
        parse_any(changed, size + 1);
        memcpy(changed, text, size);
        changed[i] = (char)(changed[i] ^ (1 << i % 8));
        parse_any(changed, size);
    }
}

Test(litmus, mutilated_samples_are_parsed_or_refused, .timeout = 300)
{
    static const char *const names[] = {"sb", "array", "types", "claim", "long-legacy", "branch",
                                        "wrc"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size;
        char *text = read_sample(names[i], &size);
        mutilate(text, size);
        free(text);
    }
}
