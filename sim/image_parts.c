/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a member or an element of a named state is, by its name in the source: the way back from image_types.c. */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image_internal.h"
#include "sim/nearest.h"

enum { MEMBERS_MAX = 64, NESTING_MAX = 8 };

struct members {
    unsigned count;
    const char *name[MEMBERS_MAX];
};

static bool is_aggregate(Dwarf_Die *type)
{
    return dwarf_tag(type) == DW_TAG_structure_type || dwarf_tag(type) == DW_TAG_union_type;
}

static uint64_t attribute(Dwarf_Die *die, unsigned which, uint64_t otherwise)
{
    Dwarf_Attribute a;
    Dwarf_Word value;
    return dwarf_attr(die, which, &a) && dwarf_formudata(&a, &value) == 0 ? value : otherwise;
}

/* DWARF 4 counts the bits of a field from the top of its unit, or, as DWARF 5 does, from the bottom of the aggregate. */
static void take_bits(Dwarf_Die *member, struct image_part *part)
{
    uint64_t width = attribute(member, DW_AT_bit_size, 0), at;
    if (!width)
        return;
    at = attribute(member, DW_AT_data_bit_offset, ~0ull);
    if (at != ~0ull) {
        part->address += at / 8 / part->size * part->size;
        part->shift = (unsigned)(at % (8 * part->size));
    } else {
        part->shift = (unsigned)(8 * part->size - attribute(member, DW_AT_bit_offset, 0) - width);
    }
    part->width = (unsigned)width;
}

/* The member of that name, also within members without a name; notes the names of all. */
static bool find_member(Dwarf_Die *aggregate, const char *name, struct image_part *part, Dwarf_Die *type,
                        struct members *all, unsigned depth)
{
    Dwarf_Die member;
    if (depth == NESTING_MAX || dwarf_child(aggregate, &member))
        return false;
    do {
        Dwarf_Die its;
        Dwarf_Word size;
        struct image_part inner = *part;
        const char *its_name = dwarf_diename(&member);
        if (dwarf_tag(&member) != DW_TAG_member || !image_die_type(&member, &its) || dwarf_aggregate_size(&its, &size))
            continue;
        inner.address += attribute(&member, DW_AT_data_member_location, 0);
        inner.size = size;
        if (its_name && all->count < MEMBERS_MAX)
            all->name[all->count++] = its_name;
        bool found = its_name ? !strcmp(its_name, name)
                              : is_aggregate(&its) && find_member(&its, name, &inner, &its, all, depth + 1);
        if (!found)
            continue;
        if (its_name)
            take_bits(&member, &inner);
        *part = inner;
        *type = its;
        return true;
    } while (dwarf_siblingof(&member, &member) == 0);
    return false;
}

static bool say(char *error, size_t size, const char *what, const char *of, const char *advice)
{
    snprintf(error, size, "%s '%.60s'%s%s", what, of, advice[0] ? ": " : "", advice);
    return false;
}

static bool enter_member(const char *name, struct image_part *part, Dwarf_Die *type, char *error, size_t size)
{
    struct members all = {0};
    Dwarf_Die aggregate = *type;
    char advice[160];
    if (is_aggregate(type) && find_member(&aggregate, name, part, type, &all, 0))
        return true;
    nearest_advise(advice, sizeof advice, name, all.name, all.count);
    return say(error, size, is_aggregate(type) ? "no member" : "not a structure, so no member", name, advice);
}

static bool enter_element(uint64_t index, struct image_part *part, Dwarf_Die *type, char *error, size_t size)
{
    Dwarf_Die element;
    Dwarf_Word bytes;
    char text[40], advice[60] = "";
    snprintf(text, sizeof text, "[%#llx]", (unsigned long long)index);
    if (dwarf_tag(type) != DW_TAG_array_type || !image_die_type(type, &element) ||
        dwarf_aggregate_size(&element, &bytes) || !bytes)
        return say(error, size, "not an array of one dimension, so no element", text, advice);
    if (index >= part->size / bytes) {
        snprintf(advice, sizeof advice, "0 to %llu are right", (unsigned long long)(part->size / bytes - 1));
        return say(error, size, "no element", text, advice);
    }
    part->address += index * bytes;
    part->size = bytes;
    *type = element;
    return true;
}

/* ".NAME" or "[NUMBER]" after the other. */
static bool walk(const char *path, struct image_part *part, Dwarf_Die *type, char *error, size_t size)
{
    while (*path) {
        char name[IMAGE_NAME];
        if (*path == '[') {
            char *end;
            if (!enter_element(strtoull(path + 1, &end, 0), part, type, error, size))
                return false;
            path = *end == ']' ? end + 1 : end;
            continue;
        }
        size_t length = strcspn(++path, ".[");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        if (!enter_member(name, part, type, error, size))
            return false;
        path += length;
    }
    return true;
}

/* The state with the longest name that the path begins with. */
static const struct image_state *stem_of(const struct image *image, const char *path)
{
    const struct image_state *best = NULL;
    for (unsigned i = 0; i < image->state_count; i++) {
        const struct image_state *s = &image->state[i];
        size_t length = strlen(s->name);
        if (!strncmp(s->name, path, length) && (!path[length] || strchr(".[", path[length])) &&
            (!best || length > strlen(best->name)))
            best = s;
    }
    return best;
}

bool image_part(const struct image *image, const char *path, struct image_part *part, char *error, size_t size)
{
    const struct image_state *s = stem_of(image, path);
    const char *names[image->state_count + 1];
    char advice[200];
    Dwarf_Die type;
    if (!s) {
        for (unsigned i = 0; i < image->state_count; i++)
            names[i] = image->state[i].name;
        nearest_advise(advice, sizeof advice, path, names, image->state_count);
        return say(error, size, "unknown name", path, advice);
    }
    *part = (struct image_part){s->address, s->size, 0, 0};
    path += strlen(s->name);
    if (*path && !image_type_at(image, image->base + s->address, s->size, &type))
        return say(error, size, "no debug information about", s->name, "name a state of its own with IMAGE_STATE()");
    return walk(path, part, &type, error, size);
}
