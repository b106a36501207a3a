/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console: COM1, as the boot sector (silicon/boot.S) has set it up. irqweave collects the same
 * writes (cpu/console.h) and answers that the transmitter is ready.
 */
#include <stdarg.h>

#include "port.h"
#include "program.h"

#define COM1_DATA           0x3f8
#define COM1_LINE_STATUS    0x3fd
#define HOLDING_EMPTY       0x20
#define TRANSMITTER_EMPTY   0x40

static void wait_for(u8 status)
{
    while (!(inb(COM1_LINE_STATUS) & status))
        asm volatile("pause");
}

static void put(char c)
{
    wait_for(HOLDING_EMPTY);
    outb(COM1_DATA, c);
}

void print_flush(void)
{
    wait_for(TRANSMITTER_EMPTY);
}

static void put_string(const char *text)
{
    while (*text)
        put(*text++);
}

static void put_number(u64 value, unsigned base)
{
    char digit[20];
    unsigned digits = 0;

    do {
        digit[digits++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (digits)
        put(digit[--digits]);
}

void print(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    for (; *format; format++) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        switch (*++format) {
        case 's': put_string(va_arg(values, const char *)); break;
        case 'u': put_number(va_arg(values, u64), 10); break;
        case 'x': put_number(va_arg(values, u64), 16); break;
        default: put(*format); break;
        }
    }
    va_end(values);
}
