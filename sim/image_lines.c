/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Function, file and line of an instruction, with the calls that the compiler inlined (DWARF 4). */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image_internal.h"

static const char *without_dot(const char *file)
{
    while (file && !strncmp(file, "./", 2))
        file += 2;
    return file ? file : "";
}

static void add_frame(struct image_place *place, const char *function, const char *file,
                      unsigned line)
{
    if (place->count == IMAGE_FRAMES)
        return;
    place->frame[place->count++] =
        (struct image_frame){function ? function : "?", without_dot(file), line};
}

static Dwarf_Word attribute(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute a;
    Dwarf_Word value = 0;
    if (!dwarf_attr(die, name, &a) || dwarf_formudata(&a, &value))
        return 0;
    return value;
}

static const char *call_file(Dwarf_Die *unit, Dwarf_Die *inlined)
{
    Dwarf_Files *files;
    size_t count;
    size_t index = attribute(inlined, DW_AT_call_file);
    if (dwarf_getsrcfiles(unit, &files, &count) || index >= count)
        return NULL;
    return dwarf_filesrc(files, index, NULL, NULL);
}

/*
 * The compiler may keep the line of an inlined function but not its scope. Then the outermost frame
 * names a file that is not the function's own; the last line before it that is says where the call
 * stands.
 */
static void repair_outermost(Dwarf_Die *unit, Dwarf_Die *function, uint64_t linear,
                             struct image_frame *frame)
{
    const char *own = without_dot(dwarf_decl_file(function));
    Dwarf_Lines *lines;
    Dwarf_Addr low, best = 0;
    size_t count;
    if (!own[0] || !strcmp(own, frame->file) || dwarf_lowpc(function, &low) ||
        dwarf_getsrclines(unit, &lines, &count))
        return;
    for (size_t i = 0; i < count; i++) {
        Dwarf_Line *line = dwarf_onesrcline(lines, i);
        Dwarf_Addr address;
        int number;
        if (dwarf_lineaddr(line, &address) || address > linear || address < low ||
            address < best || dwarf_lineno(line, &number) || number <= 0)
            continue;
        if (strcmp(without_dot(dwarf_linesrc(line, NULL, NULL)), own))
            continue;
        best = address;
        frame->file = own;
        frame->line = (unsigned)number;
    }
}

/* From the innermost scope outwards: each inlined call ends a frame and says where it stands. */
static void walk_scopes(struct image_place *place, Dwarf_Die *unit, Dwarf_Die *scopes, int count,
                        uint64_t linear, const char *file, unsigned line)
{
    for (int i = 0; i < count; i++) {
        int tag = dwarf_tag(&scopes[i]);
        if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
            continue;
        add_frame(place, dwarf_diename(&scopes[i]), file, line);
        if (tag == DW_TAG_subprogram) {
            repair_outermost(unit, &scopes[i], linear, &place->frame[place->count - 1]);
            return;
        }
        file = call_file(unit, &scopes[i]);
        line = (unsigned)attribute(&scopes[i], DW_AT_call_line);
    }
}

static bool place_from_dwarf(const struct image *image, uint64_t linear, struct image_place *place)
{
    Dwarf_Die unit, *scopes = NULL, *nest = NULL;
    int number = 0;
    if (!image->dwarf || !dwarf_addrdie(image->dwarf, linear, &unit))
        return false;
    Dwarf_Line *source = dwarf_getsrc_die(&unit, linear);
    const char *file = source ? dwarf_linesrc(source, NULL, NULL) : NULL;
    if (source)
        dwarf_lineno(source, &number);
    /* The first call finds the innermost scope, the second one what really encloses it. */
    if (dwarf_getscopes(&unit, linear, &scopes) > 0) {
        int count = dwarf_getscopes_die(&scopes[0], &nest);
        walk_scopes(place, &unit, nest, count, linear, file,
                    number > 0 ? (unsigned)number : 0);
    }
    free(nest);
    free(scopes);
    if (!place->count && file) {
        const struct image_symbol *s = image_symbol_at(image, linear);
        add_frame(place, s ? s->name : NULL, file, number > 0 ? (unsigned)number : 0);
    }
    return place->count;
}

void image_place(const struct image *image, uint64_t linear, struct image_place *place)
{
    *place = (struct image_place){0};
    if (place_from_dwarf(image, linear, place))
        return;
    const struct image_symbol *s = image_symbol_at(image, linear);
    if (s)
        add_frame(place, s->name, NULL, 0);
}
