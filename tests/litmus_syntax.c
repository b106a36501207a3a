/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Litmus tests as text: bad input is refused with its line, by the parser, the assembler or as it
 * runs; mutilated samples never crash the parser.
 */
#include "tests/litmus_fixture.h"

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

Test(litmus_syntax, bad_input_is_told_with_its_line)
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
Test(litmus_syntax, what_the_assembler_refuses)
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
Test(litmus_syntax, what_cannot_be_run)
{
    static const struct {
        const char *insn, *says;
    } table[] = {
        {"hlt", "no place"},       {"cli", "no place"},          {"vmlaunch", "no place"},
        {"rdtsc", "no place"},     {"movl (%rax),%ebx", "where there is nothing"},
        {"divl %ecx", "vector 0"}, {"lock incl -8(%rax)", "where there is nothing"},
    };
    struct explore_options o = {.algorithm = ALGORITHM_SOURCE};
    struct litmus_machines tso = {.model = MEMORY_TSO};
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
    char changed[SAMPLE_MAX];
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

Test(litmus_syntax, mutilated_samples_are_parsed_or_refused, .timeout = 300)
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
