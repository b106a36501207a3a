/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line as a user meets it: exit codes, JSON, recordings, one-line errors. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/files.h"

static char output[1 << 20];

/* Runs the program with these arguments; its output, both streams, goes to `output`. */
static int run(const char *arguments)
{
    char command[2000];
    snprintf(command, sizeof command, "'%s' %s 2>&1", IRQWEAVE_PROGRAM, arguments);
    FILE *f = popen(command, "r");
    cr_assert(f);
    size_t length = fread(output, 1, sizeof output - 1, f);
    output[length] = 0;
    int status = pclose(f);
    cr_assert(WIFEXITED(status), "%s: %s", arguments, output);
    return WEXITSTATUS(status);
}

static void refuses(const char *arguments, const char *message)
{
    cr_assert_eq(run(arguments), 2, "%s: %s", arguments, output);
    cr_assert(strstr(output, message), "%s: %s", arguments, output);
    cr_assert_eq(strchr(output, '\n'), output + strlen(output) - 1, "more than a line: %s", output);
}

Test(cli, exit_codes)
{
    cr_assert_eq(run("explore posted-delivery:V3-cpu"), 0);
    cr_assert_eq(run("explore posted-delivery:V4-cpu"), 1);
    cr_assert_eq(run("explore posted-delivery:V4-cpu --memory sc"), 0);
    char bounded[200], left[FILE_PATH];
    file_make(left);
    unlink(left);
    snprintf(bounded, sizeof bounded,
             "explore posted-delivery:V3-cpu --max-executions 3 --frontier %s", left);
    cr_assert_eq(run(bounded), 3);
    unlink(left);
    cr_assert(strstr(output, "incomplete"));
    cr_assert_eq(run("explore posted-delivery:V3-cpu --max-steps 30"), 3);
    cr_assert_eq(run("explore posted-delivery:V3-cpu --max-preemptions 1"), 3);
    cr_assert(strstr(output, "bounds      preemptions"));
    cr_assert_eq(run("list"), 0);
    cr_assert_eq(run("doctor"), 0);
    cr_assert_eq(run("--version"), 0);
}

Test(cli, wrong_use)
{
    refuses("explor", "did you mean 'explore'?");
    refuses("explore posted-delivery:V1-cp", "did you mean 'V1-cpu'?");
    refuses("explore", "takes one SCENARIO");
    refuses("explore posted-delivery:V1-cpu --memory pso", "'tso' or 'sc'");
    refuses("explore posted-delivery:V1-cpu --knob message-order=lifo", "any, fifo");
    refuses("replay /etc/passwd", "not a recording");
    refuses("replay nothing", "no such file");
    refuses("replay posted-delivery:V1-cpu/tso x0", "schedule, character 1");
    refuses("replay posted-delivery:V1-cpu/tso c0@1", "does not fit");
    refuses("replay 'posted-delivery:V1-cpu/tso#00000000 c0@1'", "was printed for image 00000000");
}

/* as --version: "GNU assembler (GNU Binutils ...) N". Litmus tests cannot run without it. */
Test(cli, doctor_names_the_assembler)
{
    cr_assert_eq(run("doctor"), 0);
    cr_assert(strstr(output, "\nas         GNU assembler "), "%s", output);
    cr_assert_eq(setenv("PATH", "/nowhere", 1), 0);
    cr_assert_eq(run("doctor"), 4);
    cr_assert(strstr(output, "\nas         none\n"), "%s", output);
    cr_assert(strstr(output, "\nlitmus                            cannot run: no assembler 'as'"),
              "%s", output);
}

#define LITMUS IRQWEAVE_SOURCE_DIR "/scenarios/litmus/"

Test(cli, litmus)
{
    cr_assert_eq(run("litmus " LITMUS "sb.litmus " LITMUS "wrc.litmus"), 0);
    cr_assert(strstr(output, "Test sb Allowed\nStates 4\n0:EAX=0; 1:EAX=0;\n"), "%s", output);
    cr_assert(strstr(output, "Observation sb Sometimes 1 3\n"), "%s", output);
    cr_assert(strstr(output, "Observation wrc Always 7 0\n"), "%s", output);
    cr_assert_eq(run("litmus --memory sc " LITMUS "sb.litmus"), 1);
    cr_assert(strstr(output, "States 3\n"), "%s", output);
    cr_assert_eq(run("litmus --max-executions 2 " LITMUS "iriw.litmus"), 3);
    cr_assert(strstr(output, "\nUndecided\n"), "%s", output);
    cr_assert(strstr(output, "Incomplete iriw"), "%s", output);
    refuses("litmus", "takes the files");
    refuses("litmus nowhere.litmus", "nowhere.litmus: cannot be read: No such file");
    refuses("litmus /", "cannot be read");
    refuses("litmus /dev/null", "/dev/null:1: an empty file");
    cr_assert_eq(run("litmus /dev/null " LITMUS "sb.litmus"), 2);
    cr_assert(strstr(output, "Observation sb"), "the other file runs: %s", output);
}

Test(cli, litmus_json_has_the_documented_fields)
{
    static const char *const fields[] = {
        "file", "name", "arch", "threads", "kind", "condition", "states", "all_states",
        "observation", "positive", "negative", "ok", "complete", "bounds", "endless", "executions",
        "steps", "seconds"};
    cr_assert_eq(run("litmus --json " LITMUS "lb.litmus"), 1);
    json_t *object = json_loads(output, 0, NULL);
    json_t *test = json_array_get(json_object_get(object, "tests"), 0);
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++)
        cr_assert(json_object_get(test, fields[i]), "%s", fields[i]);
    cr_assert(json_is_false(json_object_get(test, "ok")));
    cr_assert_str_eq(json_string_value(json_object_get(test, "observation")), "Never");
    cr_assert_eq(json_array_size(json_object_get(test, "states")), 3);
    json_decref(object);
}

/* JSON is UTF-8, names of files and tests need not be. */
Test(cli, litmus_json_loses_no_test)
{
    static const char test[] = "X86 sb\xff\n{ x=0; }\nP0 ;\nMOV EAX,[x] ;\nexists (0:EAX=0)\n";
    folder_enter();
    file_write("sb\xff.litmus", test, sizeof test - 1);
    cr_assert_eq(run("litmus --json ./sb*.litmus ./no\xff"), 2);
    cr_assert(strstr(output, "/sb?.litmus\""), "%s", output);
    cr_assert(strstr(output, "\"name\": \"sb?\""), "%s", output);
    cr_assert(strstr(output, "/no?\""), "%s", output);
    folder_leave();
}

Test(cli, explore_json_has_the_documented_fields)
{
    static const char *const fields[] = {"version", "scenario", "variant", "memory", "algorithm",
                                         "knobs", "verdict", "executions", "steps", "seconds",
                                         "violation"};
    static const char *const of_step[] = {"step", "agent", "pc", "function", "file", "line",
                                          "action"};
    cr_assert_eq(run("explore posted-delivery:V1-cpu --json"), 1);
    json_t *object = json_loads(output, 0, NULL);
    cr_assert(json_is_object(object));
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++)
        cr_assert(json_object_get(object, fields[i]), "%s", fields[i]);
    json_t *violation = json_object_get(object, "violation");
    json_t *first = json_array_get(json_object_get(violation, "interleaving"), 0);
    for (unsigned i = 0; i < sizeof of_step / sizeof *of_step; i++)
        cr_assert(json_object_get(first, of_step[i]), "%s", of_step[i]);
    cr_assert_str_eq(json_string_value(json_object_get(violation, "invariant")), "PI-1");
    json_decref(object);
}

static json_t *sample_of(const char *arguments, int status)
{
    cr_assert_eq(run(arguments), status, "%s: %s", arguments, output);
    json_t *object = json_loads(output, 0, NULL);
    cr_assert(json_is_object(object), "%s", output);
    return object;
}

static long long number(const json_t *object, const char *field)
{
    cr_assert(json_is_integer(json_object_get(object, field)), "%s", field);
    return json_integer_value(json_object_get(object, field));
}

/* A sample says how it was drawn and what that guarantees; 1/(n * k^(d-1)) is computed here again. */
Test(cli, samples_say_what_they_guarantee)
{
    json_t *object = sample_of("explore posted-delivery:V3-cpu --algorithm pct --json", 3);
    json_t *sample = json_object_get(object, "sample");
    double agents = (double)number(sample, "agents"), steps = (double)number(sample, "k");
    cr_assert_leq(number(sample, "longest"), number(sample, "k"));
    cr_assert_str_eq(json_string_value(json_object_get(object, "verdict")), "incomplete");
    cr_assert_str_eq(json_string_value(json_array_get(json_object_get(object, "bounds"), 0)),
                     "sampled");
    cr_assert_eq(number(sample, "seed"), 1);
    cr_assert_eq(number(sample, "pct_depth"), 3);
    cr_assert_eq(number(json_object_get(object, "executions"), "complete"), 1000);
    cr_assert_float_eq(json_real_value(json_object_get(sample, "probability")),
                       1 / (agents * steps * steps), 1e-9);
    json_decref(object);

    object = sample_of("explore posted-delivery:V3-cpu --algorithm random --seed 5 "
                       "--max-executions 100 --json", 3);
    sample = json_object_get(object, "sample");
    cr_assert_eq(number(sample, "seed"), 5);
    cr_assert(json_is_null(json_object_get(sample, "pct_depth")));
    cr_assert(json_is_null(json_object_get(sample, "probability")));
    cr_assert_eq(strncmp(json_string_value(json_object_get(sample, "guarantee")), "none", 4), 0);
    json_decref(object);

    cr_assert_eq(run("explore posted-delivery:V3-cpu --algorithm pct"), 3);
    cr_assert(strstr(output, "seed 1;"));
    cr_assert(strstr(output, "guarantee   if there is a violation of depth 3"));
}

static char *schedule_of(const char *arguments)
{
    json_t *object = sample_of(arguments, 1);
    json_t *violation = json_object_get(object, "violation");
    char *schedule = strdup(json_string_value(json_object_get(violation, "schedule")));
    json_decref(object);
    return schedule;
}

static unsigned words(const char *text)
{
    unsigned count = 1;
    for (; (text = strchr(text, ' ')); text++)
        count++;
    return count;
}

/* The schedule of a walk has more switches than the shortest: each is a word of it. */
Test(cli, schedules_can_be_left_as_they_were_found)
{
    static const char walk[] = "explore posted-delivery:V1-cpu --algorithm random --max-executions "
                               "200 --json";
    char arguments[2000];
    char *minimised = schedule_of(walk);
    snprintf(arguments, sizeof arguments, "%s --no-minimise", walk);
    char *raw = schedule_of(arguments);
    cr_assert_gt(words(raw), words(minimised), "%s, %s", raw, minimised);
    snprintf(arguments, sizeof arguments, "replay '%s'", raw);
    cr_assert_eq(run(arguments), 1);
    cr_assert(strstr(output, "PI-1"), "%s", output);
    free(minimised);
    free(raw);
}

/* The ledger of what was posted is for the obligations: here only the sender touches it. */
Test(cli, explore_leaves_out_what_only_one_cpu_can_tell)
{
    static const char *const heart[] = {"writes vcpu0.mode = IN_GUEST", "~ store reaches memory: vcpu0.mode",
                                        "pid0.pir[1] {} -> {0x41}", "pid0.control {} -> {ON}"};
    cr_assert_eq(run("explore posted-delivery:V4-cpu --all-steps"), 1);
    cr_assert(strstr(output, "writes ledger.posted") && !strstr(output, "\n ...\n"), "%s", output);
    cr_assert_eq(run("explore posted-delivery:V4-cpu"), 1);
    cr_assert(!strstr(output, "ledger.posted") && strstr(output, "\n ...\n"), "%s", output);
    for (unsigned i = 0; i < sizeof heart / sizeof *heart; i++)
        cr_assert(strstr(output, heart[i]), "no \"%s\" in %s", heart[i], output);
}

/* The printed command, the recording, and the recording once more: the same steps. */
Test(cli, recordings_and_schedules_replay_alike)
{
    char path[FILE_PATH], arguments[600];
    file_make(path);
    snprintf(arguments, sizeof arguments, "explore posted-delivery:V4-cpu -o %s", path);
    cr_assert_eq(run(arguments), 1);
    char *from = strstr(output, "replay '"), schedule[400];
    cr_assert(from);
    snprintf(schedule, sizeof schedule, "%.*s", (int)strcspn(from + 8, "'"), from + 8);

    snprintf(arguments, sizeof arguments, "replay %s", path);
    cr_assert_eq(run(arguments), 1);
    char *first = strdup(output);
    cr_assert(strstr(first, "! not seen, in CPU0's store"), "%s", first);
    cr_assert_eq(run(arguments), 1);
    cr_assert_str_eq(output, first);
    snprintf(arguments, sizeof arguments, "replay '%s'", schedule);
    cr_assert_eq(run(arguments), 1);
    cr_assert_str_eq(output, first);
    free(first);
    unlink(path);
}

Test(cli, nothing_found_writes_no_recording)
{
    char path[FILE_PATH], arguments[200];
    file_make(path);
    unlink(path);
    snprintf(arguments, sizeof arguments, "explore posted-delivery:V3-cpu -o %s", path);
    cr_assert_eq(run(arguments), 0);
    cr_assert_neq(access(path, F_OK), 0);
}

#ifdef __SANITIZE_ADDRESS__
/* The launcher builds release before the sanitizer form; images are the same bytes in both. */
Test(cli, a_schedule_replays_to_the_same_trace_in_release)
{
    static char own[sizeof output];
    static const char *const variants[] = {"V1-cpu", "V2-device", "V4-cpu", "V6b-request"};
    for (unsigned i = 0; i < sizeof variants / sizeof *variants; i++) {
        char file[FILE_PATH], arguments[300];
        file_make(file);
        snprintf(arguments, sizeof arguments, "explore posted-delivery:%s -o %s", variants[i], file);
        cr_assert_eq(run(arguments), 1);
        snprintf(arguments, sizeof arguments, "replay %s --json", file);
        cr_assert_eq(run(arguments), 1);
        strcpy(own, output);
        FILE *f;
        snprintf(arguments, sizeof arguments,
                 "IRQWEAVE_IMAGES='' " IRQWEAVE_SOURCE_DIR "/build/release/irqweave replay %s --json",
                 file);
        f = popen(arguments, "r");
        cr_assert(f);
        output[fread(output, 1, sizeof output - 1, f)] = 0;
        cr_assert_eq(WEXITSTATUS(pclose(f)), 1);
        cr_assert_str_eq(output, own, "%s", variants[i]);
        unlink(file);
    }
}
#endif

Test(cli, bench_explore)
{
    cr_assert_eq(run("bench explore --only sbn-4 --json"), 0);
    json_t *all = json_loads(output, 0, NULL);
    json_t *row = json_array_get(json_object_get(all, "programs"), 0);
    cr_assert_str_eq(json_string_value(json_object_get(row, "name")), "sbn-4");
    cr_assert_eq(json_integer_value(json_object_get(row, "complete")), 16);
    cr_assert_eq(json_integer_value(json_object_get(row, "oracle")), 16);
    cr_assert(json_is_true(json_object_get(row, "good")));
    json_decref(all);
    /* Plain DFS does not count what is inequivalent: the comparison can fail. */
    cr_assert_eq(run("bench explore --only seql-1-1 --algorithm dfs"), 1);
    cr_assert(strstr(output, "DIFFERS"));
    refuses("bench explore --only sbn-99", "sbn-N, N from 2 to 32 is right");
    refuses("bench explore --only snb-4", "no program 'snb-4'");
    refuses("bench explore grow", "nothing or 'growth' is right");
    refuses("bench explore growth --only sbn-4", "--only");
}
