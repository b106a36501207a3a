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
    char path[FILE_PATH], text[sizeof GOOD + 300], *message = error;
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
#define ONE_OF "one of 'posts', 'msi', 'line', 'local', 'apic_timer', 'vmx_timer' is right"
#define INVARIANTS                                                                                            \
    "PI-1, PI-2, PI-3, MODE-1, MODE-2, LIVE-1, WAIT-1, AVIC-1, AVIC-2, AVIC-3, AVIC-4, AVIC-5, N-2, N-3, N-4, " \
    "N-5, APICV-1, APICV-2, APICV-3, APICV-4"
/* Of a variant, in the order of docs/scenario-file.md. */
#define VARIANT_KEYS "there are name, summary, image, cores, threads, devices, machine, needs, invariants, sample, expected"

#define KEY(text) "0, function: f}]\n    " text "\n"

Test(scenario_file, devices_drive_local_sources)
{
    cr_assert_str_eq(judge(THREAD, DEVICE("{local: {cpu: 0, entry: lint0, script: [assert, release]}}")), "");
    cr_assert_str_eq(judge(THREAD, DEVICE("{local: {cpu: 0, entry: pmc, script: [pulse]}}")), "");
    cr_assert_str_eq(judge(THREAD, DEVICE("{local: {cpu: 1, entry: lint0, script: [pulse]}}")),
                     ":6: variant a: an entry of cpu 1; 0 to 0 are right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{local: {cpu: 0, entry: cmci, script: [pulse, assert]}}")),
                     ":6: variant a: an action of a source that has no level; only 'pulse' is right");
    cr_assert_str_neq(judge(THREAD, DEVICE("{local: {cpu: 0, entry: timer, script: [pulse]}}")), "");
}

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
                     ":6: variant a: device 0 is nothing; " ONE_OF);
    cr_assert_str_eq(judge(THREAD, DEVICE("{posts: [0x41], msi: [{handle: 0}]}")),
                     ":6: variant a: device 0 is more than one thing; " ONE_OF);
    /* Five devices at most, one of which is the unit. */
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 0}]}, {posts: [1]}, {posts: [1]}, "
                                          "{posts: [1]}, {posts: [1]}")),
                     ":6: variant a: 5 devices and a VT-d unit; 4 devices are right");
}

Test(scenario_file, lines_and_timers)
{
    cr_assert_str_eq(judge(THREAD, DEVICE("{line: {pin: 23, script: [assert, release, pulse]}}")), "");
    cr_assert_str_eq(judge(THREAD, DEVICE("{line: {pin: 24, script: [assert]}}")),
                     ":6: variant a: pin 24; 0 to 23 are right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{apic_timer: {cpu: 0, ticks: 3}}, {vmx_timer: {cpu: 0}}")), "");
    cr_assert_str_eq(judge(THREAD, DEVICE("{apic_timer: {cpu: 1}}")),
                     ":6: variant a: a timer of cpu 1; 0 to 0 are right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{vmx_timer: {cpu: 0}}, {vmx_timer: {cpu: 0}}")),
                     ":6: variant a: two such timers of cpu 0; one is right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{vmx_timer: {cpu: 0, ticks: 2}}")),
                     ":6: variant a: 'ticks' of a VMX-preemption timer; only APIC timers have them");
    /* Five devices at most, one of which is the I/O APIC and one the unit. */
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 0}]}, {line: {pin: 1, script: [pulse]}}, "
                                          "{posts: [1]}, {posts: [1]}")),
                     ":6: variant a: 4 devices and a VT-d unit and an I/O APIC; 3 devices are right");
}

/* Of a machine without devices. */
#define ALWAYS "x2apic, vmx, apic-access-page, x2apic-virtualization, apic-register-virtualization, " \
               "virtual-interrupt-delivery, "
#define REMOVABLE "apic-access-page, x2apic-virtualization, apic-register-virtualization, " \
                  "virtual-interrupt-delivery, posted-interrupts, ipi-virtualization"

Test(scenario_file, features_that_the_machine_lacks)
{
    cr_assert_str_eq(judge(THREAD, KEY("needs: [x2apic, posted-interrupts]")), "");
    cr_assert_str_eq(judge(THREAD, KEY("needs: [io-apic]")),
                     ":10: variant a needs io-apic, which its machine lacks; it has " ALWAYS
                     "posted-interrupts, ipi-virtualization");
    cr_assert_str_eq(judge(THREAD, DEVICE("{line: {pin: 1, script: [pulse]}}]\n    needs: [io-apic")), "");
    cr_assert_str_eq(judge(THREAD, DEVICE("{vmx_timer: {cpu: 0}}]\n    needs: [vmx-preemption-timer")), "");
    /* A processor offers the control where each core has one. */
    cr_assert_str_eq(judge(THREAD, DEVICE("{vmx_timer: {cpu: 0}}]\n    cores: 2\n"
                                          "    needs: [vmx-preemption-timer")),
                     ":12: variant a needs vmx-preemption-timer, which its machine lacks; it has " ALWAYS
                     "posted-interrupts, ipi-virtualization");
    cr_assert_str_eq(judge(THREAD, KEY("needs: [ept]")),
                     ":10: variant a needs 'ept', which is not modelled; there are " ALWAYS
                     "posted-interrupts, ipi-virtualization, vmx-preemption-timer, apic-timer, io-apic, vt-d");
    /* Of the scenario, for each variant. */
    cr_assert_str_eq(judge("obligations: []\n", "obligations: []\nneeds: [vt-d]\n"),
                     ":5: variant a needs vt-d, which its machine lacks; it has " ALWAYS
                     "posted-interrupts, ipi-virtualization");
}

/* Wherever else the name stands: the file begins with its name, and has a summary. */
Test(scenario_file, each_message_is_of_the_line_of_its_field)
{
    cr_assert_str_eq(judge(THREAD, KEY("machine: {vendor: a}")),
                     ":10: variant a has a machine by 'a'; intel and amd are modelled");
    cr_assert_str_eq(judge(THREAD, KEY("machine: {vendor: amd, errata: [s]}")),
                     ":10: variant a has erratum 's'; there are 1235, x2avic-lvtt");
    cr_assert_str_eq(judge(THREAD, KEY("machine: {vendor: amd}\n    devices: [{vmx_timer: {cpu: 0}}]")),
                     ":11: variant a has a device of 'vmx-preemption-timer', which a machine with vendor: amd "
                     "does not know");
    cr_assert_str_eq(judge("obligations: []\n", "obligations: []\nneeds: [s]\n"),
                     ":5: variant a needs 's', which is not modelled; there are " ALWAYS
                     "posted-interrupts, ipi-virtualization, vmx-preemption-timer, apic-timer, io-apic, vt-d");
}

Test(scenario_file, features_that_a_machine_is_without)
{
    cr_assert_str_eq(judge(THREAD, KEY("machine: {without: [ipi-virtualization]}\n"
                                       "    needs: [posted-interrupts]")), "");
    cr_assert_str_eq(judge(THREAD, KEY("machine: {without: [ipi-virtualization]}\n"
                                       "    needs: [ipi-virtualization]")),
                     ":11: variant a needs ipi-virtualization, which its machine lacks; it has " ALWAYS
                     "posted-interrupts");
    /* SDM vol. 3, 26.2.1.1: posted interrupts are nothing without virtual-interrupt delivery. */
    cr_assert_str_eq(judge(THREAD, KEY("machine: {without: [virtual-interrupt-delivery]}\n"
                                       "    needs: [posted-interrupts]")),
                     ":11: variant a needs posted-interrupts, which its machine lacks; it has x2apic, vmx, "
                     "apic-access-page, x2apic-virtualization, apic-register-virtualization, "
                     "ipi-virtualization");
    cr_assert_str_eq(judge(THREAD, KEY("machine: {without: [x2apic]}")),
                     ":10: variant a runs without 'x2apic'; what can be left out is " REMOVABLE);
}

#define RULE(text) "[PI-1, {" text "}]"

Test(scenario_file, rules_are_names_or_expressions)
{
    cr_assert_str_eq(judge("[PI-1]", RULE("name: mine, holds: \"vcpu0.mode == 1 => core0.pending(0xf2)\"")), "");
    cr_assert_str_eq(judge("[PI-1]", RULE("name: mine, holds: v, at: [vm-entry, leave-post]")), "");
    cr_assert_str_eq(judge("[PI-1]", "\n  - PI-1\n  - \"MODE-1\"\n  - name: mine\n    holds: v"), "");
    cr_assert_str_eq(judge("obligations: []", "obligations: [posted-handled, {name: mine, holds: v}]"), "");
    cr_assert_str_eq(judge("summary: y", "summary: \xc3\xa4\xe2\x86\x92y"), "", "characters of several bytes before them");
}

Test(scenario_file, wrong_rules_are_refused)
{
    cr_assert_str_eq(judge("[PI-1]", RULE("name: mine, holds: \"v = 1\"")), ":3: invariant mine: '= 1': '==' is right");
    cr_assert_str_eq(judge("[PI-1]", "[PI-1,\n {name: mine,\n holds: v w}]"),
                     ":4: invariant mine: 'w': an operator is right here: => || && == != < <= > >= | & + -");
    cr_assert_str_eq(judge("[PI-1]", RULE("name: PI-2, holds: v")),
                     ":3: invariant 'PI-2' has the name of one of the library; another name is right");
    cr_assert_str_eq(judge("[PI-1]", RULE("name: mine, at: [vm-entry]")), ":3: invariant mine: 'at' is for what has 'holds' as well");
    cr_assert_str_eq(judge("[PI-1]", RULE("name: mine, holds: v, at: [vm-entri]")),
                     ":3: invariant mine: no event 'vm-entri'; there are vm-entry, leave-post, leave-notify, leave-sync, "
                     "leave-kick, leave-block, leave-wake, leave-ir");
    cr_assert_str_eq(judge("[PI-1]", RULE("name: mine, hold: v")), ":3: Unexpected key: hold; did you mean 'holds'? there are name, holds, at");
    cr_assert_str_eq(judge("[PI-1]", "[PI-1, PI-1]"), ":3: two rules are called 'PI-1'");
    cr_assert_str_eq(judge("[PI-1]", RULE("name: a b, holds: v")), ":3: invariant name 'a b': only letters, digits, - _ .");
    cr_assert(strstr(judge("obligations: []", "obligations: [{name: mine, holds: v, at: [vm-entry]}]"),
                     "an obligation is due when everything is at rest"));
    cr_assert(strstr(judge("[PI-1]", RULE("name: a23456789012345678901234567890123, holds: v")), "more than 31 characters"));
}

Test(scenario_file, names_line_and_remedy)
{
    cr_assert_str_eq(judge("threads:", "thread:"),
                     ":9: Unexpected key: thread; did you mean 'threads'? " VARIANT_KEYS);
    cr_assert_str_eq(judge("tso: safe", "tso: save"),
                     ":10: Invalid ENUM value: save; 'safe' or 'violation' is right");
    cr_assert_str_eq(judge("PI-1", "PI-7"),
                     ":3: unknown invariant 'PI-7'; known are " INVARIANTS "; or {name: NAME, holds: EXPRESSION}");
    cr_assert_str_eq(judge("cpu: 0", "cpu: 32"),
                     ":6: variant a: cpu 32; with 0 devices and invariants 0 to 8 are right");
    /* Two agents a core and one message slot a core make 3 * 21 of 64. */
    cr_assert_str_eq(judge("[PI-1]" REST "0", "[]" REST "20"), "");
    cr_assert_str_eq(judge("[PI-1]" REST "0", "[]" REST "21"),
                     ":6: variant a: cpu 21; with 0 devices 0 to 20 are right");
    cr_assert_str_eq(judge("[PI-1]" REST "0, function: f}]", "[]" REST "1, function: f}]\n    cores: 1"),
                     ":6: variant a: 1 cores; with 0 devices 2 to 21 are right");
    cr_assert_str_eq(judge("[PI-1]" REST THREAD, "[]" REST KEY("cores: 22")),
                     ":6: variant a: 22 cores; with 0 devices 1 to 21 are right");
    cr_assert_str_eq(judge(THREAD, KEY("cores: 0")),
                     ":6: variant a: 0 cores; with 0 devices and invariants 1 to 9 are right");
    /* scenarios/invariants.h: what invariants read of 9 cores fits into a footprint. */
    cr_assert_str_eq(judge("cpu: 0", "cpu: 8"), "");
    cr_assert_str_eq(judge("cpu: 0", "cpu: 9"),
                     ":6: variant a: cpu 9; with 0 devices and invariants 0 to 8 are right");
    cr_assert_str_eq(judge("image: v1", "image: ../v1"),
                     ":8: image name '../v1': only letters, digits, - _ .");
    cr_assert_str_eq(judge("function: f}", "function: f}, {cpu: 0, function: g}"),
                     ":6: variant a: two threads on cpu 0; one is right");
    cr_assert_str_eq(judge(GOOD, ""), ": empty; it begins with 'name: ...'");
}

static void ends_with(const char *message, const char *end)
{
    size_t size = strlen(message), tail = strlen(end);
    cr_assert(size >= tail && !strcmp(message + size - tail, end), "%s", message);
}

/* A sample finds something or is incomplete; an exploration that is expected to be incomplete says nothing. */
Test(scenario_file, a_sample_is_never_safe)
{
    cr_assert_str_eq(judge("tso: safe, sc: safe}", "tso: incomplete, sc: violation}\n    sample: 20"), "");
    cr_assert_str_eq(judge("sc: safe}", "sc: violation}\n    sample: 20"),
                     ":10: 'safe' is no verdict of a variant with 'sample'; 'incomplete' or 'violation' is right");
    cr_assert_str_eq(judge("sc: safe", "sc: incomplete"),
                     ":10: 'incomplete' is no verdict of a variant without 'sample'; 'safe' or 'violation' is right");
    ends_with(judge("sc: safe}", "sc: safe}\n    sampel: 20"), "Unexpected key: sampel; did you mean 'sample'? " VARIANT_KEYS);
}

Test(scenario_file, advice_is_that_of_the_field)
{
    ends_with(judge(THREAD, DEVICE("{line: {pin: 1, script: [boom]}}")),
              "; 'assert', 'release' or 'pulse' is right");
    ends_with(judge(THREAD, DEVICE("{local: {cpu: 0, entry: timer, script: [pulse]}}")),
              "; 'lint0', 'lint1', 'thermal', 'pmc' or 'cmci' is right");
    /* Vectors 0 to 15 are illegal in an APIC (SDM vol. 3, 10.5.2). */
    ends_with(judge(THREAD, DEVICE("{posts: [300]}")), "; 16 to 255 are right");
    ends_with(judge(THREAD, DEVICE("{posts: [15]}")), "vector 15 of a post; 16 to 255 are right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{posts: [16]}")), "");
    ends_with(judge(THREAD, DEVICE("{apic_timer: {cpu: 0, ticks: 99999999999}}")),
              "; 1 to 4294967295 are right");
}

/* The keys of the mapping that an unknown one is in, and of no other. */
Test(scenario_file, unknown_keys_are_compared_with_their_neighbours)
{
    ends_with(judge("threads:", "locl: 1\n    threads:"), "Unexpected key: locl; " VARIANT_KEYS);
    ends_with(judge("function: f", "func: f"), "Unexpected key: func; did you mean 'function'? there are cpu, function");
    ends_with(judge("sc: safe", "ssc: safe"), "Unexpected key: ssc; did you mean 'sc'? there are tso, sc, findings, depends");
    ends_with(judge("summary: y\n", "summary: y\nstate: []\n"),
              "Unexpected key: state; did you mean 'states'? there are name, summary, invariants, obligations, needs, states, variants");
    ends_with(judge(THREAD, DEVICE("{local: {cpu: 0, entr: lint0, script: [pulse]}}")),
              "Unexpected key: entr; did you mean 'entry'? there are cpu, entry, script");
}

/* libcyaml takes what strtoull() takes, which is the beginning of it. */
Test(scenario_file, numbers_are_all_of_their_text)
{
    cr_assert_str_eq(judge("cpu: 0", "cpu: 0.5"), ":9: Invalid UINT value: '0.5'; a whole number from 0 is right");
    cr_assert_str_eq(judge("cpu: 0", "cpu: 0x"), ":9: Invalid UINT value: '0x'; a whole number from 0 is right");
    cr_assert_str_eq(judge("cpu: 0", "cpu: 010"), ":9: Invalid UINT value: '010'; a whole number from 0 is right");
    cr_assert_str_eq(judge("cpu: 0", "cpu: 0x0"), "");
    cr_assert_str_eq(judge(THREAD, DEVICE("{posts: [65, 66th]}")), ":10: Invalid UINT value: '66th'; a whole number from 0 is right");
    cr_assert_str_eq(judge(THREAD, DEVICE("{msi: [{handle: 1}, {handle: 2nd}]}")),
                     ":10: Invalid UINT value: '2nd'; a whole number from 0 is right");
    cr_assert_str_eq(judge("summary: s", "summary: 1.5"), "", "not a number's key");
}

Test(scenario_file, shapes_that_are_wrong)
{
    ends_with(judge("threads: [{cpu: 0, function: f}]", "threads: f"), "; a list, '[...]' or lines that begin with '- ', is right");
    ends_with(judge("threads: [{cpu: 0, function: f}]", "threads: []"), "; a list with at least one item is right");
    ends_with(judge("{tso: safe, sc: safe}", "safe"), "; keys and values, '{KEY: VALUE, ...}' or lines 'KEY: VALUE', are right");
    ends_with(judge("image: v1", "image: [v1]"), "; one value, no list and no mapping, is right");
}

Test(scenario_file, is_a_file)
{
    error[0] = 0;
    cr_assert_null(scenario_load_file("tests", error));
    cr_assert_str_eq(error, "tests: is no file; a file that can be read is right");
    cr_assert_null(scenario_load_file("tests/nowhere.yaml", error));
    cr_assert_str_eq(error, "tests/nowhere.yaml: No such file or directory; a file that can be read is right");
}

Test(scenario_file, findings_of_its_own)
{
    ends_with(judge("[PI-1]" REST THREAD "    expected: {tso: safe, sc: safe}",
                    "[PI-1, {name: kick-gets-through, holds: v}]" REST THREAD
                    "    expected: {tso: safe, sc: safe, findings: [kick-get-through]}"),
              "unknown finding 'kick-get-through': did you mean 'kick-gets-through'?");
}

Test(scenario_file, names_are_looked_for_in_their_list)
{
    cr_assert_str_eq(judge("obligations: []\n", "obligations: []\nneeds: [x2apic-virtualisation]\n"),
                     ":5: variant a needs 'x2apic-virtualisation', which is not modelled; "
                     "did you mean 'x2apic-virtualization'? there are " ALWAYS
                     "posted-interrupts, ipi-virtualization, vmx-preemption-timer, apic-timer, io-apic, vt-d");
    cr_assert_str_eq(judge("summary: y\n", "summary: x2apic\nneeds: [x2apic]\n"), "");
    cr_assert_str_eq(judge(THREAD, KEY("needs: [x2apic]\n    machine: {without: [x2apic]}")),
                     ":11: variant a runs without 'x2apic'; what can be left out is " REMOVABLE);
    cr_assert_str_eq(judge("sc: safe", "sc: safe, findings: [PI-9]"),
                     ":10: unknown finding 'PI-9'; known are " INVARIANTS ", "
                     "posted-handled, ipis-handled, handled-once, requests-served, level-handled, apic-accesses-handled, deadlock, "
                     "livelock, warning, bug, failed VM entry, "
                     "fault, limit of the model");
    cr_assert_str_eq(judge(THREAD, KEY("invariants: [MODE-1, PI-8]")),
                     ":10: unknown invariant 'PI-8'; known are " INVARIANTS);
    cr_assert_str_eq(judge(THREAD, KEY("invariants: [PI-2, PI-2, PI-2, PI-2, PI-2, PI-2, PI-2, PI-2, PI-2, PI-2, PI-2, PI-2, PI-2,"
                                       " PI-2, PI-2, PI-2]")),
                     ":10: variant a: 17 invariants with those of the scenario; at most 16 are right");
    cr_assert_str_eq(judge(THREAD, KEY("invariants: [MODE-1, PI-2]")), "");
    cr_assert_str_eq(judge("sc: safe", "sc: safe, findings: [level-handled, failed VM entry, MODE-1]"), "");
}

/* The bit above the one before, but for a number. */
Test(scenario_file, bits_have_numbers)
{
    char *bits[] = {"ON", "SN", "62:IsRunning", "valid", "7:a:b", "64:x", "99999999999:y"};
    const struct scenario_state d = {.bits = bits, .bits_count = 7};
    static const unsigned expected[] = {0, 1, 62, 63, 7, 64, 64};
    const char *name;
    for (unsigned i = 0; i < 7; i++)
        cr_expect_eq(scenario_bit(&d, i, &name), expected[i], "%s", bits[i]);
    scenario_bit(&d, 2, &name);
    cr_expect_str_eq(name, "IsRunning");
    scenario_bit(&d, 4, &name);
    cr_expect_str_eq(name, "a:b");
    cr_assert_str_eq(judge("obligations: []\n", "obligations: []\nstates: [{name: s, bits: [a, \"64:b\"]}]\n"),
                     ":5: state s: bit '64:b'; a name, or N:NAME with N from 0 to 63, is right");
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
