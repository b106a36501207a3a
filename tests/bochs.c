/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check programs (silicon/check) in irqweave and under Bochs: the transcripts are the same line
 * by line, but for the lines of the table in docs/bochs.md. VERBOSE=1 prints both.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/expected_differences.h"
#include "tests/support/files.h"
#include "tests/support/transcript.h"

static const char TABLE[] = IRQWEAVE_SOURCE_DIR "/docs/bochs.md";
static char ours[TRANSCRIPT_SIZE], theirs[TRANSCRIPT_SIZE];
static struct differences differences;

static void show(void)
{
    if (getenv("VERBOSE"))
        fprintf(stderr, "---- irqweave\n%s---- Bochs\n%s", ours, theirs);
}

static void compare(const char *program)
{
    const char *missing = transcript_bochs_missing();
    char path[512];
    if (missing)
        cr_skip_test("%s", missing);
    const char *wrong = differences_read(&differences, TABLE);
    cr_assert_null(wrong, "%s", wrong);
    snprintf(path, sizeof path, "%s/%s.elf", IRQWEAVE_CHECKS_DIR, program);
    wrong = transcript_irqweave(path, ours);
    cr_expect_null(wrong, "%s", wrong);
    folder_enter();
    snprintf(path, sizeof path, "%s/%s.disk", IRQWEAVE_CHECKS_DIR, program);
    wrong = transcript_bochs(path, theirs);
    folder_leave();
    show();
    cr_assert_null(wrong, "%s", wrong);
    wrong = differences_judge(&differences, program, ours, theirs);
    cr_assert_null(wrong, "%s", wrong);
}

#define PROGRAM(name)       \
    Test(bochs, name)       \
    {                       \
        compare(#name);     \
    }

PROGRAM(apic_access)
PROGRAM(apic_disabled)
PROGRAM(apic_timer)
PROGRAM(external_interrupts)
PROGRAM(local_apic)
PROGRAM(tpr_shadow)
PROGRAM(virtual_interrupts)
PROGRAM(virtual_random)
PROGRAM(vm_entry_checks)
PROGRAM(vm_entry_guest_state)
PROGRAM(vm_events)
PROGRAM(x2apic_errors)
PROGRAM(x2apic_priority)
PROGRAM(x2apic_random)
PROGRAM(x2apic_registers)
PROGRAM(x2apic_virtualization)
PROGRAM(xapic_registers)

/* ---- The comparison itself ---- */

static const char *judge(const char *table, const char *one, const char *other)
{
    static char text[1024];
    char path[FILE_PATH];
    file_make(path);
    snprintf(text, sizeof text, "## Other\n| `p` | `x` | `y` | 1 | why |\n## Differences\n%s", table);
    file_write(path, text, strlen(text));
    const char *wrong = differences_read(&differences, path);
    remove(path);
    return wrong ? wrong : differences_judge(&differences, "p", one, other);
}

Test(bochs_differences, lines_that_are_the_same)
{
    cr_expect_null(judge("", "a\nb\n", "a\nb\n"));
}

Test(bochs_differences, a_line_that_nobody_expects)
{
    const char *wrong = judge("", "a\nb\n", "a\nc\n");
    cr_assert_not_null(wrong);
    cr_expect_not_null(strstr(wrong, "line 2:\nirqweave: b\nBochs:    c"), "%s", wrong);
}

Test(bochs_differences, a_transcript_that_ends_early)
{
    const char *wrong = judge("", "a\nb\n", "a\n");
    cr_assert_not_null(wrong);
    cr_expect_not_null(strstr(wrong, "line 2:"), "%s", wrong);
}

Test(bochs_differences, a_line_that_is_expected)
{
    cr_expect_null(judge("| `p` | `b` | `c` | 1 | the manual |\n", "a\n  b\n", "a\n  c\n"));
}

Test(bochs_differences, an_expectation_of_another_program)
{
    cr_expect_not_null(judge("| `q` | `b` | `c` | 1 | the manual |\n", "b\n", "c\n"));
}

Test(bochs_differences, an_expectation_that_is_out_of_date)
{
    const char *wrong = judge("| `p` | `b` | `c` | 1 | the manual |\n", "b\n", "b\n");
    cr_assert_not_null(wrong);
    cr_expect_not_null(strstr(wrong, "occurred in 0 lines, not in 1"), "%s", wrong);
}

/* What a row excuses it does not excuse once more. */
Test(bochs_differences, a_row_stands_for_a_number_of_lines)
{
    static const char row[] = "| `p` | `b` | `c` | 2 | the manual |\n";
    cr_expect_null(judge(row, "b\na\nb\n", "c\na\nc\n"));
    const char *wrong = judge(row, "b\nb\na\nb\n", "c\nc\na\nc\n");
    cr_assert_not_null(wrong);
    cr_expect_not_null(strstr(wrong, "line 4:\nirqweave: b\nBochs:    c"), "%s", wrong);
    wrong = judge(row, "b\na\n", "c\na\n");
    cr_assert_not_null(wrong);
    cr_expect_not_null(strstr(wrong, "occurred in 1 lines, not in 2"), "%s", wrong);
}

Test(bochs_differences, rows_that_say_nothing)
{
    static const char *const row[] = {"| `p` | `b` | `c` |\n", "| `p` | `b` | `c` | 1 | |\n",
                                      "| `p` | `b` | `b` | 1 | the manual |\n",
                                      "| `p` | `b` | `c` | the manual |\n",
                                      "| `p` | `b` | `c` | 0 | the manual |\n"};
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        const char *wrong = judge(row[i], "b\n", "b\n");
        cr_assert_not_null(wrong, "%s", row[i]);
        cr_expect_not_null(strstr(wrong, ":4: a row is"), "%s", wrong);
    }
}
