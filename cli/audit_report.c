/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An audit as text. */
#include <string.h>

#include "cli/audit.h"
#include "cli/columns.h"

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* The last two parts of a path say enough. */
static const char *short_path(const char *path)
{
    unsigned slashes = 0;
    for (const char *p = path + strlen(path); p > path; p--)
        if (*p == '/' && ++slashes == 2)
            return p + 1;
    return path;
}

static void print_place(const json_t *at)
{
    printf("%s() %s:%lld", text_in(at, "function"), short_path(text_in(at, "file")),
           (long long)json_integer_value(json_object_get(at, "line")));
    if (json_object_get(at, "inlined"))
        printf(", in %s()", text_in(json_object_get(at, "inlined"), "function"));
}

/* What was done to it. */
static const char *deed(const char *kind)
{
    static const char *const deeds[MUTATION_KINDS] = {
        [MUTATION_FENCE] = "fence removed",          [MUTATION_LOCK] = "LOCK removed",
        [MUTATION_INTERRUPTS] = "interrupts left on", [MUTATION_CHECK_NEVER] = "branch never taken",
        [MUTATION_CHECK_ALWAYS] = "branch always taken", [MUTATION_SWAP] = "swapped with the next"};
    for (unsigned i = 0; i < MUTATION_KINDS; i++)
        if (!strcmp(kind, mutation_name[i]))
            return deeds[i];
    return kind;
}

static void print_other(const json_t *m)
{
    const json_t *other = json_object_get(m, "other");
    const char *kind = text_in(m, "kind");
    if (!other)
        return;
    bool check = strcmp(kind, mutation_name[MUTATION_FENCE]) && strcmp(kind, mutation_name[MUTATION_SWAP]);
    printf("     %s %s, ", check ? "it tests what is read by" : "together with", text_in(other, "instruction"));
    print_place(other);
    putchar('\n');
}

static void print_findings(const json_t *m)
{
    const json_t *finding;
    size_t i;
    json_array_foreach (json_object_get(m, "findings"), i, finding)
        printf("%s%s", i ? ", " : "     => ", json_string_value(finding));
    if (json_array_size(json_object_get(m, "findings")))
        putchar('\n');
}

/* Where a branch goes: addresses say little. */
static void print_target(const json_t *m)
{
    const json_t *target = json_object_get(m, "target");
    if (target)
        printf(" (%s:%lld)", short_path(text_in(target, "file")),
               (long long)json_integer_value(json_object_get(target, "line")));
}

static void print_mutation(const json_t *m, unsigned number)
{
    printf("%4u %s: %s", number, deed(text_in(m, "kind")), text_in(m, "instruction"));
    print_target(m);
    printf("\n     ");
    print_place(m);
    putchar('\n');
    print_other(m);
    print_findings(m);
    bool told = json_object_get(m, "findings") || !text_in(m, "why")[0];
    if (!told)
        printf("     %s\n", text_in(m, "why"));
}

static bool has_outcome(const json_t *m, enum audit_outcome outcome)
{
    return !strcmp(text_in(m, "outcome"), audit_outcome_name[outcome]);
}

static unsigned count(const json_t *mutations, enum audit_outcome outcome)
{
    const json_t *m;
    size_t i;
    unsigned n = 0;
    json_array_foreach (mutations, i, m)
        n += has_outcome(m, outcome);
    return n;
}

/* Numbers are the places in the list, so that the interleavings can go by them. */
static void print_group(const json_t *mutations, enum audit_outcome outcome, const char *heading)
{
    const json_t *m;
    size_t i;
    unsigned n = count(mutations, outcome);
    if (!n)
        return;
    printf("\n%s (%u)\n", heading, n);
    json_array_foreach (mutations, i, m)
        if (has_outcome(m, outcome))
            print_mutation(m, (unsigned)i + 1);
}

static void print_pictures(const json_t *mutations)
{
    const json_t *m;
    size_t i;
    json_array_foreach (mutations, i, m) {
        if (!json_object_get(m, "picture"))
            continue;
        printf("\n%.*s\n\n%u %s: %s, in ", COLUMNS_WIDTH,
               "====================================================================================================",
               (unsigned)i + 1, deed(text_in(m, "kind")), text_in(m, "instruction"));
        print_place(m);
        printf("\n\n%s", text_in(m, "picture"));
    }
}

static void print_head(const struct audit *a, const json_t *mutations)
{
    const json_t *executions = json_object_get(json_object_get(a->result, "baseline"), "executions");
    printf("%s:%s: %s\n\n", a->scenario->name, a->variant->name, a->variant->summary);
    printf("as it is    safe, %lld executions, %lld blocked (TSO)\n",
           (long long)json_integer_value(json_object_get(executions, "complete")),
           (long long)json_integer_value(json_object_get(executions, "blocked")));
    printf("mutations   %zu: %u load-bearing, %u fail alone, %u made no difference, %u undecided, %u not reached\n",
           json_array_size(mutations), count(mutations, AUDIT_LOAD_BEARING), count(mutations, AUDIT_ALONE),
           count(mutations, AUDIT_NO_DIFFERENCE), count(mutations, AUDIT_UNDECIDED), count(mutations, AUDIT_UNREACHED));
    printf("bound       %lld executions of each",
           (long long)json_integer_value(json_object_get(a->result, "max_executions")));
    if (a->options->explore.max_seconds > 0)
        printf(", %g seconds", a->options->explore.max_seconds);
    putchar('\n');
}

void audit_print(const struct audit *a)
{
    const json_t *mutations = json_object_get(a->result, "mutations");
    print_head(a, mutations);
    print_group(mutations, AUDIT_LOAD_BEARING, "Load-bearing: without it there is a race, shown below");
    print_group(mutations, AUDIT_ALONE, "Fails alone: without it the code is wrong even where nobody interferes");
    print_group(mutations, AUDIT_UNDECIDED, "Undecided: a bound was hit, or the model lacks something");
    print_group(mutations, AUDIT_NO_DIFFERENCE, "No difference in this variant: it is safe without it, too");
    print_group(mutations, AUDIT_UNREACHED, "Not reached in this variant: nothing is known about it");
    print_pictures(mutations);
    if (json_array_size(mutations))
        putchar('\n');
}
