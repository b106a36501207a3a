/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an address is called in the source: the variable that covers it, then members and indices
 * down to the smallest object, by its DWARF type. Of a union the first member names the bytes.
 */
#include <dwarf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/image_internal.h"

enum { TYPE_DEPTH_MAX = 16 };

struct path {
    char *text;
    size_t size;
    size_t used;
};

static void append(struct path *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(struct path *p, const char *format, ...)
{
    va_list ap;
    if (p->used + 1 >= p->size)
        return;
    va_start(ap, format);
    int n = vsnprintf(p->text + p->used, p->size - p->used, format, ap);
    va_end(ap);
    p->used += n > 0 ? (size_t)n : 0;
}

bool image_die_type(Dwarf_Die *die, Dwarf_Die *type)
{
    Dwarf_Attribute a;
    Dwarf_Die raw;
    return dwarf_attr_integrate(die, DW_AT_type, &a) && dwarf_formref_die(&a, &raw) &&
           dwarf_peel_type(&raw, type) == 0;
}

/* The member that covers *offset, which becomes relative to it. */
static bool find_member(Dwarf_Die *aggregate, uint64_t *offset, Dwarf_Die *member)
{
    if (dwarf_child(aggregate, member))
        return false;
    do {
        Dwarf_Attribute a;
        Dwarf_Die type;
        Dwarf_Word at = 0, size;
        if (dwarf_tag(member) != DW_TAG_member || !image_die_type(member, &type) ||
            dwarf_aggregate_size(&type, &size))
            continue;
        if (dwarf_attr(member, DW_AT_data_member_location, &a) && dwarf_formudata(&a, &at))
            continue;
        if (*offset - at < size) {
            *offset -= at;
            return true;
        }
    } while (dwarf_siblingof(member, member) == 0);
    return false;
}

static bool one_dimension(Dwarf_Die *array)
{
    Dwarf_Die child;
    unsigned dimensions = 0;
    if (dwarf_child(array, &child))
        return false;
    do
        dimensions += dwarf_tag(&child) == DW_TAG_subrange_type;
    while (dwarf_siblingof(&child, &child) == 0);
    return dimensions == 1;
}

/* One step down, from `type` to the type of the part at *offset; false at the bottom. */
static bool descend(Dwarf_Die *type, uint64_t *offset, struct path *p)
{
    Dwarf_Die part;
    Dwarf_Word size;
    switch (dwarf_tag(type)) {
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
        if (!find_member(type, offset, &part))
            return false;
        if (dwarf_diename(&part))
            append(p, ".%s", dwarf_diename(&part));
        return image_die_type(&part, type);
    case DW_TAG_array_type:
        if (!one_dimension(type) || !image_die_type(type, &part) || dwarf_aggregate_size(&part, &size) ||
            !size)
            return false;
        append(p, *offset / size < 10 ? "[%llu]" : "[%#llx]",
               (unsigned long long)(*offset / size));
        *offset %= size;
        *type = part;
        return true;
    default:
        return false;
    }
}

/* Is this the definition of the variable at `address`? */
static bool defines(Dwarf_Die *die, uint64_t address)
{
    Dwarf_Attribute a;
    Dwarf_Op *expression;
    size_t length;
    return dwarf_tag(die) == DW_TAG_variable && dwarf_attr(die, DW_AT_location, &a) &&
           dwarf_getlocation(&a, &expression, &length) == 0 && length == 1 &&
           expression[0].atom == DW_OP_addr && expression[0].number == address;
}

static bool find_variable(Dwarf *dwarf, uint64_t address, Dwarf_Die *variable)
{
    Dwarf_CU *unit = NULL;
    Dwarf_Die top;
    while (dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &top, NULL) == 0) {
        if (dwarf_child(&top, variable))
            continue;
        do
            if (defines(variable, address))
                return true;
        while (dwarf_siblingof(variable, variable) == 0);
    }
    return false;
}

static void walk_type(Dwarf_Die *type, uint64_t *offset, uint64_t stop_size, struct path *p)
{
    for (int depth = 0; depth < TYPE_DEPTH_MAX; depth++) {
        Dwarf_Word here;
        if (*offset == 0 && dwarf_aggregate_size(type, &here) == 0 && here <= stop_size)
            return;
        if (!descend(type, offset, p))
            return;
    }
}

bool image_type_path(const struct image *image, uint64_t linear, uint64_t stop_size, char *text,
                     size_t size)
{
    const struct image_symbol *s = image_symbol_at(image, linear);
    struct path p = {text, size, 0};
    Dwarf_Die variable, type;
    if (!s || s->is_function)
        return false;
    append(&p, "%s", s->name);
    uint64_t offset = linear - s->address;
    if (image->dwarf && find_variable(image->dwarf, s->address, &variable) &&
        image_die_type(&variable, &type))
        walk_type(&type, &offset, stop_size, &p);
    if (offset)
        append(&p, "+%#llx", (unsigned long long)offset);
    return true;
}

bool image_type_at(const struct image *image, uint64_t linear, uint64_t size, Dwarf_Die *type)
{
    const struct image_symbol *s = image_symbol_at(image, linear);
    char nobody_asks[1];
    struct path p = {nobody_asks, sizeof nobody_asks, 0};
    Dwarf_Die variable;
    Dwarf_Word here;
    if (!s || s->is_function || !image->dwarf || !find_variable(image->dwarf, s->address, &variable) ||
        !image_die_type(&variable, type))
        return false;
    uint64_t offset = linear - s->address;
    walk_type(type, &offset, size, &p);
    return offset == 0 && dwarf_aggregate_size(type, &here) == 0 && here == size;
}
