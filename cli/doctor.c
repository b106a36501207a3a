/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave doctor: what is installed, which parts can run here, and the knobs. */
#include <capstone/capstone.h>
#include <cyaml/cyaml.h>
#include <elfutils/version.h>
#include <jansson.h>
#include <stdio.h>
#include <unicorn/unicorn.h>
#include <xxhash.h>

#include "cli/cli.h"
#include "cli/columns.h"

/*
 * Version 2.1 maps high addresses and redirects execution in another way (docs/architecture.md): it
 * is accepted once the whole test suite passes on it.
 */
bool unicorn_supported(char *text, size_t size)
{
    unsigned major, minor;
    uc_version(&major, &minor);
    if (major == 2 && minor == 0)
        return true;
    snprintf(text, size, "Unicorn %u.%u is not supported: cores are tested with 2.0.x only "
             "(Debian 12: libunicorn2)", major, minor);
    return false;
}

/* What the assembler of litmus tests calls itself; null if there is none. */
static json_t *assembler(void)
{
    char line[200] = "";
    FILE *f = popen("LC_ALL=C as --version 2>/dev/null", "r");
    if (f && !fgets(line, sizeof line, f))
        line[0] = 0;
    if (f)
        pclose(f);
    line[strcspn(line, "\n")] = 0;
    json_t *text = line[0] ? json_string(line) : NULL;
    return text ? text : json_null();
}

static json_t *versions(void)
{
    unsigned major, minor;
    int capstone_major, capstone_minor;
    uc_version(&major, &minor);
    cs_version(&capstone_major, &capstone_minor);
    return json_pack("{s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:o}", "irqweave", IRQWEAVE_VERSION,
                     "unicorn", json_sprintf("%u.%u", major, minor), "capstone",
                     json_sprintf("%d.%d", capstone_major, capstone_minor), "elfutils",
                     json_sprintf("%d.%d", _ELFUTILS_VERSION / 1000, _ELFUTILS_VERSION % 1000),
                     "libcyaml", cyaml_version_str, "jansson", jansson_version_str(), "xxhash",
                     json_sprintf("%u.%u.%u", XXH_versionNumber() / 10000,
                                  XXH_versionNumber() / 100 % 100, XXH_versionNumber() % 100),
                     "as", assembler());
}

static json_t *part(const char *names, bool runs, const char *why)
{
    return json_pack("{s:s, s:b, s:s}", "part", names, "runs", runs, "why", why);
}

static json_t *parts(const json_t *versions, bool *all)
{
    bool as = !json_is_null(json_object_get(versions, "as"));
    char unicorn[200] = "";
    bool supported = unicorn_supported(unicorn, sizeof unicorn);
    char **names = scenario_names(scenario_images());
    bool images = names && names[0];
    scenario_names_free(names);
    *all = supported && images && as;
    return json_pack("[o, o, o]", part("list", images, images ? "" : "no scenarios beside the program"),
                     part("explore, reproduce, replay, bench", supported && images,
                          supported ? images ? "" : "no scenarios beside the program" : unicorn),
                     part("litmus", supported && as,
                          supported ? as ? "" : "no assembler 'as' (Debian 12: binutils)"
                                    : unicorn));
}

static json_t *knobs(void)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < KNOB_COUNT; i++) {
        const struct knob_info *k = &knob_table[i];
        json_t *values = json_array();
        for (unsigned v = 0; v < knob_values((enum knob)i); v++)
            json_array_append_new(values, json_string(k->values[v]));
        json_array_append_new(list, json_pack("{s:s, s:o, s:s, s:s}", "name", k->name, "values",
                                              values, "question", k->question, "source",
                                              k->source));
    }
    return list;
}

static void print_report(json_t *report)
{
    const char *name;
    json_t *item, *list = json_object_get(report, "versions");
    size_t i, v;
    json_object_foreach (list, name, item)
        printf("%-10s %s\n", name, json_is_string(item) ? json_string_value(item) : "none");
    printf("images     %s\n\n", scenario_images());
    json_array_foreach (json_object_get(report, "parts"), i, item)
        printf("%-33s %s%s\n", json_string_value(json_object_get(item, "part")),
               json_is_true(json_object_get(item, "runs")) ? "can run" : "cannot run: ",
               json_string_value(json_object_get(item, "why")));
    printf("\nKnobs: points of the hardware that no manual settles. The first value is the default.\n");
    json_array_foreach (json_object_get(report, "knobs"), i, item) {
        json_t *value, *values = json_object_get(item, "values");
        printf("  %-*s ", columns_of_knobs(), json_string_value(json_object_get(item, "name")));
        json_array_foreach (values, v, value)
            printf("%s%s", v ? "|" : "", json_string_value(value));
        printf("\n      %s? (%s)\n", json_string_value(json_object_get(item, "question")),
               json_string_value(json_object_get(item, "source")));
    }
}

int doctor_main(int argc, char **argv)
{
    struct options o;
    bool all;
    options_parse(&o, argc, argv, "", "What is installed, what can run here, all knobs.", "j");
    if (o.count)
        return cli_error("doctor takes no argument ('%.60s')", o.arguments[0]);
    json_t *found = versions();
    json_t *report = json_pack("{s:i, s:o, s:o, s:o}", "version", 1, "versions", found, "parts",
                               parts(found, &all), "knobs", knobs());
    if (o.json) {
        json_dumpf(report, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        print_report(report);
    }
    json_decref(report);
    return all ? EXIT_NOTHING_FOUND : EXIT_CANNOT_RUN;
}
