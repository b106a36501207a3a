/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave bench: how fast it is here. */
#include <string.h>

#include "bench/bench.h"
#include "cli/cli.h"

int bench_main(int argc, char **argv)
{
    struct options o;
    char error[SCENARIO_ERROR];
    if (argc > 1 && !strcmp(argv[1], "explore"))
        return bench_explore_main(argc - 1, argv + 1);
    options_parse(&o, argc, argv, "", "How fast cores are switched, restarted and explored here.",
                  "j");
    if (o.count)
        return cli_error("bench takes no argument ('%.60s')", o.arguments[0]);
    return bench_run(o.json, error) ? EXIT_NOTHING_FOUND : cli_error("%s", error);
}
