/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the image loader, for nobody else. */
#ifndef SIM_IMAGE_INTERNAL_H
#define SIM_IMAGE_INTERNAL_H

#include <elfutils/libdw.h>
#include <gelf.h>

#include "sim/image.h"

/* image_symbols.c: fills the tables from the ELF file. */
void image_read_symbols(struct image *);
bool image_read_states(struct image *, const uint8_t *ram, char *error, size_t size);

/* image_types.c: "vcpus[0].mode", down to the first object of at most `stop_size` bytes that begins
 * at the address. False: no variable is there. */
bool image_type_path(const struct image *, uint64_t linear, uint64_t stop_size, char *text,
                     size_t size);

#include <elfutils/libdw.h>

/* sim/image_types.c: the type of a variable or member, without typedefs and qualifiers; that of the object of this size at
 * a linear address. False if the image does not say. */
bool image_die_type(Dwarf_Die *die, Dwarf_Die *type);
bool image_type_at(const struct image *, uint64_t linear, uint64_t size, Dwarf_Die *type);

#endif
