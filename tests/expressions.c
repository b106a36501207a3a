/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions over named state: how they are read, what they come to, and, as invariants, that the reduced exploration
 * breaks those that plain DFS breaks. For DFS each step of each agent is one after which the invariant is evaluated, so
 * that a step which changes a value and is not watched shows.
 */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/expression.h"
#include "scenarios/invariants_stated.h"
#include "tests/support/agree.h"
#include "tests/support/effort.h"
#include "tests/support/random_programs.h"

enum { LIMIT = 60000, TEXT = 200 };

/* ---- A session of a small program: four variables with names, and its cores ---- */

static char *modes[] = {"OUTSIDE", "INSIDE", "LEAVING"}, *colours[] = {"RED", "GREEN", "INSIDE"};
static char *flags[] = {"ON", "SN", "9:LATE"};
static struct scenario_state shown[] = {
    {.name = "mode", .values = modes, .values_count = 3},
    {.name = "colour", .values = colours, .values_count = 3},
    {.name = "flags", .bits = flags, .bits_count = 3},
};
static struct image_state states[] = {
    {"v0", PROGRAM_DATA, 4}, {"v1", PROGRAM_DATA + 8, 4}, {"mode", PROGRAM_DATA, 4}, {"colour", PROGRAM_DATA + 8, 4},
    {"flags", PROGRAM_DATA + 16, 8}, {"page", PROGRAM_DATA, 4096}, {"deep.v1", PROGRAM_DATA + 8, 4},
};
static struct scenario scenario = {.name = "x", .path = "/dev/null", .states = shown, .states_count = 3};
static struct scenario_variant variant = {.name = "v"};
static struct session session;
static char error[SCENARIO_ERROR];

static struct program *open_session(const struct code code[2])
{
    struct code quiet = {.size = 0};
    code_handler(&quiet, NULL);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    session = (struct session){.scenario = &scenario, .variant = &variant, .m = p->m, .cpu = p->cpu};
    session.image.state = states;
    session.image.state_count = sizeof states / sizeof *states;
    session.lapic = interrupts_enable(p, &quiet, &quiet);
    program_start(p, code);
    return p;
}

static void open_idle(void)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_end(&code[0]);
    code_end(&code[1]);
    open_session(code);
}

/* ---- What an expression comes to ---- */

static bool comes_to(const char *text)
{
    struct expression e;
    cr_assert(expression_parse(&e, text, error), "%s: %s", text, error);
    cr_assert(expression_resolve(&e, &session, error), "%s: %s", text, error);
    return expression_true(&e, &session);
}

/* By the rules in docs/scenario-file.md; each with an operand that another precedence would tell apart. */
Test(expressions, operators)
{
    open_idle();
    cr_expect(comes_to("1 + 2 == 3"));
    cr_expect(comes_to("10 - 3 - 2 == 5"), "to the left");
    cr_expect(comes_to("6 & 2 == 2"), "& before ==, unlike in C");
    cr_expect(comes_to("4 | 1 == 5"));
    cr_expect(comes_to("1 | 2 + 4 == 7"), "+ before |: 1 | 6");
    cr_expect(comes_to("0 => 0 => 0"), "to the right: 0 => 1");
    cr_expect(!comes_to("1 => 0"));
    cr_expect(comes_to("1 || 0 && 0"), "&& before ||");
    cr_expect(!comes_to("(1 || 0) && 0"));
    cr_expect(comes_to("1 || 1 => 1"), "|| before =>");
    cr_expect(comes_to("!0 && !(1 == 2)"));
    cr_expect(comes_to("!!7"));
    cr_expect(!comes_to("! 1 == 1 && 0 || 0"), "! binds tightest: (!1) == 1");
    cr_expect(comes_to("0x1F == 31 && 2 < 3 && 3 <= 3 && 3 > 2 && 3 >= 3 && 1 != 2"));
    cr_expect(comes_to("0 - 1 == 0xffffffffffffffff"), "unsigned, 64 bits");
}

Test(expressions, names_of_values_and_bits)
{
    open_idle();
    memory_write(&session.m->memory, PROGRAM_DATA, 4, 2);
    memory_write(&session.m->memory, PROGRAM_DATA + 8, 4, 2);
    memory_write(&session.m->memory, PROGRAM_DATA + 16, 8, 1 << 9 | 1);
    cr_expect(comes_to("mode == LEAVING && v0 == 2 && v0 == LEAVING"));
    cr_expect(comes_to("colour == INSIDE && INSIDE == colour"), "what it is compared with says which INSIDE");
    cr_expect(comes_to("mode != INSIDE"));
    cr_expect(comes_to("flags.ON && !flags.sn && flags.late"), "whatever the case");
    cr_expect(comes_to("deep.v1 == 2"), "a state whose name has a dot");
    cr_expect(!comes_to("core0.pending(0x41) || core1.in_flight(65) || core0.in_service(0x52) || core1.halted"));
}

static const char *refusal(const char *text)
{
    struct expression e;
    if (expression_parse(&e, text, error) && expression_resolve(&e, &session, error))
        return "accepted";
    return error;
}

static void refused(const char *text, const char *words)
{
    cr_expect(strstr(refusal(text), words), "%s: %s, not %s", text, error, words);
    cr_expect(!strchr(error, '\n'));
}

Test(expressions, wrong_ones_are_refused)
{
    open_idle();
    refused("", "it ends where a name or a number is expected");
    refused("v0 =", "'=': '==' is right");
    refused("v0 = 1", "'==' is right");
    refused("v0 ==", "it ends where a name or a number is expected");
    refused("v0 v1", "'v1': an operator is right here");
    refused("(v0", "')' is missing");
    refused("v0 == 1 == 1", "comparisons do not chain");
    refused("12ab", "'12ab' is no number");
    refused("0x", "'0x' is no number");
    refused("18446744073709551616", "is no number below 2^64");
    refused("v0[1", "']' is missing");
    refused("core0.pending(0x41", "')' is missing");
    refused("v0 % 2", "an operator is right here");
    refused("* 2", "a name, a number, '!' or '(' is right here");
    refused("mod == 1", "unknown name 'mod': did you mean 'mode'?");
    refused("mode == LEVING", "unknown name 'LEVING': did you mean 'LEAVING'?");
    refused("flags.LATTE", "'flags.LATTE': 'states' names no such bit: did you mean 'LATE'? there are ON, SN, LATE");
    refused("INSIDE == 1", "several states");
    refused("page", "'page' has 4096 bytes");
    refused("core2.halted", "variant v has 2 cores, core0 to core1");
    refused("core0.pendin(0x41)", "did you mean 'pending'?");
    refused("core0.pending", "a vector from 0 to 255 is right");
    refused("core0.pending(0x100)", "a vector from 0 to 255 is right");
    refused("core0.halted(1)", "no argument is right");
    refused("v0(1)", "only coreN.pending, coreN.in_service and coreN.in_flight take a vector");
}

Test(expressions, nesting_and_length_are_bounded)
{
    char text[300];
    open_idle();
    memset(text, '(', sizeof text);
    text[sizeof text - 1] = 0;
    refused(text, "nested too deeply");
    memset(text, '!', sizeof text - 1);
    refused(text, "nested too deeply");
    for (unsigned i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "1+", 3);
    refused(text, "too long");
}

Test(expressions, values_are_shown_once_each)
{
    struct expression e;
    char text[120];
    open_idle();
    memory_write(&session.m->memory, PROGRAM_DATA, 4, 1);
    memory_write(&session.m->memory, PROGRAM_DATA + 16, 8, 3);
    cr_assert(expression_parse(&e, "mode == 2 || mode == 3 || flags != 3 || core0.pending(0x41)", error));
    cr_assert(expression_resolve(&e, &session, error));
    expression_values(&e, &session, text, sizeof text);
    cr_expect_str_eq(text, "mode = INSIDE, flags = {ON,SN}, core0.pending(0x41) = 0");
    expression_values(&e, &session, text, 30);
    cr_expect_str_eq(text, "mode = INSIDE, ...");
}

/* ---- As invariants, against plain DFS ---- */

static void random_term(struct random *r, char *text, size_t size)
{
    static const char *const asked[] = {"v0", "v1", "core0.pending(0x41)", "core0.pending(0x52)", "core0.in_service(0x41)",
                                        "core0.in_service(0x52)", "core0.in_flight(0x41)", "core0.in_flight(0x52)",
                                        "core0.halted", "core1.halted", "core1.in_post"};
    unsigned n = random_draw(r, 14);
    const char *name = n < 11 ? asked[n] : asked[n % 2]; /* memory more often */
    static const char *const compared[] = {"== 1", "!= 2", "< 2", "== v1", "!= 0", "+ v1 > 2", "& 1 == 1"};
    snprintf(text, size, "%s %s", name, name[0] == 'v' ? compared[random_draw(r, 7)] : random_draw(r, 2) ? "" : "== 0");
}

static void random_expression(struct random *r, char *text)
{
    static const char *const operators[] = {"||", "&&", "=>"};
    char term[3][60];
    for (unsigned i = 0; i < 3; i++)
        random_term(r, term[i], sizeof term[i]);
    snprintf(text, TEXT, "%s(%s) %s (%s) %s %s", random_draw(r, 2) ? "!" : "", term[0], operators[random_draw(r, 3)], term[1],
             operators[random_draw(r, 3)], term[2]);
}

static struct scenario_rule rules[3];
static char texts[3][TEXT + 10];

/* Three that hold at the start of the program, so that a step must break them. */
static void add_rules(struct random *r)
{
    session.m->core_ops->begin(session.m->cpu);
    static char names[3][8] = {"rule-0", "rule-1", "rule-2"};
    stated_free(&session);
    session.stated_count = session.m->invariant_count = 0;
    for (unsigned i = 0; i < 3; i++) {
        char text[TEXT];
        random_expression(r, text);
        snprintf(texts[i], sizeof texts[i], comes_to(text) ? "%s" : "!(%s)", text);
        rules[i] = (struct scenario_rule){.name = names[i], .holds = texts[i]};
        cr_assert(stated_invariant_add(&session, &rules[i], error), "%s", error);
    }
    cr_assert(stated_ready(&session, error), "%s", error);
}

static struct state_set reference, reduced;

static bool explored(struct program *p, enum algorithm a, bool every, struct state_set *set)
{
    uint64_t own[3];
    for (unsigned i = 0; i < 3; i++) {
        own[i] = p->m->invariant[i].steps_of;
        if (every)
            p->m->invariant[i].steps_of = ~0ull;
    }
    visible_reset(&p->m->visibility, NULL, 0);
    stated_show(&session);
    bool complete = interrupts_explore(p, a, every, LIMIT, set);
    for (unsigned i = 0; i < 3; i++)
        p->m->invariant[i].steps_of = own[i];
    return complete;
}

/* How many rules were broken; -1: too large for DFS. */
static int compare(struct program *p, unsigned n)
{
    if (!explored(p, ALGORITHM_DFS, true, &reference))
        return -1;
    for (enum algorithm a = ALGORITHM_OPTIMAL; a <= ALGORITHM_SLEEP; a++) {
        cr_assert(explored(p, a, false, &reduced));
        cr_assert_eq(reduced.findings, reference.findings, "program %u, %s: breaks %x, not %x, of\n%s\n%s\n%s", n,
                     algorithm_name[a], reduced.findings, reference.findings, texts[0], texts[1], texts[2]);
        cr_assert(state_set_equal(&reduced, &reference), "program %u, %s: other states", n, algorithm_name[a]);
    }
    return __builtin_popcount(reference.findings);
}

static void compare_random(void (*draw)(struct random *, struct code[2]), unsigned programs, uint64_t seed)
{
    struct random r = {seed};
    struct code code[2];
    unsigned compared = 0, broken = 0;
    draw(&r, code);
    struct program *p = open_session(code);
    for (unsigned n = 0; n < programs; n++) {
        add_rules(&r);
        int found = compare(p, n);
        compared += found >= 0;
        broken += found > 0 ? (unsigned)found : 0;
        draw(&r, code);
        cr_assert(program_next(p, code));
    }
    cr_assert_gt(compared, programs / 3, "only %u programs were compared", compared);
    cr_assert_gt(broken, compared / 2, "only %u rules were broken", broken);
    cr_assert_lt(broken, 3 * compared, "all rules were broken");
}

Test(expressions, break_as_in_dfs_on_interrupted_programs, .timeout = 300)
{
    for (uint64_t seed = 1; seed < 1 + effort(2); seed++)
        compare_random(random_interrupted, 25, seed);
}

Test(expressions, break_as_in_dfs_on_programs_that_use_their_apic, .timeout = 300)
{
    for (uint64_t seed = 100; seed < 100 + effort(2); seed++)
        compare_random(random_observed, 25, seed);
}
