/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU's APIC in software (kvm/logic/lapic): one program (silicon/check/apic_program.c) prints the same on
 * the core itself and in a guest, whatever the processor virtualizes; what that is stands in
 * tests/software_apic.txt, by the manual. And each way there is taken: the VM exits are those expected.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/effort.h"
#include "tests/support/files.h"
#include "tests/support/transcript.h"

enum { LINE = 256 };

static char transcript[TRANSCRIPT_SIZE], expected[TRANSCRIPT_SIZE];

/* The next line without its end; false behind the last. */
static bool next_line(const char **at, char line[LINE])
{
    size_t n = strcspn(*at, "\n");
    if (!**at)
        return false;
    cr_assert(n < LINE, "a line of %zu characters", n);
    memcpy(line, *at, n);
    line[n] = 0;
    *at += n + ((*at)[n] == '\n');
    return true;
}

/* The next line that is expected in this mode. */
static bool next_expected(const char **at, const char *mode, char line[LINE])
{
    while (next_line(at, line)) {
        size_t n = strlen(mode);
        bool one_mode = !strncmp(line, "xAPIC: ", 7) || !strncmp(line, "x2APIC: ", 8);
        if (!line[0] || line[0] == '#')
            continue;
        if (!one_mode)
            return true;
        if (!strncmp(line, mode, n) && line[n] == ':') {
            memmove(line, line + n + 2, strlen(line + n + 2) + 1);
            return true;
        }
    }
    return false;
}

static void run(void)
{
    const char *wrong = transcript_irqweave(IRQWEAVE_CHECKS_DIR "/software_apic.elf", transcript);
    if (getenv("VERBOSE"))
        fputs(transcript, stderr);
    cr_assert_null(wrong, "%s\n%s", wrong, transcript);
}

/* Where the lines of a section begin. */
static const char *section(const char *name)
{
    char title[LINE];
    snprintf(title, sizeof title, "== %s\n", name);
    const char *at = strstr(transcript, title);
    cr_assert(at, "no section %s", name);
    return at + strlen(title);
}

/* Compares the section with `text`; returns what follows in it. */
static const char *follow(const char *name, const char *mode, const char *text)
{
    const char *at = section(name);
    char wanted[LINE], got[LINE];
    for (unsigned n = 1; next_expected(&text, mode, wanted); n++) {
        cr_assert(next_line(&at, got), "%s ends before: %s", name, wanted);
        cr_assert_str_eq(got, wanted, "%s, line %u:\nexpected: %s\nprinted:  %s", name, n, wanted, got);
    }
    return at;
}

static void exits(const char *name, const char *at, const char *wanted)
{
    char got[LINE];
    cr_assert(next_line(&at, got));
    cr_expect_str_eq(got, wanted, "%s: expected %s, printed %s", name, wanted, got);
}

/* A guest and the VM exits that it makes. */
static void guest(const char *mode, const char *virtualized, const char *wanted)
{
    char name[LINE];
    snprintf(name, sizeof name, "%s, virtualized: %s", mode, virtualized);
    skip_under_sanitizer(name); /* bare() has run all sections */
    run();
    file_read(IRQWEAVE_SOURCE_DIR "/tests/software_apic.txt", expected, sizeof expected);
    exits(name, follow(name, mode, expected), wanted);
}

static void bare(const char *mode)
{
    char name[LINE], next[LINE];
    snprintf(name, sizeof name, "%s, bare", mode);
    run();
    file_read(IRQWEAVE_SOURCE_DIR "/tests/software_apic.txt", expected, sizeof expected);
    const char *at = follow(name, mode, expected);
    cr_assert(next_line(&at, next));
    cr_expect(!strncmp(next, "== ", 3), "%s goes on: %s", name, next);
}

Test(software_apic, the_program_on_a_core)
{
    bare("xAPIC");
    bare("x2APIC");
}

/*
 * In all: 18 the guest's end, 31 and 32 the deadline, 1 the host's timer. Software delivers: 7 and 8, windows
 * for interrupts and NMIs; with virtual-interrupt delivery the latter alone. 28 CR8 without a TPR shadow, 43
 * the threshold with it. xAPIC: 44 what is not virtualized (24.6.2, 29.4), also the current count and PPR
 * under register virtualization (29.4.2), 56 writes of what is (29.4.3.3). x2APIC: 31 and 32 (24.6.9); 56 for
 * an illegal vector in SELF IPI alone (29.5).
 */
Test(software_apic, nothing_virtualized_xapic)
{
    guest("xAPIC", "nothing", "exits 1 7 8 18 28 31 32 44");
}

Test(software_apic, nothing_virtualized_x2apic)
{
    guest("x2APIC", "nothing", "exits 1 7 8 18 28 31 32");
}

Test(software_apic, tpr_virtualized_xapic)
{
    guest("xAPIC", "TPR", "exits 1 7 8 18 31 32 43 44");
}

Test(software_apic, tpr_virtualized_x2apic)
{
    guest("x2APIC", "TPR", "exits 1 7 8 18 31 32 43");
}

Test(software_apic, registers_virtualized_xapic)
{
    guest("xAPIC", "registers", "exits 1 7 8 18 31 32 43 44 56");
}

Test(software_apic, registers_virtualized_x2apic)
{
    guest("x2APIC", "registers", "exits 1 7 8 18 31 32 43");
}

Test(software_apic, delivery_virtualized_xapic)
{
    guest("xAPIC", "delivery", "exits 1 8 18 31 32 44 56");
}

Test(software_apic, delivery_virtualized_x2apic)
{
    guest("x2APIC", "delivery", "exits 1 8 18 31 32 56");
}

/* ---- Lines of an I/O APIC: the EOI of a level-triggered vector goes on to it, SDM vol. 3, 10.8.5 ---- */

/* The last interrupt of a vector decides, 10.8.4. Of two at once that of the higher class is served first, and ends
 * first. SVR bit 12: 10.8.5. */
static const char lines[] = "edge: TPR 0 PPR 0 IRR - ISR - took 51/50( )\n"
                            "  I/O APIC: EOI of 61\n"
                            "level: TPR 0 PPR 0 IRR - ISR - took 61/60( )\n"
                            "the same vector as an edge: TPR 0 PPR 0 IRR - ISR - took 61/60( )\n"
                            "  I/O APIC: EOI of 61\n"
                            "both: TPR 0 PPR 0 IRR - ISR - took 61/60( ) 51/50( )\n"
                            "level, broadcast suppressed: TPR 0 PPR 0 IRR - ISR - took 61/60( )\n";

static void level(const char *mode, const char *virtualized, const char *wanted)
{
    char name[LINE];
    snprintf(name, sizeof name, "%s lines, virtualized: %s", mode, virtualized);
    run();
    exits(name, follow(name, mode, lines), wanted);
}

Test(software_apic, eoi_of_a_level_in_software)
{
    level("xAPIC", "nothing", "exits 7 18 44");
    level("xAPIC", "TPR", "exits 7 18 44");
    level("x2APIC", "nothing", "exits 7 18 31 32");
    level("x2APIC", "TPR", "exits 7 18 31 32");
}

Test(software_apic, eoi_of_a_level_behind_the_write)
{
    level("xAPIC", "registers", "exits 7 18 44 56");
    level("x2APIC", "registers", "exits 7 18 31 32");
}

/* The exit that the EOI-exit bitmap asks for (45), SDM vol. 3, 29.1.4; PPR in xAPIC mode exits, in x2APIC mode it is
 * read from the page. */
Test(software_apic, eoi_of_a_level_by_the_bitmap)
{
    level("xAPIC", "delivery", "exits 18 44 45 56");
    level("x2APIC", "delivery", "exits 18 32 45");
}
