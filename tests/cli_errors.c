/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bad input as a hostile user gives it: one line on standard error, nothing on standard output,
 * exit code 2, nothing lost and nothing half-written.
 */
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/cli_fixture.h"

#define V4 "posted-delivery:V4-cpu"

/* With a copy of one scenario's images in it. */
static void enter_folder(void)
{
    char folder[100], images[120];
    folder_enter();
    cr_assert(getcwd(folder, sizeof folder));
    snprintf(images, sizeof images, "%s/images", folder);
    cr_assert_eq(mkdir("images", 0700), 0);
    cr_assert_eq(system("cp -r " IRQWEAVE_IMAGES_DIR "/posted-delivery images"), 0);
    setenv("IRQWEAVE_IMAGES", images, 1);
}

TestSuite(cli_errors, .init = enter_folder, .fini = folder_leave, .timeout = 120);

Test(cli_errors, options)
{
    refuses("explore " V4 " --memry sc", "unknown option '--memry': did you mean '--memory'?");
    refuses("explore " V4 " --xyzzy", "unknown option '--xyzzy'; 'irqweave explore --help'");
    refuses("explore " V4 " --memory", "option '--memory' needs a value: --memory=MODEL");
    refuses("explore " V4 " --max 3", "begins like 4 options");
    refuses("explore " V4 " --json=3", "option '--json' takes no value");
    refuses("explore " V4 " -o", "option '-o' needs a FILE");
    refuses("explore " V4 " -x", "unknown option in '-x'");
    refuses("explore --json -xy " V4, "unknown option in '-xy'");
    refuses("explore --memory sc -xy " V4, "unknown option in '-xy'");
    refuses("list --memory sc", "unknown option '--memory'");
    refuses("bench --fast", "unknown option '--fast'");
    refuses("replay --json --step " V4 " c0@1", "not both");
    cr_assert_eq(run("explore --help"), 0);
    cr_assert(strstr(read_text("out"), "--max-executions=N"));
}

Test(cli_errors, values_of_options)
{
    refuses("explore " V4 " --algorithm slep",
            "'slep': did you mean 'sleep'? there are optimal, source, sleep, dfs, pct, random");
    refuses("explore " V4 " --algorithm 12345678", "'12345678': there are optimal, source, sleep");
    refuses("explore " V4 " --algorithm rndom", "did you mean 'random'?");
    refuses("explore " V4 " --memory pso", "'tso' or 'sc'");
    refuses("explore " V4 " --knob message-ordr=any", "did you mean 'message-order'? there are vm-");
    refuses("explore " V4 " --knob message-order=lifo", "did you mean 'fifo'? there are any, fifo");
    refuses("explore " V4 " --knob message-order", "NAME=VALUE is right");
    refuses("explore " V4 " --max-executions 1e3", "a whole number above 0");
    refuses("explore " V4 " --max-executions 99999999999999999999", "a whole number above 0");
    refuses("explore " V4 " --max-seconds nan", "a number above 0");
    refuses("explore " V4 " --max-steps -1", "a whole number from 1 to 60000");
    refuses("explore " V4 " --max-steps 60001", "a whole number from 1 to 60000");
    refuses("explore " V4 " --max-preemptions x", "a whole number from 0 to 60000");
    refuses("explore " V4 " --max-preemptions ''", "a whole number from 0 to 60000");
    refuses("explore " V4 " --algorithm pct --pct-depth 0", "a whole number from 1 to 32");
    refuses("explore " V4 " --algorithm pct --pct-depth 33", "a whole number from 1 to 32");
    refuses("explore " V4 " --algorithm pct --seed 0", "a whole number above 0");
}

/* Options that say nothing beside the others. */
Test(cli_errors, options_together)
{
    refuses("explore " V4 " --seed 3", "--seed is for --algorithm pct or random");
    refuses("explore " V4 " --seed 3 --algorithm dfs", "dfs draws nothing");
    refuses("explore " V4 " --pct-depth 3", "--pct-depth is for --algorithm pct, not optimal");
    refuses("explore " V4 " --algorithm random --pct-depth 3", "for --algorithm pct, not random");
    refuses("explore " V4 " --algorithm pct --max-preemptions 1", "pct draws a sample");
    refuses("explore " V4 " --max-preemptions 1 --algorithm random", "random draws a sample");
    refuses("explore " V4 " --sed 3", "unknown option '--sed': did you mean '--seed'?");
    refuses("explore " V4 " --no-minimize", "did you mean '--no-minimise'?");
    refuses("explore " V4 " --pct-dept", "needs a value: --pct-depth=D");
    refuses("reproduce posted-delivery --algorithm pct", "'pct': there are optimal, source");
    refuses("reproduce posted-delivery --seed 3", "unknown option '--seed'");
    refuses("bench explore --algorithm random", "'random': there are optimal, source, sleep, dfs");
}

Test(cli_errors, arguments)
{
    refuses("list x", "takes no argument");
    refuses("doctor x", "takes no argument");
    refuses("bench x", "takes no argument");
    refuses("--version x", "takes no argument");
    refuses("explore " V4 " " V4, "takes one SCENARIO");
    refuses("explore posted-delivery -o x", "needs one variant");
    refuses("reproduce " V4, "without a variant");
    refuses("explore posted-delivry", "did you mean 'posted-delivery'?");
    refuses("explore posted-delivery:", "unknown variant");
    refuses("explore posted-delivery:V4", "unknown variant of posted-delivery 'V4': did you mean 'V4-cpu'");
    refuses("explore ''", "unknown scenario");
}

/* Found out before the exploration (standard output is empty), and what is there stays. */
Test(cli_errors, output_that_cannot_be_written)
{
    struct stat is;
    cr_assert_eq(mkfifo("pipe", 0600), 0);
    cr_assert_eq(symlink("target", "link"), 0);
    refuses("explore " V4 " -o ''", "the name of a file");
    refuses("explore " V4 " -o no/such", "no/such: cannot be written: No such file");
    refuses("explore " V4 " -o .", "cannot be written: Is a directory");
    refuses("explore " V4 " -o pipe", "a file is right");
    refuses("explore " V4 " -o link", "name the file itself");
    cr_assert(lstat("pipe", &is) == 0 && S_ISFIFO(is.st_mode));
    cr_assert(lstat("link", &is) == 0 && S_ISLNK(is.st_mode));
    cr_assert_neq(access("target", F_OK), 0);
    file_write("kept", "precious", 8);
    cr_assert_eq(run("explore posted-delivery:V3-cpu -o kept"), 0);
    cr_assert_str_eq(read_text("kept"), "precious");
    cr_assert_eq(system("ls | grep -q part"), 1 << 8, "a temporary file is left");
}

Test(cli_errors, schedules)
{
    refuses("replay", "takes a recording or a schedule");
    refuses("replay ''", "the argument is empty");
    refuses("replay ' '", "the argument is empty");
    refuses("replay " V4 "/tso", "the schedule is empty; choices such as c0@153.2");
    refuses("replay '" V4 "/tso '", "the schedule is empty");
    refuses("replay '" V4 " b0*0'", "a repetition of 1 or more");
    refuses("replay '" V4 " b0*1000000 b0*1000000'", "character 12, at 'b0*1000000': more choices");
    refuses("replay '" V4 " c0@99999999999999999999'", "larger than this machine has");
    refuses("replay '" V4 " b0*2'", "choice 1, b0: SB0 cannot step here");
    refuses("replay '" V4 " m0.42'", "choice 1, m0.42: this message cannot step here");
    refuses("replay '" V4 "/tso/sc c0@1'", "comes first and once");
    refuses("replay '" V4 "/message-order=up c0@1'", "there are any, fifo");
    refuses("replay '" V4 "/mesage-order=any c0@1'", "did you mean 'message-order'?");
    refuses("replay pipe", "pipe: no such file");
}

/* ---- Recordings ---- */

static json_t *recorded;

static void record(void)
{
    cr_assert_eq(run("explore " V4 " -o good"), 1);
    recorded = json_load_file("good", 0, NULL);
    cr_assert(recorded);
}

static void refuses_with(const char *key, json_t *value, const char *message)
{
    json_t *changed = json_copy(recorded);
    json_object_set_new(changed, key, value);
    cr_assert_eq(json_dump_file(changed, "bad", 0), 0);
    json_decref(changed);
    refuses("replay bad", "irqweave: bad: ");
    refuses("replay bad", message);
}

Test(cli_errors, recordings)
{
    record();
    refuses_with("schedule", json_string(""), "the schedule is empty");
    refuses_with("schedule", json_string("c0@9 x0"), "schedule, character 6, at 'x0': expected c");
    refuses_with("schedule", json_string("b0"), "choice 1, b0: SB0 cannot step here");
    refuses_with("schedule", json_integer(1), "'schedule' is missing or is not a string");
    refuses_with("image", json_string("0123456789abcdef"), "recorded with image 0123456789abcdef");
    refuses_with("scenario", json_string("a\nb"), "unknown scenario 'a?b'");
    refuses_with("variant", json_string("V4-cp"), "did you mean 'V4-cpu'?");
    refuses_with("memory", json_string("pso"), "'tso' or 'sc' are right");
    refuses_with("boundaries", json_integer(255), "'boundaries' names");
    refuses_with("visible", json_pack("[[I,I]]", 1ll << 62, 1ll << 62), "'visible'");
    refuses_with("knobs", json_pack("{s:s}", "message-order", "up"), "there are any, fifo");
    refuses_with("finding", json_integer(3), "is missing or is not a string");
    json_decref(recorded);
}

static void refuses_without(const char *key, const char *message)
{
    json_t *changed = json_deep_copy(recorded);
    json_object_del(changed, key);
    json_object_del(json_object_get(changed, "knobs"), key);
    cr_assert_eq(json_dump_file(changed, "bad", 0), 0);
    json_decref(changed);
    refuses("replay bad", message);
}

/* Each alone is well formed; docs/json.md says what belongs together. */
Test(cli_errors, recordings_that_contradict_themselves)
{
    record();
    refuses_with("verdict", json_string("safe"), "'verdict' is 'safe'; with this 'finding', 'viol");
    refuses_with("verdict", json_string("incomplete"), "with this 'finding', 'violation' is right");
    refuses_without("finding", "bad: 'finding' is missing; with the verdict 'violation'");
    refuses_without("message-order", "bad: 'knobs': 'message-order' is missing; all of them");
    json_decref(recorded);
}

/* The shortest schedule of a finding loses it with its last choice: the run is shown, and that it
 * is not the one recorded is said. */
Test(cli_errors, a_recorded_finding_that_does_not_occur)
{
    char schedule[400];
    record();
    snprintf(schedule, sizeof schedule, "%s",
             json_string_value(json_object_get(recorded, "schedule")));
    cr_assert(strrchr(schedule, ' '));
    *strrchr(schedule, ' ') = 0;
    json_object_set_new(recorded, "schedule", json_string(schedule));
    cr_assert_eq(json_dump_file(recorded, "shorter", 0), 0);
    json_decref(recorded);
    cr_assert_eq(run("replay shorter"), 1);
    has_one_line("replay shorter", "irqweave: shorter: the recorded finding (invariant broken PI-1)"
                                   " does not occur");
    cr_assert_eq(run("replay good"), 1);
    cr_assert_str_eq(read_text("errors"), "");
}

Test(cli_errors, files_that_are_no_recordings)
{
    record();
    json_decref(recorded);
    size_t length = strlen(read_text("good"));
    for (size_t cut = 0; cut + 2 < length; cut += 97) {
        cr_assert_eq(system("cp good bad"), 0);
        cr_assert_eq(truncate("bad", (off_t)cut), 0);
        refuses("replay bad", "not a recording");
    }
    cr_assert_eq(mkfifo("pipe", 0600), 0);
    refuses("replay pipe", "not a recording");
    refuses("replay .", "not a recording");
}

/* A run that stops at a limit of the model can be recorded and read like any other. This one does
 * not come to the limit, and replay says so. */
Test(cli_errors, a_recorded_limit_of_the_model_is_read)
{
    record();
    json_object_set_new(json_object_get(recorded, "finding"), "kind",
                        json_string("limit of the model"));
    json_object_set_new(recorded, "verdict", json_string("incomplete"));
    cr_assert_eq(json_dump_file(recorded, "limit", 0), 0);
    json_decref(recorded);
    cr_assert_eq(run("replay limit"), 1);
    has_one_line("replay limit", "the recorded finding (limit of the model PI-1) does not occur");
}

/* ---- Scenarios and images ---- */

static void change_scenario(const char *sed)
{
    char command[400];
    snprintf(command, sizeof command, "sed '%s' " IRQWEAVE_IMAGES_DIR
             "/posted-delivery/scenario.yaml >images/posted-delivery/scenario.yaml", sed);
    cr_assert_eq(system(command), 0);
}

Test(cli_errors, broken_scenarios)
{
    change_scenario("s/safe/maybe/");
    refuses("list", "'safe' or 'violation' is right");
    refuses("list --json", "'safe' or 'violation' is right");
    refuses("explore " V4, "'safe' or 'violation' is right");
    change_scenario("3s/^/\\t/");
    refuses("list", "scenario.yaml:3: ");
    change_scenario("s/name: posted-delivery/name: other/");
    refuses("list", "the name is 'other'; 'posted-delivery', that of the folder");
    change_scenario("s/cpu: 0/cpu: -1/");
    refuses("reproduce posted-delivery", "a whole number from 0 is right");
    cr_assert_eq(unlink("images/posted-delivery/scenario.yaml"), 0);
    refuses("bench", "no scenarios here");
    refuses("list", "no scenarios here");
}

Test(cli_errors, features_that_are_not_there)
{
    change_scenario("s/^needs:.*/needs: [io-apic]/");
    refuses("explore " V4, "needs io-apic, which its machine lacks; it has x2apic, ");
    change_scenario("s/^needs:.*/needs: [smm]/");
    refuses("list", "needs 'smm', which is not modelled; there are x2apic, ");
    change_scenario("s/^    image: v4/&\\n    machine: {without: [posted-interrupts]}/");
    refuses("explore " V4, "needs posted-interrupts, which its machine lacks; it has x2apic, ");
    /* Where nothing is said, the code under test finds that the capability MSR does not offer it. */
    change_scenario("/^needs:/d; s/^    image: v4/&\\n    machine: {without: [posted-interrupts]}/");
    refuses("explore " V4, "set-up of CPU0 failed");
}

Test(cli_errors, a_broken_scenario_does_not_hide_the_others)
{
    cr_assert_eq(mkdir("images/a", 0700), 0);
    file_write("images/a/scenario.yaml", "x", 1);
    cr_assert_eq(run("list"), 2);
    has_one_line("list", "a/scenario.yaml");
    cr_assert(strstr(read_text("out"), "posted-delivery: "));
    refuses("list --json", "a/scenario.yaml");
}

Test(cli_errors, images_that_are_none)
{
    file_write("images/posted-delivery/v4.elf", "no", 2);
    refuses("explore " V4, "v4.elf: not an ELF file");
    refuses("explore " V4 " --json", "v4.elf: not an ELF file");
    cr_assert_eq(unlink("images/posted-delivery/v4.elf"), 0);
    refuses("explore " V4, "v4.elf: cannot be opened");
}

/* ---- Standard output that does not take it ---- */

Test(cli_errors, output_that_does_not_arrive)
{
    static const char *const commands[] = {"list", "list --json", "doctor", "explore " V4,
                                           "explore " V4 " --json", "--help", "explore --help",
                                           "--version"};
    struct stat is;
    cr_assert(stat("/dev/full", &is) == 0 && S_ISCHR(is.st_mode));
    for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++) {
        cr_assert_eq(run_to("/dev/full", commands[i]), 2, "%s", commands[i]);
        has_one_line(commands[i], "standard output cannot be written: No space left");
        cr_assert_eq(run_to("&-", commands[i]), 2, "%s", commands[i]);
        has_one_line(commands[i], "standard output cannot be written: Bad file descriptor");
    }
}

/* The recording comes first, and does not become what a closed standard output writes to. */
Test(cli_errors, the_recording_survives_lost_output)
{
    cr_assert_eq(run_to("&-", "explore " V4 " -o closed"), 2);
    cr_assert_eq(run("replay closed"), 1);
    cr_assert_eq(run_to("/dev/full", "explore " V4 " -o full"), 2);
    cr_assert_eq(run("replay full"), 1);
}

/* The reader has gone before the first byte: ended by the signal, as is usual, without a word. */
Test(cli_errors, a_reader_that_leaves)
{
    char command[600];
    snprintf(command, sizeof command, "{ sleep 0.2; '%s' list; echo $? >code; } 2>errors | true",
             IRQWEAVE_PROGRAM);
    cr_assert_eq(system(command), 0);
    int code = atoi(read_text("code"));
    cr_assert(code == 128 + 13 || code == 2, "%d", code); /* 2: SIGPIPE was ignored already */
}

/* A library that says 2.1 comes first in the program; its sanitizer does not mind. */
Test(cli_errors, another_version_of_unicorn_is_refused)
{
    static const char version[] =
        "unsigned uc_version(unsigned *major, unsigned *minor)\n"
        "{ *major = 2; *minor = 1; return 2u << 24 | 1u << 16; }\n";
    file_write("version.c", version, sizeof version - 1);
    cr_assert_eq(system("cc -shared -fPIC -o version.so version.c"), 0);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
    setenv("LD_PRELOAD", "./version.so", 1);
    refuses("explore " V4, "Unicorn 2.1 is not supported");
    refuses("reproduce posted-delivery", "Unicorn 2.1 is not supported");
    cr_assert_eq(run("list"), 0, "what runs no cores needs no Unicorn");
    unsetenv("LD_PRELOAD");
}
