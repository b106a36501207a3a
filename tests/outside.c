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
    has_one_line("explore", "no v2.c beside it");
    edit("rm threads.c");
    refuses("reproduce ./mine", "./mine/scenario.yaml: no threads.c beside it");
    edit("rm scenario.yaml");
    refuses("explore ./mine", "./mine: no scenario.yaml; a scenario is a folder with");
}

Test(outside, files_that_are_no_files)
{
    edit("rm v2.c && mkdir v2.c");
    refuses("explore ./mine:V0-stopped", "v2.c beside it is no file");
    edit("rm threads.c && mkdir threads.c");
    refuses("explore ./mine", "./mine/scenario.yaml: threads.c beside it is no file");
    refuses("explore ./mine/image.cmake", "./mine/image.cmake: a file; the folder of a scenario is right");
    cr_assert_eq(system("cp -r mine 'a b' && ln -s 'a b' link"), 0);
    refuses("explore ./link", "./link: the folder is called 'a b'; a name of letters, digits");
}

Test(outside, variants_and_threads_that_are_not_there)
{
    refuses("explore ./mine:", "unknown variant of mine '': there are ");
    edit("mv scenario.yaml right && sed '0,/function: /s/function: [a-z_0-9]*/function: scenario_setup/' right >scenario.yaml");
    refuses("explore ./mine:V0-to-posted", "'scenario_setup' is no thread; an image_thread_fn of threads.c is right");
    edit("sed '0,/function: /s/function: [a-z_0-9]*/function: kvm_vcpu_kick/' right >scenario.yaml");
    refuses("explore ./mine:V0-to-posted", "'kvm_vcpu_kick' is no thread");
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

/* Each is one line that names the file, and what would be right. */
Test(outside, functions_that_are_elsewhere)
{
    edit("printf '#include \"image.h\"\nimage_thread_fn vcpu0_thread;\nvoid vcpu0_thread(unsigned long cpu)\n{\n    (void)cpu;\n}\n' >v2.c");
    refuses("explore ./mine:V2-stopped", "/mine/v2.c:3: 'vcpu0_thread' replaces nothing: it is in threads.c, which all variants share");
    has_one_line("explore", "in a file of the folder logic/ beside that");
    edit("echo >v2.c && echo 'void elsewhere(void) { extern void kvm_vcpu_block(void), nobody_has_it(void); kvm_vcpu_block(); }' >>threads.c");
    refuses("explore ./mine:V2-stopped", "mine/threads.c:");
    has_one_line("explore", "it is in logic/block");
    edit("sed -i 's/kvm_vcpu_block(); }/nobody_has_it(); }/' threads.c");
    refuses("explore ./mine:V2-stopped", "neither kvm nor this folder has such a function");
}

Test(outside, settings_that_are_wrong)
{
    edit("echo 'irqweave_image_uses(others logic/iommu)' >image.cmake");
    refuses("explore ./mine:V2-stopped", "/mine/image.cmake:1: irqweave_image_uses(others ...): 'mine', the name of this scenario, is right");
    edit("printf '\nirqweave_image_use(mine logic/iommu)\n' >image.cmake");
    refuses("explore ./mine:V2-stopped", "/mine/image.cmake:2: Unknown CMake command");
}

Test(outside, states_that_are_wrong)
{
    edit("sed -i '0,/^IMAGE_STATE(\\(\"[^\"]*\"\\),.*/s//&\\nIMAGE_STATE(\\1, vcpus[0].cpu);/' threads.c");
    refuses("explore ./mine:V2-stopped", "two states are called '");
    edit("sed -i '0,/IMAGE_STATE(\"/s//IMAGE_STATE(\"a.name.of.more.than.thirty.one.characters./' threads.c");
    refuses("explore ./mine:V2-stopped", "/mine/threads.c:");
    has_one_line("explore", "name of a state: at most 31 characters");
}

/* Functions of the scenario's own that variants replace: in logic/, before those of kvm. */
Test(outside, logic_of_its_own)
{
    edit("mkdir logic && echo 'int own(void); int own(void) { return 0; }' >logic/own.c && "
         "echo 'int own(void); int own(void) { return 1; }' >v2.c");
    edit("printf '#include \"image.h\"\nint own(void);\nimage_thread_fn own_thread;\nstatic u32 own_is;\nIMAGE_STATE(\"own\", own_is);\n' "
         ">threads.c && printf 'void scenario_setup(unsigned long cpu)\n{\n    (void)cpu;\n}\n' >>threads.c");
    edit("printf 'void own_thread(unsigned long cpu)\n{\n    (void)cpu;\n    WRITE_ONCE(own_is, own());\n}\n' >>threads.c");
    edit("printf 'name: mine\nsummary: s\ninvariants: []\nobligations: [{name: common, holds: \"own == 0\"}]\nvariants:\n' >scenario.yaml");
    edit("for v in v0:safe v2:violation; do echo \"  - {name: of-$v, summary: s, image: ${v%:*}, "
         "threads: [{cpu: 0, function: own_thread}], expected: {tso: ${v#*:}, sc: ${v#*:}}}\" | sed 's/of-\\(..\\):[a-z]*/of-\\1/'; done >>scenario.yaml");
    cr_expect_eq(run("reproduce ./mine"), 0, "%s", read_text("errors"));
    cr_expect(strstr(read_text("out"), "4 as expected (=), 0 not (#)"), "%s", text);
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
