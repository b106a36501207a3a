/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads scenario.yaml by a schema (libcyaml), then checks what a schema cannot say. */
#include <cyaml/cyaml.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "scenarios/devices.h"
#include "scenarios/invariants.h"
#include "scenarios/scenario.h"
#include "sim/knob.h"

/* ---- Schema ---- */

#define REQUIRED CYAML_FLAG_DEFAULT
#define OPTIONAL CYAML_FLAG_OPTIONAL
#define OPTIONAL_LIST (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t text_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 80),
};

static const cyaml_schema_value_t vector_schema = {
    CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint8_t),
};

static const cyaml_schema_field_t thread_fields[] = {
    CYAML_FIELD_UINT("cpu", REQUIRED, struct scenario_thread, cpu),
    CYAML_FIELD_STRING_PTR("function", CYAML_FLAG_POINTER, struct scenario_thread, function, 1, 80),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t thread_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_thread, thread_fields),
};

static const cyaml_schema_field_t msi_fields[] = {
    CYAML_FIELD_UINT("handle", REQUIRED, struct scenario_msi, handle),
    CYAML_FIELD_UINT("count", OPTIONAL, struct scenario_msi, count),
    CYAML_FIELD_UINT("vector", OPTIONAL, struct scenario_msi, vector),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t msi_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_msi, msi_fields),
};

static const cyaml_schema_field_t device_fields[] = {
    CYAML_FIELD_SEQUENCE("posts", OPTIONAL_LIST, struct scenario_device, posts, &vector_schema, 1, 8),
    CYAML_FIELD_SEQUENCE("msi", OPTIONAL_LIST, struct scenario_device, msi, &msi_schema, 1, 8),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t device_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_device, device_fields),
};

static const cyaml_strval_t verdict_names[] = {
    {"safe", VERDICT_SAFE},
    {"violation", VERDICT_VIOLATION},
};
static const cyaml_schema_field_t expected_fields[] = {
    CYAML_FIELD_ENUM("tso", CYAML_FLAG_STRICT, struct scenario_expected, tso, verdict_names, 2),
    CYAML_FIELD_ENUM("sc", CYAML_FLAG_STRICT, struct scenario_expected, sc, verdict_names, 2),
    CYAML_FIELD_SEQUENCE("findings", OPTIONAL_LIST, struct scenario_expected, findings,
                         &text_schema, 0, EXPLORE_MAX_FINDINGS),
    CYAML_FIELD_SEQUENCE("depends", OPTIONAL_LIST, struct scenario_expected, depends, &text_schema,
                         0, KNOB_COUNT),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t variant_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct scenario_variant, name, 1, 40),
    CYAML_FIELD_STRING_PTR("summary", CYAML_FLAG_POINTER, struct scenario_variant, summary, 1, 200),
    CYAML_FIELD_STRING_PTR("image", CYAML_FLAG_POINTER, struct scenario_variant, image, 1, 40),
    CYAML_FIELD_UINT("cores", OPTIONAL, struct scenario_variant, cores),
    CYAML_FIELD_SEQUENCE("threads", CYAML_FLAG_POINTER, struct scenario_variant, threads,
                         &thread_schema, 1, MACHINE_MAX_CORES),
    CYAML_FIELD_SEQUENCE("devices", OPTIONAL_LIST, struct scenario_variant, devices,
                         &device_schema, 0, MACHINE_MAX_DEVICES),
    CYAML_FIELD_MAPPING("expected", REQUIRED, struct scenario_variant, expected, expected_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t variant_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_variant, variant_fields),
};

static const cyaml_schema_field_t state_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct scenario_state, name, 1, 31),
    CYAML_FIELD_SEQUENCE("values", OPTIONAL_LIST, struct scenario_state, values, &text_schema, 0,
                         64),
    CYAML_FIELD_SEQUENCE("bits", OPTIONAL_LIST, struct scenario_state, bits, &text_schema, 0, 64),
    CYAML_FIELD_BOOL("vectors", OPTIONAL, struct scenario_state, vectors),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t state_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_state, state_fields),
};

static const cyaml_schema_field_t scenario_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct scenario, name, 1, 40),
    CYAML_FIELD_STRING_PTR("summary", CYAML_FLAG_POINTER, struct scenario, summary, 1, 200),
    CYAML_FIELD_SEQUENCE("invariants", CYAML_FLAG_POINTER, struct scenario, invariants,
                         &text_schema, 0, MACHINE_MAX_INVARIANTS),
    CYAML_FIELD_SEQUENCE("obligations", CYAML_FLAG_POINTER, struct scenario, obligations,
                         &text_schema, 0, MACHINE_MAX_INVARIANTS),
    CYAML_FIELD_SEQUENCE("states", OPTIONAL_LIST, struct scenario, states, &state_schema, 0, 64),
    CYAML_FIELD_SEQUENCE("variants", CYAML_FLAG_POINTER, struct scenario, variants,
                         &variant_schema, 1, 200),
    CYAML_FIELD_IGNORE("folder", OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t scenario_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct scenario, scenario_fields),
};

/* ---- What libcyaml has to say about an error ---- */

struct complaint {
    char what[160];
    unsigned line;
};

/* "Load: Missing required mapping field: cores", then a backtrace, innermost first, with lines
 * like "  in mapping field 'variants' (line: 12, column: 3)". */
static void collect(cyaml_log_t level, void *context, const char *format, va_list ap)
{
    struct complaint *c = context;
    char text[300];
    vsnprintf(text, sizeof text, format, ap);
    text[strcspn(text, "\n")] = 0;
    const char *line = strstr(text, "line: ");
    if (line && !c->line)
        c->line = (unsigned)strtoul(line + 6, NULL, 10);
    if (level != CYAML_LOG_ERROR || c->what[0] || line || strstr(text, "Backtrace"))
        return;
    snprintf(c->what, sizeof c->what, "%.*s", (int)sizeof c->what - 1,
             strncmp(text, "Load: ", 6) ? text : text + 6);
}

static cyaml_config_t configuration(struct complaint *c)
{
    return (cyaml_config_t){
        .log_fn = collect,
        .log_ctx = c,
        .log_level = CYAML_LOG_ERROR,
        .mem_fn = cyaml_mem,
        .flags = CYAML_CFG_DEFAULT | CYAML_CFG_NO_ALIAS,
    };
}

/* The first line of the file that holds `text`; 1 if none does. */
static unsigned line_of(const char *path, const char *text)
{
    char buffer[1024];
    unsigned line = 0, found = 1;
    FILE *f = fopen(path, "r");
    while (f && fgets(buffer, sizeof buffer, f)) {
        line++;
        if (strstr(buffer, text)) {
            found = line;
            break;
        }
    }
    if (f)
        fclose(f);
    return found;
}

/* libcyaml does not say where the file is no YAML; libyaml, beneath it, does. 0: not known. */
static unsigned syntax_line(const char *path)
{
    yaml_parser_t parser;
    yaml_event_t event;
    unsigned line = 0;
    bool going = true;
    FILE *f = fopen(path, "rb");
    if (!f || !yaml_parser_initialize(&parser)) {
        if (f)
            fclose(f);
        return 0;
    }
    yaml_parser_set_input_file(&parser, f);
    while (going) {
        if (!yaml_parser_parse(&parser, &event)) {
            line = (unsigned)parser.problem_mark.line + 1;
            break;
        }
        going = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(f);
    return line;
}

/* What would be right, as far as that is known; "" otherwise. */
static void advise(const char *path, struct complaint *c, char *advice, size_t size)
{
    static const char *const keys[] = {
        "name", "summary", "invariants", "obligations", "states", "variants", "values", "bits",
        "vectors", "image", "cores", "threads", "devices", "expected", "cpu", "function", "posts",
        "msi", "handle", "count", "vector", "tso", "sc", "findings", "depends",
    };
    static const char unexpected[] = "Unexpected key: ";
    advice[0] = 0;
    if (!strncmp(c->what, unexpected, sizeof unexpected - 1)) {
        const char *key = c->what + sizeof unexpected - 1;
        const char *near = nearest_name(key, keys, sizeof keys / sizeof *keys);
        c->line = line_of(path, key); /* libcyaml names the line before */
        if (near)
            snprintf(advice, size, "; did you mean '%s'?", near);
    } else if (strstr(c->what, "UINT") || strstr(c->what, "uint")) {
        snprintf(advice, size, "; a whole number from 0 is right");
    } else if (strstr(c->what, "ENUM")) {
        snprintf(advice, size, "; 'safe' or 'violation' is right");
    }
}

static void say_complaint(const char *path, struct complaint *c, cyaml_err_t e, char *error)
{
    const char *what = c->what[0] ? c->what : cyaml_strerror(e);
    char advice[60];
    advise(path, c, advice, sizeof advice);
    if (e == CYAML_ERR_LIBYAML_PARSER)
        c->line = syntax_line(path);
    if (e == CYAML_ERR_FILE_OPEN)
        snprintf(error, SCENARIO_ERROR, "%.200s: cannot be opened", path);
    else if (c->line)
        snprintf(error, SCENARIO_ERROR, "%.150s:%u: %.140s%s", path, c->line, what, advice);
    else
        snprintf(error, SCENARIO_ERROR, "%.150s: %.140s%s", path, what, advice);
}

/* ---- Checks beyond the schema ---- */

struct check {
    const char *path;
    char *error;
};

static bool wrong(const struct check *c, const char *near, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong(const struct check *c, const char *near, const char *format, ...)
{
    char what[240];
    va_list ap;
    va_start(ap, format);
    vsnprintf(what, sizeof what, format, ap);
    va_end(ap);
    snprintf(c->error, SCENARIO_ERROR, "%.150s:%u: %s", c->path, line_of(c->path, near), what);
    return false;
}

/* Names become parts of paths and of schedule strings. */
static bool plain_name(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
            return false;
    return name[0] && name[0] != '.';
}

static bool check_depends(const struct check *c, const struct scenario_expected *e)
{
    for (unsigned i = 0; i < e->depends_count; i++) {
        unsigned k = 0;
        while (k < KNOB_COUNT && strcmp(knob_table[k].name, e->depends[i]))
            k++;
        if (k == KNOB_COUNT)
            return wrong(c, e->depends[i], "unknown knob '%s'; 'irqweave doctor' lists them",
                         e->depends[i]);
    }
    return true;
}

/* Finds the variant in the file for an error message. */
static const char *name_line(const struct scenario_variant *v)
{
    static char text[64];
    snprintf(text, sizeof text, "name: %.40s", v->name);
    return text;
}

static unsigned most_cores(unsigned devices)
{
    unsigned cores = MACHINE_MAX_CORES;
    while (cores && !machine_slots(cores, devices))
        cores--;
    return cores;
}

static bool check_threads(const struct check *c, struct scenario_variant *v)
{
    unsigned seen = 0, highest = 0;
    for (unsigned i = 0; i < v->threads_count; i++) {
        unsigned cpu = v->threads[i].cpu;
        if (cpu >= MACHINE_MAX_CORES)
            return wrong(c, name_line(v), "variant %s: cpu %u; there are 0 to %d", v->name, cpu,
                         MACHINE_MAX_CORES - 1);
        if (seen >> cpu & 1)
            return wrong(c, name_line(v), "variant %s: two threads on cpu %u; one is right", v->name,
                         cpu);
        seen |= 1u << cpu;
        highest = cpu > highest ? cpu : highest;
    }
    if (!v->cores)
        v->cores = highest + 1;
    if (v->cores > MACHINE_MAX_CORES || v->cores <= highest)
        return wrong(c, name_line(v), "variant %s: %u cores; %u to %d are right", v->name, v->cores,
                     highest + 1, MACHINE_MAX_CORES);
    if (!machine_slots(v->cores, scenario_devices(v)))
        return wrong(c, name_line(v), "variant %s: %u cores and %u devices leave no room for "
                     "interrupt messages; with so many devices %u cores are right", v->name,
                     v->cores, scenario_devices(v), most_cores(scenario_devices(v)));
    return true;
}

static bool check_variant(const struct check *c, struct scenario_variant *v, bool invariants)
{
    char devices[160];
    if (!plain_name(v->name))
        return wrong(c, v->name, "variant name '%s': only letters, digits, - _ .", v->name);
    if (!plain_name(v->image))
        return wrong(c, v->image, "image name '%s': only letters, digits, - _ .", v->image);
    if (!devices_check(v, devices, sizeof devices))
        return wrong(c, name_line(v), "variant %s: %s", v->name, devices);
    if (!check_threads(c, v))
        return false;
    if (invariants && v->cores > INVARIANT_CORES_MAX)
        return wrong(c, name_line(v), "variant %s: %u cores; with invariants at most %d are right",
                     v->name, v->cores, INVARIANT_CORES_MAX);
    return check_depends(c, &v->expected);
}

static bool check_names(const struct check *c, const struct scenario *s)
{
    for (unsigned i = 0; i < s->invariants_count; i++)
        if (!invariant_known(s->invariants[i]))
            return wrong(c, s->invariants[i], "unknown invariant '%s'; known are %s",
                         s->invariants[i], invariant_names());
    for (unsigned i = 0; i < s->obligations_count; i++)
        if (!obligation_known(s->obligations[i]))
            return wrong(c, s->obligations[i], "unknown obligation '%s'; known are %s",
                         s->obligations[i], obligation_names());
    return true;
}

static bool check_scenario(const struct check *c, struct scenario *s)
{
    if (!plain_name(s->name))
        return wrong(c, s->name, "scenario name '%s': only letters, digits, - _ .", s->name);
    if (!check_names(c, s))
        return false;
    for (unsigned i = 0; i < s->variants_count; i++) {
        if (!check_variant(c, &s->variants[i], s->invariants_count))
            return false;
        for (unsigned k = 0; k < i; k++)
            if (!strcasecmp(s->variants[i].name, s->variants[k].name))
                return wrong(c, name_line(&s->variants[i]), "two variants are called '%s'",
                             s->variants[i].name);
    }
    return true;
}

/* ---- Loading ---- */

struct scenario *scenario_load_file(const char *path, char *error)
{
    struct complaint complaint = {{0}, 0};
    cyaml_config_t config = configuration(&complaint);
    struct check check = {path, error};
    struct scenario *s = NULL;
    cyaml_err_t e = cyaml_load_file(path, &config, &scenario_schema, (cyaml_data_t **)&s, NULL);
    if (e != CYAML_OK) {
        say_complaint(path, &complaint, e, error);
        return NULL;
    }
    if (!s) {
        snprintf(error, SCENARIO_ERROR, "%.200s: empty; it begins with 'name: ...'", path);
        return NULL;
    }
    if (!check_scenario(&check, s)) {
        scenario_free(s);
        return NULL;
    }
    const char *slash = strrchr(path, '/');
    s->folder = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
    return s;
}

void scenario_free(struct scenario *s)
{
    struct complaint complaint = {{0}, 0};
    cyaml_config_t config = configuration(&complaint);
    if (!s)
        return;
    free(s->folder);
    s->folder = NULL;
    cyaml_free(&config, &scenario_schema, s, 0);
}
