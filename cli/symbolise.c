/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/symbolise.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Addresses ---- */

/* Registers of a virtual-APIC page (SDM vol. 3, 29.1.1), which is an array of bytes in the source. */
static bool name_vapic(const struct image_state *s, uint64_t physical, char *text, size_t size)
{
    uint64_t at = physical - s->address;
    if (strncmp(s->name, "vapic", 5) || s->size < 4096)
        return false;
    if (at >= VAPIC_VIRR && at < VAPIC_VIRR + 0x80)
        snprintf(text, size, "%s.vIRR[%u]", s->name, (unsigned)(at - VAPIC_VIRR) >> 4);
    else if (at >= VAPIC_VISR && at < VAPIC_VISR + 0x80)
        snprintf(text, size, "%s.vISR[%u]", s->name, (unsigned)(at - VAPIC_VISR) >> 4);
    else if (at == VAPIC_VTPR || at == VAPIC_VPPR || at == VAPIC_VEOI)
        snprintf(text, size, "%s.%s", s->name,
                 at == VAPIC_VTPR ? "vTPR" : at == VAPIC_VPPR ? "vPPR" : "vEOI");
    else
        return false;
    return true;
}

void symbolise_address(const struct session *s, uint64_t physical, char *text, size_t size)
{
    const struct image_state *state = image_state_at(&s->image, physical);
    if (!state || !name_vapic(state, physical, text, size))
        image_name_memory(&s->image, physical, text, size);
}

/* ---- Values ---- */

/* The description whose name is this one, or this one without its last index, which is returned. */
static const struct scenario_state *describe(const struct session *s, const char *name,
                                             unsigned *index)
{
    const char *bracket = strrchr(name, '[');
    size_t stem = bracket ? (size_t)(bracket - name) : strlen(name);
    *index = 0;
    for (unsigned i = 0; i < s->scenario->states_count; i++) {
        const struct scenario_state *d = &s->scenario->states[i];
        if (!strcmp(d->name, name))
            return d;
        if (bracket && strlen(d->name) == stem && !strncmp(d->name, name, stem)) {
            sscanf(bracket + 1, "%i", (int *)index);
            return d;
        }
    }
    return NULL;
}

bool symbolise_is_described(const struct session *s, uint64_t physical)
{
    char name[SYMBOL_TEXT];
    unsigned index;
    symbolise_address(s, physical, name, sizeof name);
    return describe(s, name, &index);
}

struct writer {
    char *text;
    size_t size, used;
};

static void put(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct writer *w, const char *format, ...)
{
    va_list ap;
    if (w->used + 1 >= w->size)
        return;
    va_start(ap, format);
    int n = vsnprintf(w->text + w->used, w->size - w->used, format, ap);
    va_end(ap);
    w->used += n > 0 ? (size_t)n : 0;
}

static void put_bits(struct writer *w, const struct scenario_state *d, uint64_t value)
{
    const char *comma = "";
    put(w, "{");
    for (unsigned i = 0; i < d->bits_count; i++) {
        const char *bit_name;
        if (!(value >> scenario_bit(d, i, &bit_name) & 1))
            continue;
        put(w, "%s%s", comma, bit_name);
        comma = ",";
    }
    put(w, "}");
}

static void put_vectors(struct writer *w, unsigned first, uint64_t value)
{
    const char *comma = "";
    put(w, "{");
    for (; value; value &= value - 1) {
        put(w, "%s%#x", comma, first + (unsigned)__builtin_ctzll(value));
        comma = ",";
    }
    put(w, "}");
}

static void put_number(struct writer *w, uint64_t value)
{
    put(w, value < 10 ? "%llu" : "%#llx", (unsigned long long)value);
}

void symbolise_value(const struct session *s, uint64_t physical, unsigned bytes, uint64_t value,
                     char *text, size_t size)
{
    char name[SYMBOL_TEXT];
    unsigned index;
    struct writer w = {text, size, 0};
    symbolise_address(s, physical, name, sizeof name);
    const struct scenario_state *d = describe(s, name, &index);
    if (d && d->vectors)
        put_vectors(&w, index * (strstr(name, ".vI") ? 32 : 8 * bytes), value);
    else if (d && d->bits_count)
        put_bits(&w, d, value);
    else if (d && value < d->values_count)
        put(&w, "%s", d->values[value]);
    else
        put_number(&w, value);
}

/* ---- Places ---- */

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

void symbolise_place(const struct image_place *place, char *text, size_t size, char *inlined,
                     size_t inlined_size)
{
    text[0] = inlined[0] = 0;
    if (!place->count)
        return;
    const struct image_frame *f = &place->frame[place->count - 1];
    const char *file = base_name(f->file);
    size_t length = strlen(f->function);
    bool same = !strncmp(file, f->function, length) && file[length] == '.';
    if (!f->file[0])
        snprintf(text, size, "%s()", f->function);
    else if (same)
        snprintf(text, size, "%s:%u", file, f->line);
    else
        snprintf(text, size, "%s() %s:%u", f->function, file, f->line);
    if (place->count > 1)
        snprintf(inlined, inlined_size, "%s", place->frame[place->count - 2].function);
}
