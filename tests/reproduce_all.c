/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reproduce --all on a folder of two scenarios: its table, its summary, and what each exit code means. */
#include <jansson.h>
#include <sys/stat.h>

#include "sim/seconds.h"
#include "tests/cli_fixture.h"

static void enter_folder(void)
{
    char folder[100], images[120];
    folder_enter();
    cr_assert(getcwd(folder, sizeof folder));
    snprintf(images, sizeof images, "%s/images", folder);
    cr_assert_eq(mkdir("images", 0700), 0);
    cr_assert_eq(system("cp -r " IRQWEAVE_IMAGES_DIR "/icr-fastpath " IRQWEAVE_IMAGES_DIR "/ipi-virtualization images"), 0);
    setenv("IRQWEAVE_IMAGES", images, 1);
}

TestSuite(reproduce_all, .init = enter_folder, .fini = folder_leave, .timeout = 300);

static json_int_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static json_t *totals(void)
{
    json_t *object = json_loads(read_text("out"), 0, NULL);
    cr_assert(object, "%s", text);
    return object;
}

/* Two verdicts a variant. What each scenario says of one knob at a time is as in its own `reproduce`, or left out, or implied. */
Test(reproduce_all, counts_what_there_is)
{
    json_t *own, *variant;
    size_t i, variants = 0;
    cr_assert_eq(run("reproduce --all --json"), 0);
    json_t *all = totals(), *total = json_object_get(all, "total"), *rows = json_object_get(all, "scenarios");
    cr_assert_eq(json_array_size(rows), 2);
    for (unsigned s = 0; s < 2; s++) {
        static const char *const names[] = {"icr-fastpath", "ipi-virtualization"};
        json_t *row = json_array_get(rows, s);
        char command[100];
        size_t explorations = 0;
        cr_expect_str_eq(json_string_value(json_object_get(row, "scenario")), names[s]);
        snprintf(command, sizeof command, "reproduce %s --json", names[s]);
        cr_assert_eq(run(command), 0);
        own = totals();
        json_array_foreach (json_object_get(own, "variants"), i, variant) {
            explorations += 2 + json_array_size(json_object_get(json_object_get(variant, "tso"), "settings")) +
                            json_array_size(json_object_get(json_object_get(variant, "sc"), "settings"));
            variants++;
        }
        cr_expect_leq((size_t)(number(row, "explorations") + number(row, "left_out")), explorations);
        cr_expect_geq((size_t)(number(row, "explorations") + number(row, "implied")),
                      2 * json_array_size(json_object_get(own, "variants")));
        json_decref(own);
    }
    cr_expect_eq((size_t)number(total, "verdicts"), 2 * variants);
    cr_expect_eq((size_t)number(total, "as_expected"), 2 * variants);
    json_decref(all);
}

Test(reproduce_all, a_mismatch_is_named_and_ends_with_1)
{
    cr_assert_eq(system("sed -i '0,/tso: safe/s//tso: violation/' images/icr-fastpath/scenario.yaml"), 0);
    cr_assert_eq(run("reproduce --all"), 1);
    cr_expect(strstr(read_text("out"), " verdicts as expected, 1 not, "), "%s", text);
    has_one_line("reproduce --all", "under tso: safe, not violation as expected");
}

Test(reproduce_all, what_time_does_not_allow_is_incomplete)
{
    cr_assert_eq(run("reproduce --all --max-seconds 0.02"), 3);
    cr_expect(strstr(read_text("errors"), "incomplete, not "), "%s", text);
}

/* Time that is left does not make a sample larger: 20 executions each, far from five minutes. */
Test(reproduce_all, time_is_no_size_of_a_sample)
{
    cr_assert_eq(system("rm -r images/ipi-virtualization"), 0);
    cr_assert_eq(system("sed -i -e '/^  - name: /a\\    sample: 20' -e 's/: safe/: incomplete/g' "
                        "images/icr-fastpath/scenario.yaml"), 0);
    double started = seconds_now();
    cr_assert_eq(run("reproduce --all --max-seconds 280"), 0, "%s", read_text("errors"));
    cr_expect_lt(seconds_now() - started, 140);
}

/* What follows under SC is not explored; nor is a violation to its end. The verdicts are those of `reproduce`. */
Test(reproduce_all, what_follows_is_not_explored)
{
    cr_assert_eq(system("rm -r images/ipi-virtualization"), 0);
    cr_assert_eq(run("reproduce --all --json"), 0);
    json_t *all = totals(), *variant;
    json_int_t explorations = number(json_object_get(all, "total"), "explorations"), least = 0;
    size_t i;
    cr_assert_eq(run("reproduce icr-fastpath --json"), 0);
    json_t *own = totals();
    json_array_foreach (json_object_get(own, "variants"), i, variant) {
        const char *verdict = json_string_value(json_object_get(json_object_get(variant, "tso"), "verdict"));
        least += strcmp(verdict, "safe") ? 2 : 1;
    }
    cr_expect_geq(explorations, least);
    cr_expect_eq(number(json_object_get(all, "total"), "implied"), 2 * (json_int_t)i - least);
    json_decref(own);
    json_decref(all);
}

Test(reproduce_all, wrong_use)
{
    refuses("reproduce --all icr-fastpath", "reproduce --all takes no SCENARIO ('icr-fastpath')");
    refuses("reproduce", "or --all");
    cr_assert_eq(system("rm images/icr-fastpath/vipi.elf"), 0);
    cr_assert_eq(run("reproduce --all"), 2);
    cr_expect(strstr(read_text("errors"), "vipi.elf"), "%s", text);
}
