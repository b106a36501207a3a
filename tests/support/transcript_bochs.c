/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bochs without a screen. Debian's build draws on a terminal or in a window; what it draws goes nowhere, as
 * there may be no terminal, not even a pseudo-terminal. And it has the internal debugger, which stops at reset
 * until it is told to go on. The program ends it (silicon/check/program.c), by a panic: the exit
 * status says nothing, the transcript does.
 */
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/files.h"
#include "tests/support/transcript.h"

enum { TIMEOUT_SECONDS = 60 };

#define PROGRAM "/usr/bin/bochs-bin"
#define SHARE   "/usr/share/bochs/"
#define PLUGINS "/usr/lib/*/bochs/plugins/libbx_term_gui.so"
#define SERIAL  "serial.txt"

/* A clock of 1 MHz: the firmware waits by the clock, and no program here does. */
static const char configuration[] =
    "config_interface: textconfig\n"
    "display_library: term\n"
    "megs: 32\n"
    "romimage: file=" SHARE "BIOS-bochs-latest\n"
    "vgaromimage: file=" SHARE "VGABIOS-lgpl-latest\n"
    "cpu: model=corei7_skylake_x, count=1, ips=1000000, reset_on_triple_fault=0, "
    "ignore_bad_msrs=0\n"
    "clock: sync=none, time0=1000000000\n"
    "ata0-master: type=disk, path=disk, mode=flat, cylinders=0\n"
    "ata1: enabled=0\n"
    "boot: disk\n"
    "com1: enabled=1, mode=file, dev=" SERIAL "\n"
    "panic: action=fatal\n"
    "log: bochs.log\n";

const char *transcript_bochs_missing(void)
{
    static const struct {
        const char *path, *what;
    } needed[] = {
        {PROGRAM, "Bochs is not installed (Debian package bochs)"},
        {SHARE "BIOS-bochs-latest", "Bochs has no BIOS (Debian package bochsbios)"},
        {SHARE "VGABIOS-lgpl-latest", "Bochs has no VGA BIOS (Debian package vgabios)"},
    };
    glob_t display = {0};
    bool has_display = glob(PLUGINS, 0, NULL, &display) == 0;
    globfree(&display);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (access(needed[i].path, R_OK) != 0)
            return needed[i].what;
    return has_display ? NULL : "Bochs has no terminal display (Debian package bochs-term)";
}

static bool copy_disk(const char *from)
{
    char command[512];
    int n = snprintf(command, sizeof command, "cp '%s' disk", from);
    return n > 0 && (size_t)n < sizeof command && system(command) == 0;
}

static void become_bochs(void)
{
    setenv("TERM", "xterm", 1);
    if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout))
        _exit(127);
    dup2(STDOUT_FILENO, STDERR_FILENO);
    execl(PROGRAM, "bochs-bin", "-q", "-f", "bochsrc", "-rc", "debugger", (char *)NULL);
    _exit(127);
}

/* Until it has ended, or the time is over. */
static bool wait_for_end(pid_t child)
{
    const struct timespec moment = {.tv_nsec = 10000000};
    time_t deadline = time(NULL) + TIMEOUT_SECONDS;
    while (time(NULL) < deadline) {
        if (waitpid(child, NULL, WNOHANG) == child)
            return true;
        nanosleep(&moment, NULL);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return false;
}

static const char *run(void)
{
    pid_t child = fork();
    if (child < 0)
        return "Bochs cannot be started";
    if (child == 0)
        become_bochs();
    return wait_for_end(child) ? NULL : "Bochs does not end";
}

const char *transcript_bochs(const char *disk, char text[TRANSCRIPT_SIZE])
{
    text[0] = 0;
    if (!copy_disk(disk))
        return "the disk cannot be copied";
    file_write("bochsrc", configuration, strlen(configuration));
    file_write("debugger", "c\n", 2);
    const char *wrong = run();
    if (access(SERIAL, R_OK) == 0)
        file_read(SERIAL, text, TRANSCRIPT_SIZE);
    if (wrong)
        return wrong;
    return text[0] ? NULL : "Bochs has printed nothing";
}
