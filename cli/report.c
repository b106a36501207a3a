/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run found, as text. */
#include <ctype.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/run.h"
#include "sim/check.h"
#include "sim/sample.h"

static void print_device(FILE *f, const struct scenario_device *d, unsigned index)
{
    if (d->posts_count)
        fprintf(f, ", IOMMU%u posts", index);
    for (unsigned k = 0; k < d->posts_count; k++)
        fprintf(f, " %#x", d->posts[k]);
    if (d->msi_count)
        fprintf(f, ", device%u sends MSIs:", index);
    for (unsigned k = 0; k < d->msi_count; k++)
        fprintf(f, " %u through entry %u", d->msi[k].count, d->msi[k].handle);
}

static void print_threads(FILE *f, const struct scenario_variant *v)
{
    const char *comma = "";
    for (unsigned i = 0; i < v->threads_count; i++, comma = ", ")
        fprintf(f, "%sCPU%u %s", comma, v->threads[i].cpu, v->threads[i].function);
    for (unsigned i = 0; i < v->devices_count; i++)
        print_device(f, &v->devices[i], i);
    fputc('\n', f);
}

static void print_findings(FILE *f, const struct explore_result *r)
{
    const char *comma = ": ";
    for (unsigned i = 0; i < r->finding_count; i++, comma = ", ") {
        const struct finding *found = &r->finding[i].finding;
        fprintf(f, "%s%s (%llu)", comma, finding_title(found),
                (unsigned long long)r->finding[i].seen);
    }
    fputc('\n', f);
}

static void print_knobs(FILE *f, const struct session *s, uint64_t consulted)
{
    char text[64 * KNOB_COUNT] = "knobs      ";
    size_t used = strlen(text);
    for (unsigned i = 0; i < KNOB_COUNT; i++)
        if (consulted >> i & 1)
            used += (size_t)snprintf(text + used, sizeof text - used, " %s=%s", knob_table[i].name,
                                     knob_table[i].values[s->knobs.value[i]]);
    columns_print_wrapped(f, consulted ? text : "knobs       none consulted");
}

static void print_executions(FILE *f, const struct explore_options *o,
                             const struct explore_result *r)
{
    fprintf(f, "executions  %llu complete, %llu blocked", (unsigned long long)r->complete,
            (unsigned long long)r->blocked);
    if (explore_counts_redundant(o))
        fprintf(f, ", %llu redundant", (unsigned long long)r->redundant);
    if (r->cut)
        fprintf(f, ", %llu cut off", (unsigned long long)r->cut);
    bool trees = o->algorithm != ALGORITHM_OPTIMAL || r->about_memory;
    fprintf(f, "; %llu steps; %.2f s (%s%s)\n", (unsigned long long)r->steps, r->seconds,
            algorithm_name[o->algorithm], trees ? "" : ", by source sets");
}

static void print_sample(FILE *f, const struct explore_options *o, const struct explore_result *r)
{
    char text[400], line[420];
    sample_guarantee(o, r, text, sizeof text);
    fprintf(f, "sample      seed %llu; %u agents seen, executions of up to %u steps\n",
            (unsigned long long)o->seed, sample_agents(&r->sample), r->sample.steps);
    snprintf(line, sizeof line, "guarantee   %s", text);
    columns_print_wrapped(f, line);
}

void run_print_summary(FILE *f, const struct run *run)
{
    const struct explore_result *r = &run->result;
    const struct session *s = run->session;
    char bounds[200];
    bounds_describe(r->bounds, bounds, sizeof bounds);
    fprintf(f, "%s:%s under %s: %s\n", s->scenario->name, s->variant->name,
            s->m->model == MEMORY_SC ? "SC" : "TSO", s->variant->summary);
    print_threads(f, s->variant);
    fprintf(f, "\nverdict     %s", verdict_name(r->verdict));
    print_findings(f, r);
    print_executions(f, &run->options, r);
    if (r->bounds & BOUND_SAMPLED)
        print_sample(f, &run->options, r);
    fprintf(f, "visible     %llu bytes of memory\n", (unsigned long long)r->visible_bytes);
    print_knobs(f, s, r->knobs);
    fprintf(f, "bounds      %s\n", bounds[0] ? bounds : "none hit");
}

/* Findings that the picture does not show. */
static void print_others(FILE *f, const struct run *run)
{
    for (unsigned i = 0; i < run->result.finding_count; i++) {
        const struct counterexample *other = &run->result.finding[i];
        char text[400];
        if (other == run->best)
            continue;
        snprintf(text, sizeof text, "also found: %s%s%s: %s",
                 finding_kind_name(other->finding.kind), other->finding.name[0] ? " " : "",
                 other->finding.name, other->finding.message);
        columns_print_wrapped(f, text);
    }
    columns_print_dropped(f, run->session->m, run->result.dropped);
}

void print_replay_command(FILE *f, const char *reference)
{
    fprintf(f, "replay: ./irqweave replay '%s'\n", reference);
}

void run_print(FILE *f, const struct run *run)
{
    run_print_summary(f, run);
    if (!run->best)
        return;
    fputc('\n', f);
    columns_print(f, &run->story);
    print_others(f, run);
    print_replay_command(f, run->reference);
}
