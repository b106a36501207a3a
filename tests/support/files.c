/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/files.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[FILE_PATH];

static void must(bool done, const char *what, const char *path)
{
    if (done)
        return;
    perror(path);
    fprintf(stderr, "%s: cannot be %s\n", path, what);
    abort();
}

void file_make(char path[FILE_PATH])
{
    strcpy(path, "/tmp/irqweave-test-XXXXXX");
    int fd = mkstemp(path);
    must(fd >= 0, "made", path);
    close(fd);
}

size_t file_read(const char *path, char *text, size_t size)
{
    FILE *f = fopen(path, "rb");
    must(f, "opened", path);
    size_t length = fread(text, 1, size - 1, f);
    text[length] = 0;
    fclose(f);
    return length;
}

void file_write(const char *path, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    must(f && fwrite(bytes, 1, size, f) == size, "written", path);
    fclose(f);
}

void folder_enter(void)
{
    strcpy(folder, "/tmp/irqweave-test-XXXXXX");
    must(mkdtemp(folder) && chdir(folder) == 0, "entered", folder);
}

void folder_leave(void)
{
    char command[FILE_PATH + 20];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    must(chdir("/") == 0 && system(command) == 0, "removed", folder);
}
