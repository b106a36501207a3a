/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images: static ELF64 files that hold the code under test. Loads one into the machine's memory
 * and answers what is where: symbols, named states, function and line of an instruction, the name
 * of a piece of memory. The contract with the image is in kvm/runtime/image.h.
 *
 * Files come from outside. A file that is not what it should be is refused with one line; nothing
 * in a file can make these functions fail otherwise. All strings belong to the image.
 */
#ifndef SIM_IMAGE_H
#define SIM_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMAGE_SIZE_MAX = 256 << 20, IMAGE_FRAMES = 8, IMAGE_NAME = 96 };

struct image_symbol {
    const char *name;
    uint64_t address; /* linear */
    uint64_t size;
    bool is_function;
};

/* A record of section .irqweave.state: a named piece of memory. */
struct image_state {
    char name[32];
    uint64_t address; /* physical */
    uint64_t size;
};

struct image {
    char *path;
    uint8_t *bytes; /* the file */
    size_t size;
    uint64_t hash;  /* of what is loaded, and where (xxh64, a segment after the other) */
    uint64_t base;  /* linear address of physical 0 */
    uint64_t memory_size;
    struct image_symbol *symbol; /* sorted by address */
    unsigned symbol_count;
    struct image_state *state;
    unsigned state_count;
    void *elf;   /* Elf * */
    void *dwarf; /* Dwarf *, or NULL without debug information */
};

/* One function in the nest of inlined calls at an instruction. */
struct image_frame {
    const char *function; /* never NULL */
    const char *file;     /* "" if not known */
    unsigned line;        /* 0 if not known */
};

struct image_place {
    unsigned count;                       /* 0: nothing known */
    struct image_frame frame[IMAGE_FRAMES]; /* [0] is the innermost, the last one is not inlined */
};

/*
 * Loads the file at `path` into `ram` (`ram_size` bytes, zero where the file says nothing);
 * `base` is the linear address of physical 0. False: `error` holds one line, nothing needs to be
 * freed, and ram is as it was.
 */
bool image_load(struct image *, const char *path, uint8_t *ram, uint64_t ram_size, uint64_t base,
                char *error, size_t size);
void image_unload(struct image *);

/* The same for a file in memory; takes over `bytes` (from malloc), also on failure. */
bool image_load_bytes(struct image *, const char *path, uint8_t *bytes, size_t length,
                      uint8_t *ram, uint64_t ram_size, uint64_t base, char *error, size_t size);

/* The symbol of that name, or NULL. */
const struct image_symbol *image_symbol(const struct image *, const char *name);

/* The symbol that covers a linear address, or NULL. */
const struct image_symbol *image_symbol_at(const struct image *, uint64_t linear);

const struct image_state *image_state(const struct image *, const char *name);

/* The smallest named state that covers a physical address, or NULL. */
const struct image_state *image_state_at(const struct image *, uint64_t physical);

void image_place(const struct image *, uint64_t linear, struct image_place *);

/* "pid0.pir[1]", "ledger.posted[0x41]", "vapic0+0x220", or the bare address. */
void image_name_memory(const struct image *, uint64_t physical, char *text, size_t size);

/* A piece of a named state: where it is, and, of a bit-field, which bits of it. */
struct image_part {
    uint64_t address; /* physical */
    uint64_t size;
    unsigned shift, width; /* width 0: all of it */
};

/* "pid0.pir[1]", "pid0.on": the longest name of a state that begins the path, then members and elements by the
 * debug information. False with what is wrong and what would be right in `error`. */
bool image_part(const struct image *, const char *path, struct image_part *, char *error, size_t size);

#endif
