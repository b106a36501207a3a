/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scenario.yaml: errors that name the place and what would be right; names; constants. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/states.h"
#include "tests/support/files.h"

static char error[SCENARIO_ERROR];

/* Between the invariants and the number of the thread's CPU. */
#define REST "\n"                      \
             "obligations: []\n"       \
             "variants:\n"             \
             "  - name: a\n"           \
             "    summary: s\n"        \
             "    image: v1\n"         \
             "    threads: [{cpu: "

static const char GOOD[] = "name: x\n"
                           "summary: y\n"
                           "invariants: [PI-1]" REST "0, function: f}]\n"
                           "    expected: {tso: safe, sc: safe}\n";

/* GOOD with `from` replaced; the message goes to `error`, "" if the file was accepted. */
static const char *judge(const char *from, const char *to)
{
    char path[FILE_PATH], text[sizeof GOOD + 200], *message = error;
    const char *at = strstr(GOOD, from);
    cr_assert(at);
    int size = snprintf(text, sizeof text, "%.*s%s%s", (int)(at - GOOD), GOOD, to,
                        at + strlen(from));
    file_make(path);
    file_write(path, text, (size_t)size);
    error[0] = 0;
    scenario_free(scenario_load_file(path, error));
    unlink(path);
    if (!strncmp(error, path, strlen(path)))
        message += strlen(path);
    return message;
}

Test(scenario_file, accepts_what_is_right)
{
    cr_assert_str_eq(judge("name: x", "name: x"), "");
}

#define DEVICE(text) "0, function: f}]\n    devices: [" text "]\n"
#define THREAD "0, function: f}]\n"

Test(scenario_file, devices_post_or_send_msis)
{
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 3, count: 2, vector: 0x41}]}")), "");
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 65535}]}, {posts: [0x41]}")), "");
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 65536}]}")),
                     ":6: variant a: handle 65536; 0 to 65535 are right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 0, vector: 8}]}")),
                     ":6: variant a: vector 8 of an MSI; 16 to 255 are right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 0, count: 17}]}")),
                     ":6: variant a: a device with more than 16 MSIs");
    cr_assert_str_eq(judge(THREAD, DEVICE("{}")),
                     ":6: variant a: device 0 has neither 'posts' nor 'msi'; one of the two is right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{posts: [0x41], msi: [{handle: 0}]}")),
                     ":6: variant a: device 0 has 'posts' and 'msi'; one of the two is right");
    /* Five devices at most, one of which is the unit. */
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 0}]}, {posts: [1]}, {posts: [1]}, "
                                          "{posts: [1]}, {posts: [1]}")),
                     ":6: variant a: 5 devices and a VT-d unit; 4 devices are right");
}

Test(scenario_file, names_line_and_remedy)
{
    cr_assert_str_eq(judge("threads:", "thread:"),
                     ":9: Unexpected key: thread; did you mean 'threads'?");
    cr_assert_str_eq(judge("tso: safe", "tso: save"),
                     ":10: Invalid ENUM value: save; 'safe' or 'violation' is right");
    cr_assert_str_eq(judge("PI-1", "PI-7"),
                     ":3: unknown invariant 'PI-7'; known are PI-1, PI-2, PI-3, MODE-1");
    cr_assert_str_eq(judge("cpu: 0", "cpu: 32"), ":6: variant a: cpu 32; there are 0 to 31");
    /* Two agents a core and one message slot a core make 3 * 21 of 64. */
    cr_assert_str_eq(judge("[PI-1]" REST "0", "[]" REST "20"), "");
    cr_assert_str_eq(judge("cpu: 0", "cpu: 21"),
                     ":6: variant a: 22 cores and 0 devices leave no room for interrupt messages; "
                     "with so many devices 21 cores are right");
    /* scenarios/invariants.h: what invariants read of 9 cores fits into a footprint. */
    cr_assert_str_eq(judge("cpu: 0", "cpu: 8"), "");
    cr_assert_str_eq(judge("cpu: 0", "cpu: 9"),
                     ":6: variant a: 10 cores; with invariants at most 9 are right");
    cr_assert_str_eq(judge("image: v1", "image: ../v1"),
                     ":8: image name '../v1': only letters, digits, - _ .");
    cr_assert_str_eq(judge("function: f}", "function: f}, {cpu: 0, function: g}"),
                     ":6: variant a: two threads on cpu 0; one is right");
    cr_assert_str_eq(judge(GOOD, ""), ": empty; it begins with 'name: ...'");
}

Test(scenario_file, unknown_names_get_the_nearest)
{
    const struct scenario_variant *variant;
    cr_assert_eq(scenario_open("posted-delivry", &variant, error), NULL);
    cr_assert_str_eq(error, "unknown scenario 'posted-delivry': did you mean 'posted-delivery'?");
    cr_assert_eq(scenario_open("posted-delivery:V3-cpuu", &variant, error), NULL);
    cr_assert(strstr(error, "did you mean 'V3-cpu'?"), "%s", error);
    struct scenario *s = scenario_open("posted-delivery:v3-CPU", &variant, error);
    cr_assert(s, "%s", error);
    cr_assert_str_eq(variant->name, "V3-cpu");
    scenario_free(s);
}

Test(scenario_file, nearest_is_near)
{
    const char *const names[] = {"explore", "replay", "list"};
    cr_assert_str_eq(nearest_name("exlpore", names, 3), "explore");
    cr_assert_str_eq(nearest_name("rpelay", names, 3), "replay");
    cr_assert_eq(nearest_name("zzzzzzzz", names, 3), NULL);
}

/* ---- Constants that scenarios/states.h repeats ---- */

static long defined_as(const char *file, const char *name)
{
    char path[400], line[400], word[80];
    long value = -1;
    snprintf(path, sizeof path, "%s/%s", IRQWEAVE_SOURCE_DIR, file);
    FILE *f = fopen(path, "r");
    cr_assert(f, "%s", path);
    while (fgets(line, sizeof line, f)) {
        char number[40];
        if (sscanf(line, "#define %79s %39s", word, number) == 2 && !strcmp(word, name))
            value = strtol(number, NULL, 0);
    }
    fclose(f);
    return value;
}

Test(scenario_file, constants_are_those_of_the_code_under_test)
{
    static const char host[] = "kvm/logic/kvm_host.h", vectors[] = "kvm/runtime/vectors.h";
    cr_assert_eq(defined_as(host, "OUTSIDE_GUEST_MODE"), OUTSIDE_GUEST_MODE);
    cr_assert_eq(defined_as(host, "IN_GUEST_MODE"), IN_GUEST_MODE);
    cr_assert_eq(defined_as(host, "EXITING_GUEST_MODE"), EXITING_GUEST_MODE);
    cr_assert_eq(defined_as(host, "KVM_REQ_EVENT"), KVM_REQ_EVENT);
    cr_assert_eq(defined_as(vectors, "POSTED_INTR_VECTOR"), POSTED_INTR_VECTOR);
    cr_assert_eq(defined_as(vectors, "RESCHEDULE_VECTOR"), RESCHEDULE_VECTOR);
}
