/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Temporary files and folders. What goes wrong ends the test with the name of the file. */
#ifndef TESTS_SUPPORT_FILES_H
#define TESTS_SUPPORT_FILES_H

#include <stddef.h>

enum { FILE_PATH = 40 };

/* A new, empty file in /tmp; the caller removes it. */
void file_make(char path[FILE_PATH]);

/* The file with a 0 behind it, as much as there is room for; returns how many bytes it has. */
size_t file_read(const char *path, char *text, size_t size);
void file_write(const char *path, const void *bytes, size_t size);

/* A new folder in /tmp becomes the working directory, until it is removed with all that is in it. */
void folder_enter(void);
void folder_leave(void);

#endif
