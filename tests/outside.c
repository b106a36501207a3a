/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scenarios in a folder of the user's own: built, explored, replayed; and what is wrong with one, with its file and line. */
#include <unistd.h>

#include "tests/cli_fixture.h"

/* A copy of one scenario of the tree. Always in the same place: what has been built for the case before is built already. */
static void enter(void)
{
    enter_beside_program("outside");
    cr_assert_eq(system("cp -r " IRQWEAVE_SOURCE_DIR "/scenarios/irte-switch mine && cd mine && "
                        "sed -i 's/^name: irte-switch/name: mine/' scenario.yaml && sed -i 's/(irte-switch/(mine/' image.cmake"), 0);
}

TestSuite(outside, .init = enter, .fini = leave_beside_program, .timeout = 300);

static void edit(const char *command)
{
    char line[500];
    snprintf(line, sizeof line, "cd mine && %s", command);
    cr_assert_eq(system(line), 0, "%s", command);
}

static void line_with(const char *words, char *line, size_t size)
{
    const char *at = strstr(read_text("out"), words);
    cr_assert(at, "%s: %s", words, text);
    snprintf(line, size, "%.*s", (int)strcspn(at, "\n"), at);
}

/* The same sources make the same image, wherever they are, and so the same executions. */
Test(outside, explores_as_in_the_tree)
{
    char here[200], there[200], hash_here[20], hash_there[20];
    cr_assert_eq(run("explore ./mine/:V2-stopped"), 1);
    line_with("executions", here, sizeof here);
    snprintf(hash_here, sizeof hash_here, "%.9s", strchr(strstr(text, "replay: "), '#'));
    cr_assert_eq(run("explore irte-switch:V2-stopped"), 1);
    line_with("executions", there, sizeof there);
    snprintf(hash_there, sizeof hash_there, "%.9s", strchr(strstr(text, "replay: "), '#'));
    cr_expect_str_eq(hash_here, hash_there);
    here[strcspn(here, ";")] = there[strcspn(there, ";")] = 0;
    cr_expect_str_eq(here, there);
}

Test(outside, its_schedules_and_recordings_replay)
{
    char line[1000];
    cr_assert_eq(run("explore mine/:V2-stopped -o found.json"), 1);
    line_with("replay: ./irqweave ", line, sizeof line);
    cr_expect(strstr(line, "./mine:V2-stopped/tso#"), "%s", line);
    cr_expect_eq(run(line + sizeof "replay: ./irqweave " - 1), 1);
    cr_expect(strstr(read_text("out"), "PI-4, interrupt lost"));
    cr_expect_eq(run("replay found.json"), 1);
    cr_expect_eq(system("cd mine && ls | grep -vE '^(v[0-9]*[.]c|threads[.]c|scenario[.]yaml|image[.]cmake|README[.]md)$' >../more"), 256,
                 "nothing is written there");
}

Test(outside, files_that_are_missing)
{
    refuses("explore ./nowhere", "./nowhere: no such folder");
    refuses("explore mine", "unknown scenario 'mine': for the folder of that name './mine' is right");
    refuses("explore './a b'", "'./a b': a folder whose path has no blank");
    edit("rm v2.c");
    refuses("explore ./mine:V0-stopped", "./mine/scenario.yaml:");
    has_one_line("explore", "no file v2.c beside it");
    edit("rm threads.c");
    refuses("reproduce ./mine", "./mine/scenario.yaml: no threads.c beside it");
    edit("rm scenario.yaml");
    refuses("explore ./mine", "./mine: no scenario.yaml; a scenario is a folder with");
}

Test(outside, names_that_are_wrong)
{
    edit("mv scenario.yaml right && sed 's/^name: mine/name: yours/' right >scenario.yaml");
    refuses("explore ./mine", "the name is 'yours'; 'mine', that of the folder, is right");
    edit("sed '0,/function: /s/function: [a-z_0-9]*/function: vcpu0_thred/' right >scenario.yaml");
    refuses("explore ./mine:V0-to-posted", "no function 'vcpu0_thred'");
    has_one_line("explore", "did you mean 'vcpu0_thread'?");
    edit("sed 's/^states:/states:\\n  - {name: pid0.contrl, bits: [ON]}/' right >scenario.yaml");
    refuses("explore ./mine:V0-stopped", "no image has a state 'pid0.contrl': did you mean 'pid0.control'?");
}

Test(outside, an_invariant_that_is_false_at_first)
{
    edit("sed -i 's/^obligations:.*/obligations: []/; s/^invariants:.*/invariants: [{name: mine-holds, holds: \"vcpu0.mode == 1\"}]/; "
         "s/, findings: [^]]*]//' scenario.yaml");
    refuses("explore ./mine:V0-stopped", "invariant mine-holds: it is false before anything runs, with vcpu0.mode = ");
}

Test(outside, sources_that_are_wrong)
{
    edit("printf 'int modify_irt(void);\\nint modify_irt(void)\\n{\\n    return 0;\\n}\\n' >v2.c");
    refuses("explore ./mine:V2-stopped", "/mine/v2.c:2: 'modify_irt' replaces nothing");
    has_one_line("explore", "did you mean 'modify_irte'?");
    edit("echo 'int f(' >v2.c");
    refuses("explore ./mine:V2-stopped", "/mine/v2.c:1:");
    edit("echo >v2.c && echo 'irqweave_image_uses(mine logic/iomu)' >image.cmake");
    refuses("explore ./mine:V2-stopped", "/mine/image.cmake:1: no folder kvm/logic/iomu");
}

Test(outside, a_thread_without_an_end)
{
    edit("sed -i '/^void vcpu0_thread/,/^}/c void vcpu0_thread(unsigned long cpu)\\n{\\n    while (cpu != 99)\\n        barrier();\\n}' threads.c");
    refuses("explore ./mine:V0-stopped", "CPU0 does not come to an end in vcpu0_thread()");
    has_one_line("explore", "the bound on instructions without a visible step");
    edit("sed -i 's/        barrier();/        WRITE_ONCE(vcpus[0].mode, 0);/' threads.c");
    refuses("explore ./mine:V0-stopped", "the bound on steps of an execution");
    has_one_line("explore", "mine/threads.c:");
}
