/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave list: scenarios and their variants. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/columns.h"

static json_t *variant_to_json(const struct scenario_variant *v)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:{s:s, s:s}}", "name", v->name, "summary", v->summary,
                     "cores", (int)v->cores, "devices", (int)v->devices_count, "expected", "tso",
                     verdict_name(v->expected.tso), "sc", verdict_name(v->expected.sc));
}

static json_t *scenario_to_json(const struct scenario *s)
{
    json_t *variants = json_array();
    for (unsigned i = 0; i < s->variants_count; i++)
        json_array_append_new(variants, variant_to_json(&s->variants[i]));
    return json_pack("{s:s, s:s, s:o}", "name", s->name, "summary", s->summary, "variants",
                     variants);
}

static void print_scenario(const struct scenario *s)
{
    printf("%s: %s\n", s->name, s->summary);
    for (unsigned i = 0; i < s->variants_count; i++)
        printf("  %-*s %s\n", columns_of_variants(s), s->variants[i].name, s->variants[i].summary);
}

static bool list_one(const char *name, json_t *list)
{
    char error[SCENARIO_ERROR];
    struct scenario *s = scenario_load(scenario_images(), name, error);
    if (!s) {
        cli_error("%s", error);
        return false;
    }
    if (list)
        json_array_append_new(list, scenario_to_json(s));
    else
        print_scenario(s);
    scenario_free(s);
    return true;
}

int list_main(int argc, char **argv)
{
    struct options o;
    options_parse(&o, argc, argv, "", "Scenarios and their variants.", "j");
    if (o.count)
        return cli_error("list takes no argument ('%.60s')", o.arguments[0]);
    char **names = scenario_names(scenario_images());
    json_t *list = o.json ? json_array() : NULL;
    bool ok = names && names[0];
    if (!ok)
        cli_error("%s: no scenarios here; set IRQWEAVE_IMAGES to the folder that the build calls "
                  "images", scenario_images());
    for (unsigned i = 0; names && names[i]; i++)
        ok &= list_one(names[i], list); /* a broken one does not hide the others */
    if (ok && o.json) {
        json_t *object = json_pack("{s:i, s:O}", "version", 1, "scenarios", list);
        json_dumpf(object, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(object);
    }
    json_decref(list);
    scenario_names_free(names);
    return ok ? EXIT_NOTHING_FOUND : EXIT_WRONG_USE;
}
