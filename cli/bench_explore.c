/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave bench explore: the explorer on the programs that other explorers are measured with. */
#include <string.h>

#include "bench/explore.h"
#include "cli/cli.h"

int bench_explore_main(int argc, char **argv)
{
    struct options o;
    struct instance instance;
    char error[300];
    static char name[] = "bench explore";
    argv[0] = name;
    options_parse(&o, argc, argv, "[growth]",
                  "Explores well-known benchmark programs and compares the number of executions with "
                  "what other explorers found; 'growth' shows how the cost grows with threads, "
                  "length and messages.",
                  "jan");
    struct bench_explore b = {.algorithm = o.explore.algorithm, .only = o.only, .json = o.json};
    if (o.count > 1 || (o.count && strcmp(o.arguments[0], "growth")))
        return cli_error("bench explore '%.60s': nothing or 'growth' is right",
                         o.arguments[o.count > 1]);
    b.growth = o.count;
    if (b.growth && b.only)
        return cli_error("--only names a program; 'growth' measures rows of them");
    if (b.only && !instance_find(b.only, &instance, error, sizeof error))
        return cli_error("--only: %s", error);
    return bench_explore(&b) ? EXIT_NOTHING_FOUND : EXIT_FOUND;
}
