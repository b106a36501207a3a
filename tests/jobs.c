/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --jobs, --resume and --frontier as a user meets them: the same JSON for any number of processes,
 * and after an interruption; what cannot be gone on with is refused.
 */
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "tests/cli_fixture.h"

#define LEFT "posted-delivery-V3-both.frontier"

TestSuite(jobs, .init = folder_enter, .fini = folder_leave, .timeout = 300);

/* What was printed, without what may differ. */
static json_t *result(void)
{
    json_t *object = json_load_file("out", 0, NULL);
    cr_assert(object);
    cr_assert_eq(json_object_del(object, "seconds"), 0);
    return object;
}

static long long complete(const json_t *object)
{
    return json_integer_value(json_object_get(json_object_get(object, "executions"), "complete"));
}

Test(jobs, same_json_for_any_number)
{
    cr_assert_eq(run("explore posted-delivery:V3-both --json --jobs 1"), 0);
    json_t *one = result();
    for (unsigned jobs = 2; jobs <= 4; jobs += 2) {
        char arguments[100];
        snprintf(arguments, sizeof arguments, "explore posted-delivery:V3-both --json --jobs %u",
                 jobs);
        cr_assert_eq(run(arguments), 0);
        json_t *several = result();
        cr_assert(json_equal(one, several), "%u jobs", jobs);
        json_decref(several);
    }
    cr_assert_gt(complete(one), 4096, "a task's worth: nothing was shared");
    json_decref(one);
}

Test(jobs, same_json_after_an_interruption)
{
    cr_assert_eq(run("explore posted-delivery:V3-both --json"), 0);
    json_t *whole = result();
    cr_assert_eq(run("explore posted-delivery:V3-both --json --max-executions 6000"), 3);
    json_t *part = result();
    cr_assert_str_eq(json_string_value(json_object_get(part, "verdict")), "incomplete");
    cr_assert_str_eq(json_string_value(json_object_get(part, "frontier")), LEFT);
    cr_assert_eq(complete(part) + json_integer_value(json_object_get(
                     json_object_get(part, "executions"), "blocked")), 6000);
    read_text("errors");
    cr_assert(strstr(text, "--resume '" LEFT "'"), "%s", text);
    cr_assert_eq(run("explore --resume " LEFT " --max-seconds 0.01 --jobs 2"), 3);
    cr_assert_eq(run("explore --resume " LEFT " --json --jobs 2"), 0);
    json_t *resumed = result();
    cr_assert(json_equal(whole, resumed));
    has_one_line("the file stays", "everything has been explored; '" LEFT "' is not needed");
    cr_assert_eq(access(LEFT, F_OK), 0);
    json_decref(whole);
    json_decref(part);
    json_decref(resumed);
}

/* Does the process have a handler for SIGINT? */
static bool catches_interrupt(pid_t pid)
{
    char name[60], line[200];
    unsigned long long caught = 0;
    snprintf(name, sizeof name, "/proc/%d/status", (int)pid);
    FILE *f = fopen(name, "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "SigCgt: %llx", &caught);
    if (f)
        fclose(f);
    return caught >> (SIGINT - 1) & 1;
}

/* The exit code of an exploration that gets a Ctrl-C as soon as it listens; its JSON goes to `out`. */
static int interrupt_at_once(const char *what, int signal)
{
    pid_t pid = fork();
    if (pid == 0) {
        dup2(open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
        dup2(open("errors", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
        execl(IRQWEAVE_PROGRAM, "irqweave", "explore", what, "--json", "--jobs", "2", NULL);
        _exit(127);
    }
    int status;
    while (!catches_interrupt(pid))
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    kill(pid, signal);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

Test(jobs, ctrl_c_at_the_start_prints_json_and_leaves_all)
{
    cr_assert_eq(interrupt_at_once("posted-delivery:V3-both", SIGINT), 3);
    json_t *part = result();
    cr_assert_str_eq(json_string_value(json_object_get(part, "verdict")), "incomplete");
    cr_assert_str_eq(json_string_value(json_object_get(part, "frontier")), LEFT);
    cr_assert_eq(run("explore posted-delivery:V3-both --json"), 0);
    json_t *whole = result();
    cr_assert_eq(run("explore --resume " LEFT " --json"), 0);
    json_t *resumed = result();
    cr_assert(json_equal(whole, resumed));
    json_decref(part);
    json_decref(whole);
    json_decref(resumed);
}

/* Of all variants: one that could not finish is incomplete. A SIGTERM to this process alone is enough. */
Test(jobs, an_interruption_reaches_all_variants)
{
    int status = interrupt_at_once("posted-delivery", SIGTERM);
    cr_assert(status == 3 || status == 1, "%d", status);
    json_t *object = json_load_file("out", 0, NULL), *all = json_object_get(object, "runs"), *run;
    unsigned incomplete = 0;
    size_t i;
    json_array_foreach(all, i, run) {
        const char *verdict = json_string_value(json_object_get(run, "verdict"));
        cr_assert(verdict, "%s", json_string_value(json_object_get(run, "error")));
        incomplete += !strcmp(verdict, "incomplete");
    }
    cr_assert_eq(i, 25, "variants of scenario.yaml");
    cr_assert_gt(incomplete, 0);
    json_decref(object);
}

static int interrupt(unsigned jobs)
{
    char number[10];
    snprintf(number, sizeof number, "%u", jobs);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open("errors", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(fd, STDERR_FILENO);
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        execl(IRQWEAVE_PROGRAM, "irqweave", "explore", "posted-delivery:V0-cpu2", "--jobs", number,
              "--frontier", "left", NULL);
        _exit(127);
    }
    int status;
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL); /* it takes several times as long */
    kill(pid, SIGINT);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

Test(jobs, ctrl_c_leaves_a_frontier)
{
    for (unsigned jobs = 1; jobs <= 2; jobs++) {
        cr_assert_eq(interrupt(jobs), 3);
        read_text("errors");
        cr_assert(strstr(text, "--resume 'left'"), "%s", text);
        cr_assert_eq(run("explore --resume left --max-executions 10 --json"), 3);
        cr_assert_eq(unlink("left"), 0);
    }
}

Test(jobs, nothing_is_overwritten)
{
    cr_assert_eq(run("explore posted-delivery:V3-cpu --max-executions 3"), 3);
    cr_assert_eq(run("explore posted-delivery:V3-cpu --max-executions 4"), 3);
    cr_assert_eq(access("posted-delivery-V3-cpu.frontier", F_OK), 0);
    cr_assert_eq(access("posted-delivery-V3-cpu.2.frontier", F_OK), 0);
    refuses("explore posted-delivery:V3-cpu --frontier posted-delivery-V3-cpu.frontier", "exists");
    refuses("explore posted-delivery:V3-cpu --frontier /nowhere/f", "cannot be written");
    refuses("explore posted-delivery --frontier f", "needs one variant");
}

/* Batches are divided from 1,024 executions on; the last here is cut short by the bound. */
Test(jobs, samples_are_the_same_for_any_number)
{
    static const char *const how[] = {"V4-cpu --algorithm pct --max-executions 6000",
                                      "V4-cpu --algorithm random --max-executions 6000",
                                      "V3-cpu2 --algorithm pct --max-executions 6000"};
    for (unsigned i = 0; i < sizeof how / sizeof *how; i++) {
        char arguments[200];
        int status = i < 2 ? 1 : 3;
        snprintf(arguments, sizeof arguments, "explore posted-delivery:%s --json --jobs 1", how[i]);
        cr_assert_eq(run(arguments), status);
        json_t *one = result();
        cr_assert_eq(complete(one), 6000);
        for (unsigned jobs = 2; jobs <= 3; jobs++) {
            snprintf(arguments, sizeof arguments, "explore posted-delivery:%s --json --jobs %u", how[i], jobs);
            cr_assert_eq(run(arguments), status);
            json_t *several = result();
            cr_assert(json_equal(one, several), "%s, %u jobs", how[i], jobs);
            json_decref(several);
        }
        json_decref(one);
    }
}

/* How many fit into the time is not known, but none is lost, and the bound is named. */
Test(jobs, a_sample_ends_with_the_time)
{
    cr_assert_eq(run("explore posted-delivery:V3-cpu2 --algorithm pct --max-seconds 0.5 --json --jobs 2"), 3);
    json_t *object = result();
    cr_assert_gt(complete(object), 100);
    json_t *drawn = json_object_get(json_object_get(object, "sample"), "executions");
    cr_assert_leq(json_integer_value(drawn), complete(object));
    json_decref(object);
}

/* Nothing is left to go on with. */
Test(jobs, samples_and_few_preemptions_leave_no_frontier)
{
    cr_assert_eq(run("explore posted-delivery:V3-both --algorithm random --max-executions 5 --jobs 2"),
                 3);
    cr_assert_neq(access(LEFT, F_OK), 0);
    cr_assert_eq(run("explore posted-delivery:V3-both --max-preemptions 1 --max-executions 5"), 3);
    cr_assert_neq(access(LEFT, F_OK), 0);
    refuses("explore posted-delivery:V3-both --algorithm pct --frontier f", "a sample is not kept");
    refuses("explore posted-delivery:V3-both --max-preemptions 1 --frontier f",
            "--max-preemptions is not kept");
}

/* The frontier with a text in it replaced by one of the same length. */
static void forge(const char *from, const char *to)
{
    size_t length = file_read(LEFT, text, sizeof text);
    char *at = strstr(text, from);
    cr_assert(at, "%s", from);
    memcpy(at, to, strlen(to));
    file_write("forged", text, length);
}

/* Both versions are named. */
static void refuses_another_program(void)
{
    char own[40], said[120];
    cr_assert_eq(run("--version"), 0);
    cr_assert_eq(sscanf(read_text("out"), "irqweave %39s", own), 1);
    snprintf(said, sizeof said, "written by irqweave 9%s, this is %s,", own + 1, own);
    forge("\"program\": \"", "\"program\": \"9");
    refuses("explore --resume forged", said);
}

Test(jobs, frontiers_of_others_are_refused)
{
    cr_assert_eq(run("explore posted-delivery:V3-both --max-executions 5000"), 3);
    refuses_another_program();
    forge("\"image\": \"", "\"image\": \"0123456789abcdef");
    refuses("explore --resume forged", "0123456789abcdef");
    forge("\"variant\": \"V3-both\"", "\"variant\": \"V3-bath\"");
    refuses("explore --resume forged", "V3-bath");
    refuses("explore --resume nothing", "cannot be opened");
    refuses("explore --resume /etc/passwd", "not a frontier");
    refuses("explore posted-delivery:V1-cpu --resume " LEFT, "not of posted-delivery:V1-cpu");
    refuses("explore --resume " LEFT " --memory sc", "--memory cannot go with --resume");
    refuses("explore --resume " LEFT " --algorithm source", "--algorithm cannot go with");
    refuses("explore --resume " LEFT " --max-preemptions 1", "--max-preemptions cannot go with");
    refuses("explore posted-delivery:V1-cpu --jobs 0", "a whole number above 0");
    refuses("explore posted-delivery:V1-cpu --jobs 65", "at most 64");
    refuses("replay " LEFT, "not a recording");
}
