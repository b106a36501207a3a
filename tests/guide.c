/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * docs/scenarios.md is true: its files, written where it says, and its commands, one after the other in an empty folder, give
 * each line of output that it shows (a line may stand for the beginning of a longer one). And README.md's schedule is one
 * of the image that the sources make.
 */
#include <unistd.h>

#include "tests/cli_fixture.h"

enum { LINE = 1024 };

static unsigned files, commands, lines_shown;

static void write_file(FILE *guide, const char *name)
{
    char line[LINE];
    FILE *f = fopen(name, "w");
    cr_assert(f, "%s", name);
    while (fgets(line, sizeof line, guide) && strncmp(line, "```", 3))
        fputs(line, f);
    fclose(f);
    files++;
}

/* "./irqweave ..." is this build's program; anything else the shell's. */
static void run_command(const char *line)
{
    static const char name[] = "./irqweave ";
    char command[2 * LINE];
    bool own = !strncmp(line, name, sizeof name - 1);
    snprintf(command, sizeof command, "{ %s%s%s; } >out 2>errors", own ? "'" IRQWEAVE_PROGRAM "' " : "",
             own ? line + sizeof name - 1 : line, "");
    int status = system(command);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2, "%s: exit %d: %s", line, WEXITSTATUS(status), read_text("errors"));
    commands++;
    read_text("out");
}

static void run_console(FILE *guide)
{
    char line[LINE];
    while (fgets(line, sizeof line, guide) && strncmp(line, "```", 3)) {
        line[strcspn(line, "\n")] = 0;
        if (!strncmp(line, "$ ", 2)) {
            run_command(line + 2);
            continue;
        }
        lines_shown++;
        cr_expect(strstr(text, line), "not printed: %s\n%s", line, text);
    }
}

static void enter(void)
{
    enter_beside_program("guide");
}

Test(guide, its_commands_do_what_it_says, .init = enter, .fini = leave_beside_program, .timeout = 300)
{
    char line[LINE], name[LINE] = "";
    FILE *guide = fopen(IRQWEAVE_SOURCE_DIR "/docs/scenarios.md", "r");
    cr_assert(guide);
    while (fgets(line, sizeof line, guide)) {
        if (!strncmp(line, "```console", 10))
            run_console(guide);
        else if (!strncmp(line, "```", 3) && name[0])
            write_file(guide, name);
        if (line[0] == '`' && sscanf(line, "`%1000[^`]`:", name) == 1)
            continue;
        if (line[0] != '\n')
            name[0] = 0;
    }
    fclose(guide);
    cr_expect_eq(files, 7, "%u files", files);
    cr_expect_eq(commands, 12, "%u commands", commands);
    cr_expect_gt(lines_shown, 22, "%u lines of output", lines_shown);
}

Test(guide, the_schedule_of_the_readme_replays, .init = enter, .fini = leave_beside_program, .timeout = 60)
{
    static const char command[] = "    ./irqweave replay '";
    char line[LINE];
    unsigned found = 0;
    FILE *readme = fopen(IRQWEAVE_SOURCE_DIR "/README.md", "r");
    cr_assert(readme);
    while (fgets(line, sizeof line, readme)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, command, sizeof command - 1))
            continue;
        found++;
        cr_expect_eq(run(line + sizeof "    ./irqweave " - 1), 1, "%s: %s", line, read_text("errors"));
        cr_expect(strstr(read_text("out"), "invariant broken PI-1"), "%s", text);
    }
    fclose(readme);
    cr_expect_eq(found, 1);
}
