/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/reader.h"

#include <stdarg.h>
#include <stdio.h>

bool refuse(const struct reader *r, const char *format, ...)
{
    va_list ap;
    int used = snprintf(r->error, r->size, "%s: ", r->path);
    if (used < 0 || (size_t)used >= r->size)
        return false;
    va_start(ap, format);
    vsnprintf(r->error + used, r->size - (size_t)used, format, ap);
    va_end(ap);
    return false;
}
