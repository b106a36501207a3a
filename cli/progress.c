/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/progress.h"

#include <stdio.h>

#include "sim/seconds.h"

enum { BAR_WIDTH = 24 };

#define SECONDS_BETWEEN 0.2
/* Before so much has been explored the remaining time would be a guess. */
#define FRACTION_KNOWN 0.001

void progress_count(double number, char *text, size_t size)
{
    static const char *const names[] = {"", " thousand", " million", " billion", " trillion"};
    unsigned i = 0;
    if (number >= 1e15) {
        for (; number >= 10; number /= 10)
            i++;
        snprintf(text, size, "10^%u", i);
        return;
    }
    for (; number >= 1000; i++)
        number /= 1000;
    snprintf(text, size, i && number < 10 ? "%.1f%s" : "%.0f%s", number, names[i]);
}

static void print_time(double seconds)
{
    if (seconds < 100)
        fprintf(stderr, "%.0f s", seconds);
    else if (seconds < 6000)
        fprintf(stderr, "%.0f min", seconds / 60);
    else if (seconds < 100 * 3600.0)
        fprintf(stderr, "%.0f h", seconds / 3600);
    else
        fprintf(stderr, "%.0f days", seconds / 86400);
}

static void print_bar(double fraction)
{
    int full = fraction < 1 ? (int)(fraction * BAR_WIDTH) : BAR_WIDTH;
    fputc('[', stderr);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < full ? '#' : '.', stderr);
    fprintf(stderr, "] %.*f %%", fraction < 0.1 ? 1 : 0, 100 * fraction);
}

static void print_remaining(const struct progress *p, const struct parallel_progress *now)
{
    double all = now->seconds + now->earlier;
    double left = now->fraction > FRACTION_KNOWN
                      ? all * (1 - now->fraction) / now->fraction : 0;
    double bound = p->options->max_seconds > 0 ? p->options->max_seconds - now->seconds : 0;
    if (p->options->max_seconds > 0 && (left <= 0 || bound < left)) {
        fputs(", at most ", stderr);
        print_time(bound > 0 ? bound : 0);
        fputs(" to the bound", stderr);
    } else if (left > 0) {
        fputs(", about ", stderr);
        print_time(left);
        fputs(" left", stderr);
    }
}

/* Once, on a line of its own that stays. */
static void print_estimate(struct progress *p, double estimate)
{
    char text[40];
    progress_count(estimate, text, sizeof text);
    fprintf(stderr, "\restimate: %s executions, give or take a factor of ten\033[K\n", text);
    p->estimated = true;
}

void progress_show(void *context, const struct parallel_progress *now)
{
    struct progress *p = context;
    char executions[40];
    if (now->seconds - p->shown < SECONDS_BETWEEN)
        return;
    p->shown = now->seconds;
    if (now->estimate > 0 && !p->estimated)
        print_estimate(p, now->estimate);
    progress_count((double)now->executions, executions, sizeof executions);
    fputc('\r', stderr);
    print_bar(now->fraction);
    fprintf(stderr, " %s executions, ", executions);
    print_time(now->seconds + now->earlier);
    print_remaining(p, now);
    fputs("\033[K", stderr);
}

void progress_show_plain(void *context, uint64_t executions, double fraction)
{
    const struct progress *p = context;
    struct parallel_progress now = {.executions = executions, .fraction = fraction,
                                    .seconds = seconds_now() - p->started, .jobs = 1};
    progress_show(context, &now);
}

void progress_clear(struct progress *p)
{
    if (p->shown > 0)
        fputs("\r\033[K", stderr);
}
