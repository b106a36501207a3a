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

PROGRAM(apic_disabled)
PROGRAM(external_interrupts)
PROGRAM(virtual_interrupts)
PROGRAM(vm_entry_checks)
PROGRAM(x2apic_errors)
PROGRAM(x2apic_priority)
PROGRAM(x2apic_registers)
PROGRAM(x2apic_virtualization)
