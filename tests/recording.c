/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings: what is written is read again; what is not a recording is refused with one line. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/recording.h"
#include "sim/visible.h"
#include "tests/support/files.h"

enum { MUTANTS = 4000 };

static char path[FILE_PATH];
static char error[400];

static struct visible_range ranges[] = {{0x1000, 8}, {0x2000, 64}};

static struct recording sample(void)
{
    struct recording r = {
        .setup = {.scenario = "posted-delivery", .variant = "V1-cpu",
                  .image_hash = 0x0123456789abcdef, .model = MEMORY_SC,
                  .visible = ranges, .visible_count = 2, .observed = 1},
        .schedule = "c0@12.1 b0*2 d0 m1.0",
        .verdict = VERDICT_VIOLATION,
        .finding = {.kind = FINDING_INVARIANT, .name = "PI-1", .message = "lost \"it\""},
    };
    cr_assert(knob_set(&r.setup.knobs, "message-order=fifo"));
    return r;
}

static void make_file(void)
{
    file_make(path);
}

static void remove_file(void)
{
    unlink(path);
}

TestSuite(recording, .init = make_file, .fini = remove_file);

Test(recording, comes_back)
{
    struct recording r = sample(), back;
    cr_assert(recording_write(&r, path, error, sizeof error), "%s", error);
    cr_assert(recording_read(&back, path, error, sizeof error), "%s", error);
    cr_assert_str_eq(back.setup.scenario, r.setup.scenario);
    cr_assert_str_eq(back.setup.variant, r.setup.variant);
    cr_assert_str_eq(back.schedule, r.schedule);
    cr_assert_eq(back.setup.image_hash, r.setup.image_hash);
    cr_assert_eq(back.setup.model, r.setup.model);
    cr_assert_eq(back.verdict, r.verdict);
    cr_assert_eq(memcmp(back.setup.knobs.value, r.setup.knobs.value, sizeof r.setup.knobs.value), 0);
    cr_assert_eq(back.setup.visible_count, 2);
    cr_assert_eq(back.setup.observed, 1);
    cr_assert_eq(memcmp(back.setup.visible, ranges, sizeof ranges), 0);
    cr_assert_eq(back.finding.kind, FINDING_INVARIANT);
    cr_assert_str_eq(back.finding.message, r.finding.message);
    cr_assert(run_setup_fits(&back.setup, 0x2040, 1));
    cr_assert(!run_setup_fits(&back.setup, 0x203f, 1));
    recording_free(&back);
}

/* NULL would be no set at all, and whoever replays would look for one. */
Test(recording, an_empty_set_of_visible_memory_is_a_set)
{
    struct visibility nothing = {0};
    struct recording r = sample(), back;
    unsigned count;
    visible_init(&nothing, 0x1000);
    r.setup.visible = visible_list(&nothing, &count);
    r.setup.visible_count = count;
    cr_assert(r.setup.visible);
    cr_assert_eq(count, 0);
    cr_assert(recording_write(&r, path, error, sizeof error), "%s", error);
    cr_assert(recording_read(&back, path, error, sizeof error), "%s", error);
    cr_assert(back.setup.visible);
    cr_assert_eq(back.setup.visible_count, 0);
    recording_free(&back);
    free(r.setup.visible);
    visible_free(&nothing);
}

Test(recording, is_not_written_half)
{
    struct recording r = sample();
    cr_assert(!recording_write(&r, "/no/such/folder/file", error, sizeof error));
    cr_assert(strstr(error, "/no/such/folder/file: cannot be written"));
}

Test(recording, refuses_with_one_line)
{
    struct recording r;
    cr_assert(!recording_read(&r, "/no/such", error, sizeof error));
    cr_assert_str_eq(error, "/no/such: cannot be opened: No such file or directory");
    file_write(path, "{\"format\": \"x\"}", 15);
    cr_assert(!recording_read(&r, path, error, sizeof error));
    cr_assert(strstr(error, "'format' is not"), "%s", error);
    file_write(path, "{\n\n!", 4);
    cr_assert(!recording_read(&r, path, error, sizeof error));
    cr_assert(strstr(error, ":3: not a recording"), "%s", error);
}

Test(recording, refuses_another_version)
{
    struct recording r = sample(), back;
    char text[4000], said[60];
    cr_assert(recording_write(&r, path, error, sizeof error));
    size_t length = file_read(path, text, sizeof text);
    for (char other = '1'; other <= '9'; other += 8) { /* positions of version 1 are other places */
        *(strstr(text, "\"version\": ") + 11) = other;
        file_write(path, text, length);
        cr_assert(!recording_read(&back, path, error, sizeof error));
        snprintf(said, sizeof said, "'version' is %c; this program reads 2", other);
        cr_assert(strstr(error, said), "%s", error);
    }
}

/* What recording_read() says of what recording_write() wrote, or "". */
static const char *said_of(const struct recording *r)
{
    struct recording back;
    cr_assert(recording_write(r, path, error, sizeof error), "%s", error);
    error[0] = 0;
    if (recording_read(&back, path, error, sizeof error))
        recording_free(&back);
    return error;
}

/* A limit of the model is no verdict about the code under test; all else that is found is. */
Test(recording, verdict_and_finding_belong_together)
{
    struct recording r = sample();
    r.verdict = VERDICT_SAFE;
    cr_assert(strstr(said_of(&r), "'verdict' is 'safe'"), "%s", error);
    r.finding.kind = FINDING_LIMIT;
    cr_assert(strstr(said_of(&r), "'incomplete' is right"), "%s", error);
    r.verdict = VERDICT_INCOMPLETE;
    cr_assert_str_eq(said_of(&r), "");
    r.finding.kind = FINDING_NONE;
    cr_assert_str_eq(said_of(&r), "");
    r.verdict = VERDICT_VIOLATION;
    cr_assert(strstr(said_of(&r), "'finding' is missing"), "%s", error);
}

Test(recording, survives_mutants, .timeout = 120)
{
    struct recording r = sample();
    char text[4000], mutant[4000];
    uint64_t x = 88172645463325252;
    cr_assert(recording_write(&r, path, error, sizeof error));
    size_t length = file_read(path, text, sizeof text);
    for (unsigned i = 0; i < MUTANTS; i++) {
        memcpy(mutant, text, length);
        for (unsigned k = 0; k < 1 + i % 4; k++) {
            x = x * 6364136223846793005 + 1442695040888963407;
            mutant[(x >> 33) % length] = (char)(x >> 20);
        }
        file_write(path, mutant, i % 7 ? length : (x >> 40) % length);
        error[0] = 0;
        if (recording_read(&r, path, error, sizeof error))
            recording_free(&r);
        else
            cr_assert(error[0] && !strchr(error, '\n'), "'%s'", error);
    }
}
