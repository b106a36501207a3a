/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What recordings (sim/recording.h) and frontier files (sim/frontier.h) share: JSON files that are
 * written as a whole or not at all, and the fields that say what ran.
 */
#ifndef SIM_RUN_FILE_H
#define SIM_RUN_FILE_H

#include <jansson.h>

#include "sim/machine.h"
#include "sim/reader.h"

/* What ran, and what was visible in the end. */
struct run_setup {
    char *scenario;
    char *variant;
    uint64_t image_hash;
    enum memory_model model;
    struct knobs knobs;
    struct visible_range *visible;
    unsigned visible_count;
    uint32_t observed; /* machine.observed_core: cores whose boundaries all matter, a bit a core */
};

void run_setup_free(struct run_setup *);

/* Are all ranges inside memory of this size, all boundaries those of so many cores? */
bool run_setup_fits(const struct run_setup *, uint64_t memory_size, unsigned cores);

/* ---- Writing ---- */

/* Of an object that begins with "format" and "version"; more can be added. */
json_t *run_setup_to_json(const struct run_setup *, const char *format, int version);
json_t *run_finding_to_json(const struct finding *);

/* Writes a new file and renames it to `path`, so that the name never holds half of one, and
 * releases the object. Only a plain file is ever replaced: no device, no link. False: one line in
 * `error`. */
bool run_file_write(json_t *, const char *path, char *error, size_t size);

/* Could it be written now? Leaves no trace, whatever is there stays. False: one line in `error`. */
bool run_file_writable(const char *path, char *error, size_t size);

/* ---- Reading ---- */

/* The object in the file, `what` ("recording") it should be. NULL: refused. */
json_t *run_file_read(const struct reader *, const char *what, const char *format, int version,
                      uint64_t max_size);

/* What has been read is to be freed even where the answer is false. */
bool read_setup(const struct reader *, json_t *object, struct run_setup *);
bool read_text(const struct reader *, const json_t *object, const char *key, char **to);
bool read_kind_of_finding(const struct reader *, const json_t *finding, struct finding *);

/* The text in the object; NULL: refused. */
const char *text_of(const struct reader *, const json_t *object, const char *key);

#endif
