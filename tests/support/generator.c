/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/generator.h"

#include <stdarg.h>
#include <stdio.h>

#include "tests/support/encode.h"
#include "tests/support/snippets.h"

/* ---- Drawing ---- */

static struct place random_place(struct random *r, const struct mixture *mix)
{
    unsigned size = 1u << random_draw(r, 4);
    if (!mix->bytes)
        return (struct place){(uint8_t)(8 * random_draw(r, mix->cells)), 4};
    /* Few places, so that they overlap; every fourth one crosses from a cell into the next. */
    if (mix->cells > 1 && size > 1 && !random_draw(r, 4))
        return (struct place){(uint8_t)(8 * (1 + random_draw(r, mix->cells - 1)) - size / 2),
                              (uint8_t)size};
    unsigned step = size < 4 ? 2 : size;
    unsigned offset = 8 * random_draw(r, mix->cells) + step * random_draw(r, 8 / step);
    return (struct place){(uint8_t)offset, (uint8_t)size};
}

static unsigned random_kind(struct random *r, const struct mixture *mix)
{
    unsigned sum = 0, kind = 0;
    for (unsigned k = 0; k < OP_KINDS; k++)
        sum += mix->weight[k];
    unsigned n = random_draw(r, sum);
    while (n >= mix->weight[kind])
        n -= mix->weight[kind++];
    return kind;
}

/* A different value in each byte, so that it shows which store a byte came from. */
static uint64_t random_value(struct random *r, unsigned size)
{
    uint64_t value = 1 + random_draw(r, 3);
    for (unsigned i = 1; size > 4 && i < size; i++)
        value |= (uint64_t)(16 * i + random_draw(r, 4)) << 8 * i;
    if (size == 2)
        value |= (uint64_t)random_draw(r, 3) << 8;
    return value;
}

struct op random_op(struct random *r, const struct mixture *mix, unsigned threads, unsigned *reg)
{
    struct op op = {.kind = (uint8_t)random_kind(r, mix), .place = random_place(r, mix),
                    .second = random_place(r, mix)};
    op.value = random_value(r, op.kind == OP_STORE ? op.place.size : 1);
    op.reg = (uint8_t)(SPEC_FIRST_RESULT + (*reg)++ % SPEC_RESULTS);
    if (op.kind == OP_CMPXCHG || op.kind == OP_LOCK_CMPXCHG)
        op.value = random_draw(r, 3) | (1 + random_draw(r, 4)) << 8;
    if (op.kind == OP_SEND) {
        op.reg = (uint8_t)random_draw(r, threads);
        op.value = random_draw(r, 2) ? INTERRUPT_LOW : INTERRUPT_HIGH;
    }
    if (op.kind == OP_WAIT) {
        op.wait = (uint8_t)random_draw(r, WAIT_KINDS);
        op.place.size = op.second.size = 4;
        op.place.offset &= (uint8_t)~7u;
        op.second.offset = (uint8_t)((op.place.offset + 8) % (8 * mix->cells));
        if (op.wait == WAIT_LOCK)
            op.value = 0;
    }
    return op;
}

void random_ops(struct random *r, const struct mixture *mix, unsigned threads, unsigned length,
                struct op_list *list)
{
    unsigned reg = 0;
    assert(length <= SPEC_OPS);
    list->count = length;
    for (unsigned i = 0; i < length; i++)
        list->op[i] = random_op(r, mix, threads, &reg);
}

void random_invariants(struct random *r, const struct mixture *mix, struct spec *s)
{
    s->invariants = random_draw(r, SPEC_INVARIANTS + 1);
    for (unsigned i = 0; i < s->invariants; i++) {
        struct spec_invariant *inv = &s->invariant[i];
        inv->places = 1 + random_draw(r, 3);
        inv->modulus = 3 + random_draw(r, 12);
        inv->salt = random_draw(r, 1u << 30);
        for (unsigned p = 0; p < inv->places; p++)
            inv->place[p] = random_place(r, mix);
    }
    s->obligation = random_draw(r, 3) ? 2 + random_draw(r, 12) : 0;
}

static void insert_op(struct op_list *list, unsigned at, struct op op)
{
    assert(list->count < SPEC_OPS && at <= list->count);
    memmove(&list->op[at + 1], &list->op[at], (list->count - at) * sizeof op);
    list->op[at] = op;
    list->count++;
}

void random_region(struct random *r, const struct mixture *mix, unsigned region,
                   struct op_list *list)
{
    struct op enter = {.kind = OP_ENTER, .value = region};
    struct op leave = {.kind = OP_LEAVE, .value = region};
    struct op when = {.kind = OP_WHEN, .reg = SPEC_FIRST_RESULT + SPEC_RESULTS - 1,
                      .place = {(uint8_t)(8 * random_draw(r, mix->cells)), 4}};
    if (list->count + 4 > SPEC_OPS)
        return;
    unsigned from = random_draw(r, list->count + 1);
    unsigned early = from + random_draw(r, list->count + 1 - from);
    unsigned to = early + random_draw(r, list->count + 1 - early);
    insert_op(list, to, leave);
    if (random_draw(r, 2)) {
        insert_op(list, early, leave);
        insert_op(list, early, when);
    }
    insert_op(list, from, enter);
}

static struct question random_question(struct random *r, const struct mixture *mix, bool messages,
                                       unsigned threads)
{
    struct question q = {.kind = (uint8_t)random_draw(r, messages ? QUESTION_KINDS : ASK_PENDING)};
    q.place = (struct place){(uint8_t)(8 * random_draw(r, mix->cells)), 4};
    q.regions = (uint8_t)(2 * (1 + random_draw(r, (1 << SPEC_REGIONS) - 1)));
    q.vector = random_draw(r, 2) ? INTERRUPT_LOW : INTERRUPT_HIGH;
    q.core = (uint8_t)random_draw(r, threads);
    return q;
}

void random_looks(struct random *r, const struct mixture *mix, bool messages, struct spec *s)
{
    s->looks = 1 + random_draw(r, SPEC_LOOKS);
    for (unsigned i = 0; i < s->looks; i++) {
        struct spec_look *look = &s->look[i];
        look->region = 1 + random_draw(r, SPEC_REGIONS);
        look->questions = 1 + random_draw(r, SPEC_QUESTIONS);
        look->modulus = 2 + random_draw(r, 7);
        look->salt = random_draw(r, 1u << 30);
        for (unsigned k = 0; k < look->questions; k++)
            look->question[k] = random_question(r, mix, messages, s->threads);
    }
}

/* ---- Machine code ---- */

static void encode_list(struct code *c, const struct op_list *list, bool assume)
{
    unsigned when[SPEC_OPS], skips = 0; /* those that skip the next operation */
    for (unsigned i = 0; i < list->count; i++) {
        const struct op *op = &list->op[i];
        if (op->kind == OP_WHEN) {
            when[skips++] = encode_when(c, op);
            continue;
        }
        if (op->kind == OP_WAIT)
            encode_wait(c, op, i + 1, assume);
        else
            encode_op(c, op);
        while (skips)
            encode_skipped(c, when[--skips]);
    }
    while (skips)
        encode_skipped(c, when[--skips]);
}

void spec_thread(const struct spec *s, unsigned thread, struct code *c)
{
    c->size = 0;
    for (unsigned i = 0; i < SPEC_RESULTS; i++)
        code_mov(c, SPEC_FIRST_RESULT + i, 0);
    code_mov(c, 15, 0);
    encode_list(c, &s->thread[thread], s->assume);
    code_bytes(c, "\xf4\xeb\xfd", 3); /* hlt, again and again: an interrupt may come behind it */
}

static void end_of_interrupt(const struct spec *s, unsigned handler, struct code *c)
{
    /* mov ecx, 80bh (EOI); xor eax, eax; xor edx, edx; wrmsr */
    static const char eoi[] = "\xb9\x0b\x08\0\0\x31\xc0\x31\xd2\x0f\x30";
    unsigned region = s->eoi_region[handler];
    if (region)
        code_enter_region(c, region);
    code_bytes(c, eoi, sizeof eoi - 1);
    if (region)
        code_leave_region(c, region);
}

void spec_handler(const struct spec *s, unsigned handler, struct code *c)
{
    c->size = 0;
    code_bytes(c, "\x50\x51\x52", 3); /* push rax, rcx, rdx */
    if (s->early_eoi[handler])
        end_of_interrupt(s, handler, c);
    encode_list(c, &s->handler[handler], s->assume);
    if (!s->early_eoi[handler])
        end_of_interrupt(s, handler, c);
    code_bytes(c, "\x5a\x59\x58\x48\xcf", 5); /* pop rdx, rcx, rax; iretq */
}

/* ---- Shrinking ---- */

bool spec_without(const struct spec *s, unsigned n, struct spec *less)
{
    *less = *s;
    for (unsigned i = 0; i < SPEC_THREADS + SPEC_HANDLERS; i++) {
        struct op_list *list = i < SPEC_THREADS ? &less->thread[i]
                                                : &less->handler[i - SPEC_THREADS];
        if (n >= list->count) {
            n -= list->count;
            continue;
        }
        list->count--;
        memmove(&list->op[n], &list->op[n + 1], (list->count - n) * sizeof *list->op);
        return true;
    }
    if (n < less->invariants) {
        less->invariant[n] = less->invariant[--less->invariants];
        return true;
    }
    n -= less->invariants;
    if (n < less->looks) {
        less->look[n] = less->look[--less->looks];
        return true;
    }
    n -= less->looks;
    for (unsigned h = 0; h < SPEC_HANDLERS; h++)
        if (less->eoi_region[h] && !n--) {
            less->eoi_region[h] = 0;
            return true;
        }
    return false;
}

/* ---- Text ---- */

struct out {
    char *text;
    size_t size, used;
};

static void say(struct out *o, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    if (o->used < o->size)
        o->used += (size_t)vsnprintf(o->text + o->used, o->size - o->used, format, ap);
    va_end(ap);
}

static void print_op(struct out *o, const struct op *op)
{
    static const char *const name[OP_KINDS] = {
        "store", "load", "add", "cmpxchg", "lock add", "lock cmpxchg", "xchg", "mfence", "lfence",
        "sfence", "send", "sti", "cli", "window", "sti hlt", "wait", "when", "enter", "leave"};
    static const char *const wait[WAIT_KINDS] = {
        "pause first", "pause last", "both", "snapshot", "equal", "lock", "test and set",
        "cmpxchg", "call", "push", "window", "stack"};
    say(o, " %s", name[op->kind]);
    if (op->kind == OP_SEND)
        say(o, " %#llx to %u", (unsigned long long)op->value, op->reg);
    else if (op->kind == OP_WAIT)
        say(o, " %s [%u],[%u] %llu", wait[op->wait], op->place.offset, op->second.offset,
            (unsigned long long)op->value);
    else if (op->kind == OP_ENTER || op->kind == OP_LEAVE)
        say(o, " %u", (unsigned)op->value);
    else if (op->kind < OP_MFENCE || op->kind == OP_WHEN)
        say(o, " [%u+%u] r%u %#llx", op->place.offset, op->place.size, op->reg,
            (unsigned long long)op->value);
    say(o, ";");
}

static void print_list(struct out *o, const struct op_list *list)
{
    for (unsigned i = 0; i < list->count; i++)
        print_op(o, &list->op[i]);
    say(o, "\n");
}

static void print_question(struct out *o, const struct question *q)
{
    static const char *const name[QUESTION_KINDS] = {
        "memory", "regions", "pending", "flying", "coming", "sending"};
    say(o, " %s", name[q->kind]);
    if (q->kind == ASK_MEMORY)
        say(o, " [%u+%u];", q->place.offset, q->place.size);
    else if (q->kind == ASK_REGIONS)
        say(o, " %#x of others than %u;", q->regions, q->core);
    else
        say(o, " %#x at %u;", q->vector, q->core);
}

static void print_look(struct out *o, const struct spec_look *look)
{
    say(o, "  leaving %u, modulo %u, salt %llu:", look->region, look->modulus,
        (unsigned long long)look->salt);
    for (unsigned k = 0; k < look->questions; k++)
        print_question(o, &look->question[k]);
    say(o, "\n");
}

void spec_print(const struct spec *s, char *text, size_t size)
{
    struct out o = {text, size, 0};
    say(&o, "%s\n", s->model == MEMORY_TSO ? "TSO" : "SC");
    for (unsigned t = 0; t < s->threads; t++) {
        say(&o, "  thread %u:", t);
        print_list(&o, &s->thread[t]);
    }
    for (unsigned h = 0; h < SPEC_HANDLERS; h++) {
        if (!s->handler[h].count && !s->eoi_region[h])
            continue;
        say(&o, "  handler %u%s", h, s->early_eoi[h] ? " (early EOI)" : "");
        if (s->eoi_region[h])
            say(&o, " (EOI in region %u)", s->eoi_region[h]);
        say(&o, ":");
        print_list(&o, &s->handler[h]);
    }
    for (unsigned i = 0; i < s->invariants; i++) {
        say(&o, "  invariant modulo %u of", s->invariant[i].modulus);
        for (unsigned p = 0; p < s->invariant[i].places; p++)
            say(&o, " [%u+%u]", s->invariant[i].place[p].offset, s->invariant[i].place[p].size);
        say(&o, "\n");
    }
    for (unsigned i = 0; i < s->looks; i++)
        print_look(&o, &s->look[i]);
}
