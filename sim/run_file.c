/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/run_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/check.h"

enum { RANGES_MAX = 1 << 20 };

/* ---- Writing ---- */

static json_t *knobs_to_json(const struct knobs *k)
{
    json_t *object = json_object();
    for (unsigned i = 0; i < KNOB_COUNT; i++)
        json_object_set_new(object, knob_table[i].name,
                            json_string(knob_table[i].values[k->value[i]]));
    return object;
}

static json_t *ranges_to_json(const struct run_setup *r)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < r->visible_count; i++)
        json_array_append_new(list, json_pack("[I,I]", (json_int_t)r->visible[i].address,
                                              (json_int_t)r->visible[i].size));
    return list;
}

json_t *run_setup_to_json(const struct run_setup *r, const char *format, int version)
{
    char hash[17];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)r->image_hash);
    return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:i}", "format", format, "version",
                     version, "scenario", r->scenario, "variant", r->variant, "image", hash,
                     "memory", r->model == MEMORY_SC ? "sc" : "tso", "knobs",
                     knobs_to_json(&r->knobs), "visible", ranges_to_json(r), "boundaries",
                     (int)r->observed);
}

json_t *run_finding_to_json(const struct finding *f)
{
    return json_pack("{s:s, s:s, s:s}", "kind", finding_kind_name(f->kind), "name", f->name,
                     "message", f->message);
}

static bool write_all(FILE *f, json_t *object)
{
    bool ok = json_dumpf(object, f, JSON_INDENT(1)) == 0 && fputc('\n', f) != EOF;
    ok &= fflush(f) == 0 && fsync(fileno(f)) == 0;
    return fclose(f) == 0 && ok;
}

static bool write_renamed(json_t *object, const char *path, const char *temporary)
{
    FILE *f = fopen(temporary, "wx");
    if (!f)
        return false;
    if (write_all(f, object) && rename(temporary, path) == 0)
        return true;
    int e = errno;
    unlink(temporary);
    errno = e;
    return false;
}

static char *temporary_name(const char *path)
{
    size_t length = strlen(path) + 32;
    char *temporary = malloc(length);
    if (temporary)
        snprintf(temporary, length, "%s.%d.part", path, (int)getpid());
    return temporary;
}

static bool cannot_write(const char *path, const char *why, char *error, size_t size)
{
    snprintf(error, size, "%.200s: cannot be written: %s", path, why);
    return false;
}

/* What rename() would do to it is right for a file only: it would take the place of a device or
 * of a link, too. */
static bool may_replace(const char *path, char *error, size_t size)
{
    struct stat there;
    if (lstat(path, &there))
        return errno == ENOENT || cannot_write(path, strerror(errno), error, size);
    if (S_ISDIR(there.st_mode))
        return cannot_write(path, strerror(EISDIR), error, size);
    if (S_ISLNK(there.st_mode))
        return cannot_write(path, "a symbolic link; name the file itself", error, size);
    if (!S_ISREG(there.st_mode))
        return cannot_write(path, "a device, pipe or socket; a file is right", error, size);
    return access(path, W_OK) == 0 || cannot_write(path, strerror(errno), error, size);
}

bool run_file_writable(const char *path, char *error, size_t size)
{
    if (!may_replace(path, error, size))
        return false;
    char *temporary = temporary_name(path);
    FILE *f = temporary ? fopen(temporary, "wx") : NULL;
    bool ok = f || cannot_write(path, strerror(errno), error, size);
    if (f) {
        fclose(f);
        unlink(temporary);
    }
    free(temporary);
    return ok;
}

bool run_file_write(json_t *object, const char *path, char *error, size_t size)
{
    char *temporary = temporary_name(path);
    errno = ENOMEM;
    bool ok = may_replace(path, error, size) &&
              ((object && temporary && write_renamed(object, path, temporary)) ||
               cannot_write(path, strerror(errno), error, size));
    json_decref(object);
    free(temporary);
    return ok;
}

/* ---- Reading ---- */

const char *text_of(const struct reader *r, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        refuse(r, "'%s' is missing or is not a string", key);
    return text;
}

bool read_text(const struct reader *r, const json_t *object, const char *key, char **to)
{
    const char *text = text_of(r, object, key);
    *to = text ? strdup(text) : NULL;
    return *to;
}

static bool read_hash(const struct reader *r, const json_t *object, uint64_t *hash)
{
    const char *text = text_of(r, object, "image");
    if (!text)
        return false;
    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return refuse(r, "'image' is '%.20s'; 16 hexadecimal digits are right", text);
    *hash = strtoull(text, NULL, 16);
    return true;
}

static bool read_model(const struct reader *r, const json_t *object, enum memory_model *model)
{
    const char *text = text_of(r, object, "memory");
    if (!text)
        return false;
    *model = strcmp(text, "sc") ? MEMORY_TSO : MEMORY_SC;
    return !strcmp(text, "tso") || !strcmp(text, "sc") ||
           refuse(r, "'memory' is '%.20s'; 'tso' or 'sc' are right", text);
}

static bool read_knobs(const struct reader *r, json_t *object, struct knobs *knobs)
{
    json_t *list = json_object_get(object, "knobs"), *value;
    const char *name;
    if (!json_is_object(list))
        return refuse(r, "'knobs' is missing or is not an object");
    json_object_foreach (list, name, value) {
        char assignment[100], what[KNOB_COMPLAINT];
        const char *text = json_string_value(value);
        snprintf(assignment, sizeof assignment, "%.40s=%.40s", name, text ? text : "");
        if (knob_set(knobs, assignment))
            continue;
        knob_complain(assignment, what, sizeof what);
        return refuse(r, "'knobs': %s", what);
    }
    for (unsigned i = 0; i < KNOB_COUNT; i++) /* a default of another version may differ */
        if (!json_object_get(list, knob_table[i].name))
            return refuse(r, "'knobs': '%s' is missing; all of them are right",
                          knob_table[i].name);
    return true;
}

static bool read_ranges(const struct reader *r, const json_t *object, struct run_setup *to)
{
    const json_t *list = json_object_get(object, "visible");
    if (!json_is_array(list) || json_array_size(list) > RANGES_MAX)
        return refuse(r, "'visible' is missing or is not a list of [address, size]");
    to->visible = calloc(json_array_size(list) + 1, sizeof *to->visible);
    if (!to->visible)
        return refuse(r, "does not fit into memory");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *pair = json_array_get(list, i);
        const json_t *address = json_array_get(pair, 0), *size = json_array_get(pair, 1);
        if (!json_is_integer(address) || !json_is_integer(size) || json_array_size(pair) != 2 ||
            json_integer_value(address) < 0 || json_integer_value(size) <= 0)
            return refuse(r, "'visible', entry %zu: not [address, size]", i + 1);
        to->visible[to->visible_count++] =
            (struct visible_range){(uint64_t)json_integer_value(address),
                                   (uint64_t)json_integer_value(size)};
    }
    const json_t *observed = json_object_get(object, "boundaries");
    if (!json_is_integer(observed) || json_integer_value(observed) < 0 ||
        json_integer_value(observed) >= 1ll << MACHINE_MAX_CORES)
        return refuse(r, "'boundaries' is missing or is not a mask of cores");
    to->observed = (uint32_t)json_integer_value(observed);
    return true;
}

static enum finding_kind kind_of(const char *name)
{
    for (enum finding_kind kind = FINDING_INVARIANT; kind <= FINDING_LIMIT; kind++)
        if (!strcmp(name, finding_kind_name(kind)))
            return kind;
    return FINDING_NONE;
}

bool read_kind_of_finding(const struct reader *r, const json_t *finding, struct finding *f)
{
    const char *kind = text_of(r, finding, "kind");
    const char *name = text_of(r, finding, "name");
    const char *message = text_of(r, finding, "message");
    if (!kind || !name || !message)
        return false;
    f->kind = kind_of(kind);
    snprintf(f->name, sizeof f->name, "%s", name);
    snprintf(f->message, sizeof f->message, "%s", message);
    return f->kind != FINDING_NONE || refuse(r, "unknown kind of finding '%.40s'", kind);
}

bool read_setup(const struct reader *r, json_t *object, struct run_setup *to)
{
    return read_text(r, object, "scenario", &to->scenario) &&
           read_text(r, object, "variant", &to->variant) &&
           read_hash(r, object, &to->image_hash) && read_model(r, object, &to->model) &&
           read_knobs(r, object, &to->knobs) && read_ranges(r, object, to);
}

static bool read_format(const struct reader *r, const json_t *object, const char *what,
                        const char *right, int known)
{
    const char *format = json_string_value(json_object_get(object, "format"));
    const json_t *version = json_object_get(object, "version");
    if (!format || strcmp(format, right))
        return refuse(r, "not a %s: 'format' is not \"%s\"", what, right);
    if (!json_is_integer(version))
        return refuse(r, "'version' is missing or is not a number; this program reads %d", known);
    if (json_integer_value(version) != known)
        return refuse(r, "'version' is %lld; this program reads %d",
                      (long long)json_integer_value(version), known);
    return true;
}

static json_t *parse_file(const struct reader *r, FILE *f, const char *what, uint64_t max_size)
{
    json_error_t e;
    struct stat is;
    if (fstat(fileno(f), &is) || !S_ISREG(is.st_mode) || (uint64_t)is.st_size > max_size) {
        refuse(r, "not a %s: a file of at most %d MiB is right", what, (int)(max_size >> 20));
        return NULL;
    }
    json_t *object = json_loadf(f, JSON_REJECT_DUPLICATES, &e);
    if (!object)
        snprintf(r->error, r->size, "%s:%d: not a %s: %.120s", r->path, e.line, what, e.text);
    return object;
}

json_t *run_file_read(const struct reader *r, const char *what, const char *format, int version,
                      uint64_t max_size)
{
    int fd = open(r->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe would wait for a writer */
    FILE *f = fd < 0 ? NULL : fdopen(fd, "rb");
    if (!f) {
        refuse(r, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    json_t *object = parse_file(r, f, what, max_size);
    fclose(f);
    if (object && !read_format(r, object, what, format, version)) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

bool run_setup_fits(const struct run_setup *r, uint64_t memory_size, unsigned cores)
{
    if (r->observed >> cores)
        return false;
    for (unsigned i = 0; i < r->visible_count; i++) {
        const struct visible_range *v = &r->visible[i];
        if (v->address > memory_size || v->size > memory_size - v->address)
            return false;
    }
    return true;
}

void run_setup_free(struct run_setup *r)
{
    free(r->scenario);
    free(r->variant);
    free(r->visible);
    *r = (struct run_setup){0};
}
