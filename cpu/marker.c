/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Markers: long NOPs with a payload that the code under test leaves, and ud2 as WARN or BUG. */
#include <ctype.h>
#include <stdio.h>

#include "cpu/internal.h"
#include "kvm/runtime/marker.h"
#include "sim/region.h"

static const struct footprint nothing;

/* The string that a marker's 32-bit payload points to, bounded by memory. */
static void copy_string(struct core *c, const struct insn *marker, char *text, size_t size)
{
    uint64_t physical;
    text[0] = 0;
    if (!core_translate(c, (uint64_t)marker->operand[0].value, 1, &physical))
        return;
    for (size_t i = 0; i + 1 < size && physical + i < c->m->memory.size; i++) {
        char byte = (char)c->m->memory.ram[physical + i];
        text[i] = !byte || isprint((unsigned char)byte) ? byte : '?'; /* reports are ASCII */
        text[i + 1] = 0;
        if (!byte)
            break;
    }
}

/* Expands the one conversion that a note may have; anything else is copied as it stands. */
static void expand(char *out, size_t size, const char *format, uint64_t value)
{
    const char *percent = strchr(format, '%');
    size_t length = percent ? strspn(percent + 1, "#0123456789l") : 0;
    char conversion = percent ? percent[1 + length] : 0;
    if (!conversion || !strchr("dux", conversion)) {
        snprintf(out, size, "%s", format);
        return;
    }
    const char *rest = percent + length + 2;
    snprintf(out, size, "%.*s%s%llx%s", (int)(percent - format), format,
             conversion == 'x' && length ? "0x" : "", (unsigned long long)value, rest);
    if (conversion != 'x')
        snprintf(out, size, "%.*s%lld%s", (int)(percent - format), format, (long long)value, rest);
}

static void note(struct core *c, const struct insn *in)
{
    struct step *r = c->m->record;
    char format[STEP_TEXT];
    if (!r || r->note_count == STEP_NOTES)
        return;
    copy_string(c, in, format, sizeof format);
    expand(r->notes[r->note_count++], STEP_TEXT, format, core_reg(c, UC_X86_REG_RAX));
}

/*
 * Control points are no steps. A region begins with the first visible action behind its marker and
 * ends with the last one before its other marker, in the same step (of a store: with its drain): so
 * nobody finds a core between its marker and what the marker stands for. One without a visible
 * action is none.
 */
static void enter_region(struct core *c, unsigned id)
{
    region_enter(c->m, c->id, id);
    c->state->entering[c->state->level_count] |= (uint16_t)(1u << id);
}

static void leave_region(struct core *c, unsigned id)
{
    c->state->entering[c->state->level_count] &= (uint16_t)~(1u << id);
    region_leave(c->m, c->id, id);
}

/* From here on the handler is the thread that it interrupted, and may switch to another one. So its
 * IRET, wherever and whenever it comes, ends no level any more; and it is not quiet. */
static void leave_interrupt(struct core *c)
{
    struct core_state *s = c->state;
    if (!core_in_handler(c))
        return;
    uint16_t entering = s->entering[s->level_count];
    machine_observe(c->m, c->id);
    core_pop_level(c);
    s->entering[s->level_count] |= entering;
}

static void enter_thread(struct core *c)
{
    uint64_t number = core_reg(c, UC_X86_REG_RAX);
    if (number >= CONTEXT_THREADS) {
        machine_find(c->m, FINDING_LIMIT, "", "CPU%u: more than %d threads are not modelled", c->id,
                     CONTEXT_THREADS - 1);
        core_end(c);
    }
    c->state->thread = (uint8_t)number;
}

static void region(struct core *c, const struct insn *in)
{
    unsigned id = (unsigned)in->operand[0].value;
    if (id == REGION_INTERRUPT && in->sib_index == MARKER_REGION_LEAVE)
        leave_interrupt(c);
    if (id == REGION_THREAD && in->sib_index == MARKER_REGION_ENTER)
        enter_thread(c);
    if (id >= MACHINE_MAX_REGIONS || !(c->m->region_watch >> id & 1))
        return;
    if (core_in_handler(c))
        machine_observe(c->m, c->id); /* the moment matters, even if it only ends its interrupt */
    if (in->sib_index == MARKER_REGION_ENTER)
        enter_region(c, id);
    else
        leave_region(c, id);
}

static void setup_done(struct core *c)
{
    if (!c->cpu->in_setup)
        return;
    c->exec.next = &nothing;
    c->exec.flags = POINT_SETUP;
    coroutine_suspend(&c->coroutine);
    if (c->state->activity == ACTIVITY_SIPI)
        core_wait_for_startup(c);
}

void marker_execute(struct core *c, const struct insn *in)
{
    switch (in->sib_index) {
    case MARKER_SETUP_DONE:
        setup_done(c);
        break;
    case MARKER_THREAD_END:
        if (core_point(c, &nothing, POINT_BOUNDARY))
            machine_say(c->m, STEP_END, "the thread has ended");
        break;
    case MARKER_NOTE:
        note(c, in);
        break;
    case MARKER_REGION_ENTER:
    case MARKER_REGION_LEAVE:
        region(c, in);
        break;
    }
}

/* Is there a call directly before this address? By E8, or by FF /2 of any length. */
static bool is_return_address(const struct core *c, uint64_t linear)
{
    uint64_t physical;
    if (linear < 8 || !core_translate(c, linear - 8, 8, &physical))
        return false;
    const uint8_t *end = c->m->memory.ram + physical + 8;
    for (unsigned length = 2; length <= 7; length++)
        if (end[-(int)length] == 0xff && (end[1 - (int)length] >> 3 & 7) == 2)
            return true;
    return end[-5] == 0xe8;
}

/*
 * Where a function was called from, as far as the stack tells without frame pointers: what there looks like a return
 * address. The innermost is the word at RSP and always right; others may be left over from calls that have returned.
 */
static void append_callers(struct core *c, char *text, size_t size)
{
    enum { CALLERS = 4, WORDS = 256 };
    uint64_t rsp = core_reg(c, UC_X86_REG_RSP), physical;
    size_t used = strlen(text);
    for (unsigned i = 0, found = 0; i < WORDS && found < CALLERS && core_translate(c, rsp + 8 * i, 8, &physical); i++) {
        uint64_t word = memory_read(&c->m->memory, physical, 8);
        if (is_return_address(c, word))
            used += (size_t)snprintf(text + used, size - used, "%s %#llx", found++ ? "," : "; called from",
                                     (unsigned long long)word);
    }
}

/* The tool's own limit, no finding about the code under test. */
static void missing(struct core *c, const struct insn *name)
{
    char function[64], text[180];
    copy_string(c, name, function, sizeof function);
    snprintf(text, sizeof text, "%s() is not implemented here", function);
    append_callers(c, text, sizeof text);
    machine_say(c->m, STEP_FINDING, "%s() is not implemented here", function);
    machine_find(c->m, FINDING_LIMIT, "", "CPU%u: %s", c->id, text);
    core_end(c);
}

/* ud2 is WARN if a marker of that kind follows, else BUG. Behind a WARN the code goes on, as it does in
 * Linux; a BUG ends the core. A third kind of marker: a function that the image lacks. */
void marker_ud2(struct core *c, const struct insn *in)
{
    const struct insn *behind = decoder_lookup(&c->cpu->decoder, in->address + in->length);
    char text[STEP_TEXT] = "";
    unsigned kind = behind->kind == INSN_MARKER ? behind->sib_index : 0;
    if (!core_point(c, &nothing, POINT_BOUNDARY))
        return;
    if (kind == MARKER_MISSING)
        missing(c, behind);
    if (kind == MARKER_WARN)
        copy_string(c, behind, text, sizeof text);
    const char *what = kind == MARKER_WARN ? "WARN" : "BUG";
    machine_say(c->m, STEP_FINDING, "%s", what);
    machine_find(c->m, kind == MARKER_WARN ? FINDING_WARN : FINDING_BUG, "", "CPU%u: %s%s%s", c->id, what,
                 text[0] ? ": " : "", text);
    if (kind != MARKER_WARN)
        core_end(c);
    spin_break(c);
    core_skip(c, in);
}
