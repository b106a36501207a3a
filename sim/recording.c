/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/recording.h"

#include <stdlib.h>
#include <string.h>

static const char FORMAT[] = "irqweave-recording";

/* ---- Writing ---- */

bool recording_writable(const char *path, char *error, size_t size)
{
    return run_file_writable(path, error, size);
}

bool recording_write(const struct recording *r, const char *path, char *error, size_t size)
{
    json_t *object = run_setup_to_json(&r->setup, FORMAT, RECORDING_VERSION);
    json_object_set_new(object, "schedule", json_string(r->schedule));
    json_object_set_new(object, "verdict", json_string(verdict_name(r->verdict)));
    if (r->finding.kind)
        json_object_set_new(object, "finding", run_finding_to_json(&r->finding));
    return run_file_write(object, path, error, size);
}

/* ---- Reading ---- */

static bool read_verdict(const struct reader *r, const json_t *object, enum verdict *verdict)
{
    const char *text = text_of(r, object, "verdict");
    if (!text)
        return false;
    for (*verdict = VERDICT_SAFE; *verdict <= VERDICT_INCOMPLETE; (*verdict)++)
        if (!strcmp(text, verdict_name(*verdict)))
            return true;
    return refuse(r, "'verdict' is '%.20s'; 'safe', 'violation' or 'incomplete' are right", text);
}

/* Whatever is found makes a violation, but for a limit of the model: that leaves it open. */
static bool verdict_agrees(const struct reader *r, const struct recording *to)
{
    enum finding_kind kind = to->finding.kind;
    if (to->verdict == VERDICT_VIOLATION)
        return kind || refuse(r, "'finding' is missing; with the verdict 'violation' there is one");
    if (!kind || (kind == FINDING_LIMIT && to->verdict == VERDICT_INCOMPLETE))
        return true;
    return refuse(r, "'verdict' is '%s'; with this 'finding', '%s' is right",
                  verdict_name(to->verdict),
                  verdict_name(kind == FINDING_LIMIT ? VERDICT_INCOMPLETE : VERDICT_VIOLATION));
}

static bool read_object(const struct reader *r, json_t *object, struct recording *to)
{
    const json_t *finding = json_object_get(object, "finding");
    return read_setup(r, object, &to->setup) && read_text(r, object, "schedule", &to->schedule) &&
           read_verdict(r, object, &to->verdict) &&
           (!finding || read_kind_of_finding(r, finding, &to->finding)) && verdict_agrees(r, to);
}

bool recording_read(struct recording *to, const char *path, char *error, size_t size)
{
    struct reader r = {path, error, size};
    *to = (struct recording){0};
    json_t *object = run_file_read(&r, "recording", FORMAT, RECORDING_VERSION, RECORDING_SIZE_MAX);
    bool ok = object && read_object(&r, object, to);
    json_decref(object);
    if (!ok)
        recording_free(to);
    return ok;
}

void recording_free(struct recording *r)
{
    run_setup_free(&r->setup);
    free(r->schedule);
    *r = (struct recording){0};
}
