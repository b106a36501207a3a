/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console: what a core writes to port 3F8h is text, in the order of all cores (cpu/console.h). */
#include <criterion/criterion.h>

#include "cpu/console.h"
#include "cpu/program.h"

enum { MAX_TEXTS = 16, TEXT = 8 };

static char text[MAX_TEXTS][TEXT];
static unsigned texts;

/* out dx, al; AL ends with the last character. */
static void write_text(struct code *c, uint32_t port, const char *written)
{
    code_mov(c, 2, port);
    for (; *written; written++) {
        code_mov(c, 0, (uint8_t)*written);
        code_bytes(c, "\xee", 1);
    }
}

static void note_text(void *context, struct machine *m)
{
    const struct console *console = ((struct cpu *)m->cpu)->console;
    (void)context;
    for (unsigned i = 0; i < texts; i++)
        if (!strcmp(text[i], console->text))
            return;
    cr_assert_lt(texts, (unsigned)MAX_TEXTS);
    strcpy(text[texts++], console->text);
}

static struct program *two_writers(struct code code[2])
{
    struct program *p = program_open(2, 0, MEMORY_TSO);
    cpu_add_console(p->cpu, TEXT);
    program_start(p, code);
    return p;
}

static uint64_t explore_texts(struct program *p, enum algorithm algorithm)
{
    struct explore_options options = {.algorithm = algorithm, .on_complete = note_text};
    struct explore_result result;
    texts = 0;
    explore(p->m, &options, &result);
    uint64_t complete = result.complete;
    explore_result_free(&result);
    return complete;
}

/* Two characters of each core: 4! / (2! 2!) = 6 orders, each an execution of its own. */
Test(console, characters_of_two_cores_come_in_every_order)
{
    struct code code[2] = {0};
    write_text(&code[0], CONSOLE_PORT, "ab");
    write_text(&code[1], CONSOLE_PORT, "cd");
    code_end(&code[0]);
    code_end(&code[1]);
    struct program *p = two_writers(code);
    cr_expect_eq(explore_texts(p, ALGORITHM_DFS), 6);
    cr_expect_eq(texts, 6);
    cr_expect_eq(explore_texts(p, ALGORITHM_OPTIMAL), 6);
    cr_expect_eq(texts, 6);
}

/* Port 3F9h is no console: its writes vanish, and leave nothing to order. */
Test(console, other_ports_write_nothing)
{
    struct code code[2] = {0};
    write_text(&code[0], CONSOLE_PORT, "ab");
    write_text(&code[1], CONSOLE_PORT + 1, "cd");
    code_end(&code[0]);
    code_end(&code[1]);
    struct program *p = two_writers(code);
    cr_expect_eq(explore_texts(p, ALGORITHM_OPTIMAL), 1);
    cr_assert_eq(texts, 1);
    cr_expect_str_eq(text[0], "ab");
}

/* What there is no room for is counted and lost. */
Test(console, text_that_does_not_fit)
{
    struct code code[2] = {0};
    write_text(&code[0], CONSOLE_PORT, "0123456789");
    code_end(&code[0]);
    code_end(&code[1]);
    struct program *p = two_writers(code);
    explore_texts(p, ALGORITHM_OPTIMAL);
    cr_expect_str_eq(text[0], "0123456");
    cr_expect_eq(p->cpu->console->length, 10);
}

/* IN writes the register that it names, and no more of RAX: 8 and 16 bits keep the rest (SDM vol. 1,
 * 3.4.1.1), 32 bits clear the upper half. */
Test(console, reads_of_ports_give_ones)
{
    struct code code[2] = {0};
    code_mov_long(&code[0], 0, 0x1111111111111111);
    code_bytes(&code[0], "\xec\x49\x89\xc0", 4);     /* in al, dx; mov r8, rax */
    code_bytes(&code[0], "\x66\xed\x49\x89\xc1", 5); /* in ax, dx; mov r9, rax */
    code_bytes(&code[0], "\xed\x49\x89\xc2", 4);     /* in eax, dx; mov r10, rax */
    code_end(&code[0]);
    code_end(&code[1]);
    struct program *p = two_writers(code);
    explore_texts(p, ALGORITHM_OPTIMAL);
    cr_expect_eq(program_register(p, 0, 8), 0x11111111111111ff);
    cr_expect_eq(program_register(p, 0, 9), 0x111111111111ffff);
    cr_expect_eq(program_register(p, 0, 10), 0xffffffff);
}
