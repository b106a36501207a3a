/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols and named states of an image. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image_internal.h"

/* ---- Symbols ---- */

static void add_symbol(struct image *image, const char *name, const GElf_Sym *sym)
{
    unsigned type = GELF_ST_TYPE(sym->st_info);
    if (!name || !name[0] || sym->st_shndx == SHN_UNDEF)
        return;
    if (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE)
        return;
    image->symbol[image->symbol_count++] =
        (struct image_symbol){name, sym->st_value, sym->st_size, type == STT_FUNC};
}

static void read_table(struct image *image, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data || header->sh_entsize != sizeof(Elf64_Sym))
        return;
    size_t count = data->d_size / sizeof(Elf64_Sym);
    struct image_symbol *larger =
        realloc(image->symbol, (image->symbol_count + count + 1) * sizeof *larger);
    if (!larger)
        return;
    image->symbol = larger;
    for (size_t i = 0; i < count; i++) {
        GElf_Sym sym;
        if (gelf_getsym(data, (int)i, &sym))
            add_symbol(image, elf_strptr(image->elf, header->sh_link, sym.st_name), &sym);
    }
}

/* By address; at one address the larger, then the function, then by name. */
static int compare_symbols(const void *left, const void *right)
{
    const struct image_symbol *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    if (a->is_function != b->is_function)
        return a->is_function ? -1 : 1;
    return strcmp(a->name, b->name);
}

void image_read_symbols(struct image *image)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(image->elf, section))) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
            read_table(image, section, &header);
    }
    if (image->symbol_count)
        qsort(image->symbol, image->symbol_count, sizeof *image->symbol, compare_symbols);
}

const struct image_symbol *image_symbol(const struct image *image, const char *name)
{
    for (unsigned i = 0; i < image->symbol_count; i++)
        if (!strcmp(image->symbol[i].name, name))
            return &image->symbol[i];
    return NULL;
}

const struct image_symbol *image_symbol_at(const struct image *image, uint64_t linear)
{
    unsigned low = 0, high = image->symbol_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (image->symbol[middle].address <= linear)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low > 0; low--) {
        const struct image_symbol *s = &image->symbol[low - 1];
        if (linear - s->address < s->size)
            return s;
        if (s->size)
            break; /* symbols with a size do not nest */
    }
    return NULL;
}

/* ---- States: the layout of struct image_state in kvm/runtime/image.h ---- */

struct state_record {
    char name[32];
    uint64_t address; /* linear */
    uint64_t size;
};

static bool refuse_state(const struct image *image, unsigned index, const char *what, char *error,
                         size_t size)
{
    snprintf(error, size, "%s: .irqweave.state: record %u: %s", image->path, index, what);
    return false;
}

static bool take_state(struct image *image, unsigned index, const struct state_record *record,
                       char *error, size_t size)
{
    uint64_t physical = record->address - image->base;
    if (!record->name[0] || !memchr(record->name, 0, sizeof record->name))
        return refuse_state(image, index, "no name of 1 to 31 characters", error, size);
    if (image_state(image, record->name)) {
        snprintf(error, size, "%s: two states are called '%s'; IMAGE_STATE() with another name for one of them is right", image->path,
                 record->name);
        return false;
    }
    if (!record->size || physical > image->memory_size ||
        record->size > image->memory_size - physical)
        return refuse_state(image, index, "it names memory that does not exist", error, size);
    struct image_state *s = &image->state[image->state_count++];
    memcpy(s->name, record->name, sizeof s->name);
    s->address = physical;
    s->size = record->size;
    return true;
}

bool image_read_states(struct image *image, const uint8_t *ram, char *error, size_t size)
{
    const struct image_symbol *start = image_symbol(image, "image_states_start");
    const struct image_symbol *end = image_symbol(image, "image_states_end");
    if (!start || !end)
        return true; /* a file that names no states */
    uint64_t from = start->address - image->base, to = end->address - image->base;
    if (from > to || to > image->memory_size || (to - from) % sizeof(struct state_record)) {
        snprintf(error, size, "%s: image_states_start and image_states_end do not enclose records "
                 "of %zu bytes", image->path, sizeof(struct state_record));
        return false;
    }
    unsigned count = (unsigned)((to - from) / sizeof(struct state_record));
    image->state = calloc(count + 1, sizeof *image->state);
    for (unsigned i = 0; image->state && i < count; i++) {
        struct state_record record;
        memcpy(&record, ram + from + i * sizeof record, sizeof record);
        if (!take_state(image, i, &record, error, size))
            return false;
    }
    return true;
}

const struct image_state *image_state(const struct image *image, const char *name)
{
    for (unsigned i = 0; i < image->state_count; i++)
        if (!strcmp(image->state[i].name, name))
            return &image->state[i];
    return NULL;
}

const struct image_state *image_state_at(const struct image *image, uint64_t physical)
{
    const struct image_state *best = NULL;
    for (unsigned i = 0; i < image->state_count; i++) {
        const struct image_state *s = &image->state[i];
        if (physical - s->address < s->size && (!best || s->size < best->size))
            best = s;
    }
    return best;
}

/* ---- Names of memory ---- */

/* The state's own name, then how the source's name of the address goes on from there. */
static bool name_in_state(const struct image *image, const struct image_state *s,
                          uint64_t physical, char *text, size_t size)
{
    char whole[IMAGE_NAME], part[IMAGE_NAME];
    if (!image_type_path(image, s->address + image->base, s->size, whole, sizeof whole) ||
        !image_type_path(image, physical + image->base, 0, part, sizeof part))
        return false;
    size_t length = strlen(whole);
    if (strncmp(whole, part, length))
        return false;
    snprintf(text, size, "%s%s", s->name, part + length);
    return true;
}

void image_name_memory(const struct image *image, uint64_t physical, char *text, size_t size)
{
    const struct image_state *s = image_state_at(image, physical);
    if (s && s->address == physical && s->size <= 8)
        snprintf(text, size, "%s", s->name);
    else if (s && name_in_state(image, s, physical, text, size))
        return;
    else if (s)
        snprintf(text, size, "%s+%#llx", s->name, (unsigned long long)(physical - s->address));
    else if (!image_type_path(image, physical + image->base, 0, text, size))
        snprintf(text, size, "%#llx", (unsigned long long)physical);
}
