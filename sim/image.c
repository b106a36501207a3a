/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF loader (System V ABI, ELF-64 Object File Format 1.5). Loads what PT_LOAD segments name
 * and nothing else: no relocation, no dynamic linking, no interpreter.
 */
#include "sim/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sim/image_internal.h"
#include "sim/reader.h"

/* ---- The file ---- */

static bool read_stream(FILE *f, uint8_t **bytes, size_t *length, const struct reader *r)
{
    size_t capacity = 1 << 16;
    *bytes = NULL;
    *length = 0;
    for (;;) {
        uint8_t *larger = realloc(*bytes, capacity);
        if (!larger)
            return refuse(r, "does not fit into memory");
        *bytes = larger;
        *length += fread(*bytes + *length, 1, capacity - *length, f);
        if (ferror(f))
            return refuse(r, "cannot be read: %s", strerror(errno));
        if (*length < capacity)
            return true;
        if (capacity > IMAGE_SIZE_MAX)
            return refuse(r, "larger than %d MiB: not an image", IMAGE_SIZE_MAX >> 20);
        capacity *= 2;
    }
}

static bool read_file(const char *path, uint8_t **bytes, size_t *length, const struct reader *r)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return refuse(r, "cannot be opened: %s", strerror(errno));
    bool ok = read_stream(f, bytes, length, r);
    fclose(f);
    if (!ok) {
        free(*bytes);
        *bytes = NULL;
    }
    return ok;
}

/* ---- Checks ---- */

static bool check_identification(const uint8_t *bytes, size_t length, const struct reader *r)
{
    if (length < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG))
        return refuse(r, "not an ELF file: it does not begin with 7f 45 4c 46");
    if (length < sizeof(Elf64_Ehdr))
        return refuse(r, "offset %zu: the file ends inside the ELF header (64 bytes)", length);
    if (bytes[EI_CLASS] != ELFCLASS64)
        return refuse(r, "offset %d: not a 64-bit ELF file (class %u, want 2)", EI_CLASS,
                      bytes[EI_CLASS]);
    if (bytes[EI_DATA] != ELFDATA2LSB)
        return refuse(r, "offset %d: not little-endian (data encoding %u, want 1)", EI_DATA,
                      bytes[EI_DATA]);
    return true;
}

static bool check_header(const Elf64_Ehdr *h, size_t length, const struct reader *r)
{
    if (h->e_machine != EM_X86_64)
        return refuse(r, "offset 18: machine %u, want 62 (x86-64)", h->e_machine);
    if (h->e_type != ET_EXEC)
        return refuse(r, "offset 16: type %u, want 2: a static executable (link with -static)",
                      h->e_type);
    if (!h->e_phnum)
        return refuse(r, "offset 56: no program headers, so nothing to load");
    if (h->e_phentsize != sizeof(Elf64_Phdr))
        return refuse(r, "offset 54: program headers of %u bytes, want %zu", h->e_phentsize,
                      sizeof(Elf64_Phdr));
    if (h->e_phoff > length || (uint64_t)h->e_phnum * sizeof(Elf64_Phdr) > length - h->e_phoff)
        return refuse(r, "offset 32: program headers at %#llx, past the end of the file (%zu bytes)",
                      (unsigned long long)h->e_phoff, length);
    return true;
}

static Elf64_Phdr program_header(const struct image *image, const Elf64_Ehdr *h, unsigned index)
{
    Elf64_Phdr p;
    memcpy(&p, image->bytes + h->e_phoff + index * sizeof p, sizeof p);
    return p;
}

static bool check_segment(const struct image *image, const Elf64_Phdr *p, uint64_t at,
                          const struct reader *r)
{
    if (p->p_type == PT_INTERP || p->p_type == PT_DYNAMIC)
        return refuse(r, "offset %llu: dynamically linked; link with -static",
                      (unsigned long long)at);
    if (p->p_type != PT_LOAD)
        return true;
    if (p->p_offset > image->size || p->p_filesz > image->size - p->p_offset)
        return refuse(r, "offset %llu: the segment's contents end past the end of the file (%zu "
                      "bytes): truncated?", (unsigned long long)at, image->size);
    if (p->p_filesz > p->p_memsz)
        return refuse(r, "offset %llu: the segment has more bytes in the file than in memory",
                      (unsigned long long)at);
    uint64_t physical = p->p_vaddr - image->base;
    if (physical > image->memory_size || p->p_memsz > image->memory_size - physical)
        return refuse(r, "offset %llu: segment at %#llx, %#llx bytes, is outside memory (%#llx to "
                      "%#llx)", (unsigned long long)at, (unsigned long long)p->p_vaddr,
                      (unsigned long long)p->p_memsz, (unsigned long long)image->base,
                      (unsigned long long)(image->base + image->memory_size));
    return true;
}

static bool check_file(const struct image *image, Elf64_Ehdr *h, const struct reader *r)
{
    bool any = false;
    if (!check_identification(image->bytes, image->size, r))
        return false;
    memcpy(h, image->bytes, sizeof *h);
    if (!check_header(h, image->size, r))
        return false;
    for (unsigned i = 0; i < h->e_phnum; i++) {
        Elf64_Phdr p = program_header(image, h, i);
        if (!check_segment(image, &p, h->e_phoff + i * sizeof p, r))
            return false;
        any |= p.p_type == PT_LOAD && p.p_memsz;
    }
    return any || refuse(r, "offset %llu: no PT_LOAD segment, so nothing to load",
                         (unsigned long long)h->e_phoff);
}

/* ---- Loading ---- */

static void load_segments(const struct image *image, const Elf64_Ehdr *h, uint8_t *ram)
{
    for (unsigned i = 0; i < h->e_phnum; i++) {
        Elf64_Phdr p = program_header(image, h, i);
        if (p.p_type != PT_LOAD)
            continue;
        uint8_t *to = ram + (p.p_vaddr - image->base);
        memset(to, 0, p.p_memsz);
        memcpy(to, image->bytes + p.p_offset, p.p_filesz);
    }
}

/* What is loaded, and where: debug information may move without any schedule meaning something else. */
static uint64_t hash_segments(const struct image *image, const Elf64_Ehdr *h)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < h->e_phnum; i++) {
        Elf64_Phdr p = program_header(image, h, i);
        const uint64_t where[3] = {p.p_vaddr, p.p_filesz, p.p_memsz};
        if (p.p_type != PT_LOAD)
            continue;
        hash = XXH64(where, sizeof where, hash);
        hash = XXH64(image->bytes + p.p_offset, p.p_filesz, hash);
    }
    return hash;
}

static bool open_tables(struct image *image, const struct reader *r)
{
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)image->bytes, image->size);
    if (!elf)
        return refuse(r, "not a usable ELF file: %s", elf_errmsg(-1));
    image->elf = elf;
    image_read_symbols(image);
    if (!image->symbol_count)
        return refuse(r, "no usable symbol table; link without -s and do not strip");
    image->dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    return true;
}

static bool load(struct image *image, uint8_t *ram, const struct reader *r)
{
    Elf64_Ehdr header;
    if (!check_file(image, &header, r) || !open_tables(image, r))
        return false;
    image->hash = hash_segments(image, &header);
    uint8_t *trial = calloc(1, image->memory_size);
    if (!trial)
        return refuse(r, "does not fit into memory");
    load_segments(image, &header, trial);
    bool ok = image_read_states(image, trial, r->error, r->size);
    free(trial);
    if (ok)
        load_segments(image, &header, ram);
    return ok;
}

bool image_load_bytes(struct image *image, const char *path, uint8_t *bytes, size_t length,
                      uint8_t *ram, uint64_t ram_size, uint64_t base, char *error, size_t size)
{
    struct reader r = {path, error, size};
    *image = (struct image){.path = strdup(path),
                            .bytes = bytes,
                            .size = length,
                            .base = base,
                            .memory_size = ram_size};
    if (load(image, ram, &r))
        return true;
    image_unload(image);
    return false;
}

bool image_load(struct image *image, const char *path, uint8_t *ram, uint64_t ram_size,
                uint64_t base, char *error, size_t size)
{
    struct reader r = {path, error, size};
    uint8_t *bytes = NULL;
    size_t length = 0;
    return read_file(path, &bytes, &length, &r) &&
           image_load_bytes(image, path, bytes, length, ram, ram_size, base, error, size);
}

void image_unload(struct image *image)
{
    if (image->dwarf)
        dwarf_end(image->dwarf);
    if (image->elf)
        elf_end(image->elf);
    free(image->symbol);
    free(image->state);
    free(image->bytes);
    free(image->path);
    *image = (struct image){0};
}
