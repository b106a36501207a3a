/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine code of litmus tests: binutils `as` encodes the threads of all given tests in one run,
 * a section each. Source, messages and object are anonymous files in memory, so that nothing is
 * left behind, whatever happens.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios/litmus_internal.h"
#include "scenarios/scenario.h"
#include "sim/grow.h"

extern char **environ;

/* Which instruction a line of the source is. */
struct origin {
    unsigned test;
    const struct litmus_insn *insn; /* NULL: not one of the test's */
    unsigned thread;                /* its number */
};

struct batch {
    struct litmus_test **tests;
    unsigned count;
    struct litmus_error *errors;
    FILE *source;
    struct origin *origin; /* by line, the first is 0 */
    unsigned lines, capacity;
    int source_fd, object_fd, message_fd;
};

/* ---- The source ---- */

static void put_line(struct batch *b, struct origin origin, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void put_line(struct batch *b, struct origin origin, const char *format, ...)
{
    va_list ap;
    GROW(b->origin, b->capacity, b->lines + 1);
    b->origin[b->lines++] = origin;
    va_start(ap, format);
    vfprintf(b->source, format, ap);
    va_end(ap);
    fputc('\n', b->source);
}

/* Labels of copy `copy` of a thread that stand before instruction `insn`. */
static void put_labels(struct batch *b, unsigned test, unsigned thread, unsigned copy,
                       unsigned insn)
{
    const struct litmus_thread *t = &b->tests[test]->thread[thread];
    for (unsigned i = 0; i < t->labels; i++)
        if (t->label[i].insn == insn)
            put_line(b, (struct origin){.test = test}, ".L%u_%u_%u_%s:", test, thread, copy,
                     t->label[i].name);
}

/*
 * A jump back in a loop that only looks at memory gets a PAUSE before it, at which the core waits
 * until something that it read has changed: going round leads to where it was. Other loops go on in
 * the next copy of the thread, from the last copy to where executions are cut off.
 */
static void put_jump(struct batch *b, struct origin here, unsigned index, unsigned copy)
{
    const struct litmus_insn *in = here.insn;
    bool leaves = in->loop == LOOP_OTHER;
    if (in->needs_pause)
        put_line(b, here, "pause");
    if (!in->target[0])
        put_line(b, here, "%s .Lend%u_%u", in->code, here.test, index);
    else if (leaves && copy + 1 == LITMUS_UNROLL)
        put_line(b, here, "%s .Lcut%u_%u", in->code, here.test, index);
    else
        put_line(b, here, "%s .L%u_%u_%u_%s", in->code, here.test, index,
                 leaves ? copy + 1 : copy, in->target);
}

static void put_copy(struct batch *b, unsigned test, unsigned thread, unsigned copy)
{
    const struct litmus_thread *t = &b->tests[test]->thread[thread];
    for (unsigned i = 0; i < t->insns; i++) {
        struct origin here = {test, &t->insn[i], t->number};
        put_labels(b, test, thread, copy, i);
        if (here.insn->jumps)
            put_jump(b, here, thread, copy);
        else
            put_line(b, here, "%s", here.insn->code);
    }
    put_labels(b, test, thread, copy, t->insns);
}

static void put_thread(struct batch *b, unsigned test, unsigned thread)
{
    const struct litmus_thread *t = &b->tests[test]->thread[thread];
    struct origin nowhere = {.test = test};
    unsigned copies = t->unrolled ? LITMUS_UNROLL : 1;
    put_line(b, nowhere, ".section t%u_%u,\"ax\"", test, thread);
    for (unsigned i = 0; i < copies; i++) {
        put_copy(b, test, thread, i);
        if (i + 1 < copies)
            put_line(b, nowhere, "jmp .Lend%u_%u", test, thread);
    }
    put_line(b, nowhere, ".Lend%u_%u:", test, thread);
    put_line(b, nowhere, "hlt"); /* cores start with interrupts off, so it is the end */
    put_line(b, nowhere, ".Lcut%u_%u:", test, thread);
    put_line(b, nowhere, "hlt");
}

static void write_source(struct batch *b)
{
    b->lines = 0;
    for (unsigned i = 0; i < b->count; i++)
        for (unsigned j = 0; !b->tests[i]->bad && j < b->tests[i]->threads; j++)
            put_thread(b, i, j);
    fflush(b->source);
}

/* ---- The assembler ---- */

static bool fail_system(char *failure, size_t size, const char *what, int error)
{
    snprintf(failure, size, "cannot run the assembler 'as' (package binutils): %s: %s", what,
             strerror(error));
    return false;
}

static void fd_path(char text[40], int fd)
{
    snprintf(text, 40, "/proc/self/fd/%d", fd);
}

static bool spawn_as(struct batch *b, pid_t *child, char *failure, size_t size)
{
    char source[40], object[40];
    posix_spawn_file_actions_t files;
    fd_path(source, b->source_fd);
    fd_path(object, b->object_fd);
    char *argv[] = {"as", "--64", "--fatal-warnings", "-o", object, source, NULL};
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, b->message_fd, 1);
    posix_spawn_file_actions_adddup2(&files, b->message_fd, 2);
    int error = posix_spawnp(child, "as", &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return !error || fail_system(failure, size, "not started", error);
}

/* True if `as` ran; *assembled if it liked everything. */
static bool run_as(struct batch *b, bool *assembled, char *failure, size_t size)
{
    pid_t child;
    int status;
    if (!spawn_as(b, &child, failure, size))
        return false;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail_system(failure, size, "lost", errno);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        snprintf(failure, size, "the assembler 'as' (package binutils) ended with status %#x",
                 (unsigned)status);
        return false;
    }
    *assembled = WEXITSTATUS(status) == 0;
    return true;
}

/* ---- Its messages ---- */

static void suggest(char *text, size_t size, const struct litmus_insn *in)
{
    static const char *const known[] = {
        "mov", "movb", "movw", "movl", "movq", "xchg", "xchgl", "xchgq", "add", "addl", "addq",
        "sub", "subl", "subq", "inc", "incl", "incq", "dec", "decl", "decq", "and", "andl", "andq",
        "or", "orl", "orq", "xor", "xorl", "xorq", "cmp", "cmpl", "cmpq", "test", "cmpxchg",
        "cmpxchgl", "cmpxchgq", "xadd", "xaddl", "xaddq", "lea", "mfence", "sfence", "lfence",
        "lock", "nop", "pause", "cmove", "cmovne", "sete", "setne", "je", "jne", "jmp", "shl"};
    char word[24];
    const char *code = !strncmp(in->code, "lock ", 5) ? in->code + 5 : in->code;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(code, " "), code);
    const char *near = nearest_name(word, known, sizeof known / sizeof *known);
    if (near)
        snprintf(text, size, "; did you mean '%s'?", near);
}

static void note_error(struct batch *b, unsigned line, const char *message)
{
    if (!line || line > b->lines)
        return;
    const struct origin *o = &b->origin[line - 1];
    struct litmus_test *t = b->tests[o->test];
    char more[40] = "";
    if (t->bad)
        return;
    t->bad = true;
    b->errors[o->test] = (struct litmus_error){0};
    if (!o->insn)
        litmus_fail(&b->errors[o->test], 1, "the assembler says: %.200s", message);
    else if (strstr(message, "no such instruction")) {
        suggest(more, sizeof more, o->insn);
        litmus_fail(&b->errors[o->test], o->insn->line, "'%.80s': no such instruction%s",
                    o->insn->source, more);
    } else {
        litmus_fail(&b->errors[o->test], o->insn->line, "'%.80s': the assembler says: %.200s",
                    o->insn->source, message);
    }
}

/* "/proc/self/fd/5:12: Error: no such instruction: `foo'" */
static void read_message(struct batch *b, char *text)
{
    char *kind = strstr(text, ": Error: ");
    size_t skip = strlen(": Error: ");
    if (!kind) {
        kind = strstr(text, ": Warning: ");
        skip = strlen(": Warning: ");
    }
    if (!kind)
        return;
    *kind = 0;
    for (char *quote = kind + skip; (quote = strchr(quote, '`'));)
        *quote = '\'';
    const char *number = strrchr(text, ':');
    if (number)
        note_error(b, (unsigned)strtoul(number + 1, NULL, 10), kind + skip);
}

/* True if the tests that are wrong have been found. */
static bool read_messages(struct batch *b)
{
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length;
    unsigned before = 0, after = 0;
    for (unsigned i = 0; i < b->count; i++)
        before += b->tests[i]->bad;
    FILE *f = fdopen(dup(b->message_fd), "r");
    assert(f);
    rewind(f);
    while ((length = getline(&text, &capacity, f)) > 0) {
        text[length - 1] = text[length - 1] == '\n' ? 0 : text[length - 1];
        read_message(b, text);
    }
    free(text);
    fclose(f);
    for (unsigned i = 0; i < b->count; i++)
        after += b->tests[i]->bad;
    return after > before;
}

/* ---- The object ---- */

static void take_section(struct batch *b, const char *name, Elf_Scn *section)
{
    unsigned test, thread;
    Elf_Data *data = elf_getdata(section, NULL);
    if (sscanf(name, "t%u_%u", &test, &thread) != 2 || !data)
        return;
    struct litmus_thread *t = &b->tests[test]->thread[thread];
    if (data->d_size > PROGRAM_CODE_MAX) {
        b->tests[test]->bad = true;
        b->errors[test] = (struct litmus_error){0};
        litmus_fail(&b->errors[test], t->insn[0].line, "P%u: %zu bytes of code; %d are allowed",
                    t->number, data->d_size, PROGRAM_CODE_MAX);
        return;
    }
    t->code.size = 0;
    code_bytes(&t->code, data->d_buf, (unsigned)data->d_size);
}

static bool read_object(struct batch *b, char *failure, size_t size)
{
    size_t names;
    Elf_Scn *section = NULL;
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(b->object_fd, ELF_C_READ, NULL);
    if (!elf || elf_getshdrstrndx(elf, &names)) {
        snprintf(failure, size, "the assembler's object cannot be read: %s", elf_errmsg(-1));
        elf_end(elf);
        return false;
    }
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        const char *name = gelf_getshdr(section, &header)
                               ? elf_strptr(elf, names, header.sh_name) : NULL;
        if (name)
            take_section(b, name, section);
    }
    elf_end(elf);
    return true;
}

/* ---- All of it ---- */

static bool open_files(struct batch *b)
{
    b->source_fd = memfd_create("litmus.s", 0);
    b->object_fd = memfd_create("litmus.o", 0);
    b->message_fd = memfd_create("litmus.messages", 0);
    if (b->source_fd < 0 || b->object_fd < 0 || b->message_fd < 0)
        return false;
    b->source = fdopen(dup(b->source_fd), "w");
    return b->source;
}

static void close_files(struct batch *b)
{
    const int fds[] = {b->source_fd, b->object_fd, b->message_fd};
    if (b->source)
        fclose(b->source);
    b->source = NULL;
    for (unsigned i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

enum outcome { OUTCOME_DONE, OUTCOME_AGAIN, OUTCOME_FAILED };

static enum outcome assemble_once(struct batch *b, char *failure, size_t size)
{
    bool assembled;
    write_source(b);
    if (!run_as(b, &assembled, failure, size))
        return OUTCOME_FAILED;
    if (assembled)
        return read_object(b, failure, size) ? OUTCOME_DONE : OUTCOME_FAILED;
    if (read_messages(b))
        return OUTCOME_AGAIN; /* without the tests that are wrong */
    snprintf(failure, size, "the assembler refused the tests without saying where");
    return OUTCOME_FAILED;
}

bool litmus_assemble(struct litmus_test **tests, unsigned count, struct litmus_error *errors,
                     char *failure, size_t failure_size)
{
    struct batch b = {.tests = tests, .count = count, .errors = errors};
    enum outcome outcome;
    do {
        outcome = OUTCOME_FAILED;
        if (open_files(&b))
            outcome = assemble_once(&b, failure, failure_size);
        else
            fail_system(failure, failure_size, "no memory file", errno);
        close_files(&b);
    } while (outcome == OUTCOME_AGAIN);
    free(b.origin);
    return outcome == OUTCOME_DONE;
}
