/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ELF loader: what it finds in a real image, and that no file whatever makes it fail. */
#include <criterion/criterion.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image.h"

#define BASE 0xffffffff80000000ull
#define IMAGE_FILE IRQWEAVE_IMAGES_DIR "/posted-delivery/v3.elf"

enum { RAM = 4 << 20, MUTANTS = 3000 };

static uint8_t ram[RAM];
static char error[400];

static uint8_t *read_image(size_t *length)
{
    FILE *f = fopen(IMAGE_FILE, "rb");
    cr_assert(f);
    fseek(f, 0, SEEK_END);
    *length = (size_t)ftell(f);
    rewind(f);
    uint8_t *bytes = malloc(*length);
    cr_assert(fread(bytes, 1, *length, f) == *length);
    fclose(f);
    return bytes;
}

/* Loads a copy of the image in which `size` bytes at `offset` are those at `patch`. */
static bool load_patched(size_t offset, const void *patch, size_t size)
{
    struct image image;
    size_t length;
    uint8_t *bytes = read_image(&length);
    memcpy(bytes + offset, patch, size);
    bool ok = image_load_bytes(&image, "x.elf", bytes, length, ram, RAM, BASE, error,
                               sizeof error);
    if (ok)
        image_unload(&image);
    return ok;
}

Test(image, finds_symbols_states_and_names)
{
    struct image image;
    char text[IMAGE_NAME];
    cr_assert(image_load(&image, IMAGE_FILE, ram, RAM, BASE, error, sizeof error), "%s", error);
    const struct image_symbol *start = image_symbol(&image, "image_start");
    const struct image_state *pid = image_state(&image, "pid0");
    cr_assert(start);
    cr_assert(pid);
    cr_assert_eq(pid->size, 64);
    cr_assert_eq(image_symbol(&image, "no_such_symbol"), NULL);
    cr_assert_eq(image_symbol_at(&image, start->address), start);
    image_name_memory(&image, pid->address + 8, text, sizeof text);
    cr_assert_str_eq(text, "pid0.pir[1]");
    image_name_memory(&image, pid->address + 32, text, sizeof text);
    cr_assert_str_eq(text, "pid0.control");
    image_unload(&image);
}

Test(image, places_inlined_calls)
{
    struct image image;
    struct image_place place;
    bool seen = false;
    cr_assert(image_load(&image, IMAGE_FILE, ram, RAM, BASE, error, sizeof error), "%s", error);
    const struct image_symbol *f = image_symbol(&image, "vmx_deliver_posted_interrupt");
    for (uint64_t pc = f->address; pc < f->address + f->size; pc++) {
        image_place(&image, pc, &place);
        cr_assert_gt(place.count, 0);
        cr_assert_str_eq(place.frame[place.count - 1].function, "vmx_deliver_posted_interrupt");
        cr_assert_str_eq(place.frame[place.count - 1].file,
                         "kvm/logic/vmx_deliver_posted_interrupt.c");
        seen |= place.count > 1 && !strcmp(place.frame[place.count - 2].function,
                                           "pi_test_and_set_on");
    }
    cr_assert(seen);
    image_unload(&image);
}

Test(image, refuses_what_is_not_an_image)
{
    struct image image;
    uint8_t one = 1;
    uint16_t dynamic = ET_DYN, arm = EM_AARCH64;
    uint64_t far = 1ull << 40;
    cr_assert(!image_load(&image, "/no/such", ram, RAM, BASE, error, sizeof error));
    cr_assert_str_eq(error, "/no/such: cannot be opened: No such file or directory");
    cr_assert(!load_patched(0, "#!/b", 4));
    cr_assert(strstr(error, "not an ELF file"));
    cr_assert(!load_patched(EI_CLASS, &one, 1));
    cr_assert(strstr(error, "not a 64-bit"));
    cr_assert(!load_patched(offsetof(Elf64_Ehdr, e_type), &dynamic, 2));
    cr_assert(strstr(error, "-static"));
    cr_assert(!load_patched(offsetof(Elf64_Ehdr, e_machine), &arm, 2));
    cr_assert(strstr(error, "x86-64"));
    cr_assert(!load_patched(offsetof(Elf64_Ehdr, e_phoff), &far, 8));
    cr_assert(strstr(error, "past the end"));
    cr_assert(!load_patched(sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_vaddr), &far, 8));
    cr_assert(strstr(error, "outside memory"));
    cr_assert(!load_patched(sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_filesz), &far, 8));
    cr_assert(strstr(error, "truncated"));
}

Test(image, leaves_memory_alone_when_it_refuses)
{
    uint16_t dynamic = ET_DYN;
    memset(ram, 0x5a, RAM);
    cr_assert(!load_patched(offsetof(Elf64_Ehdr, e_type), &dynamic, 2));
    for (size_t i = 0; i < RAM; i++)
        cr_assert_eq(ram[i], 0x5a);
}

/* ---- Mutants ---- */

static uint64_t seed = 0x9e3779b97f4a7c15;

static uint64_t random_number(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Half of the changes go to headers, where they matter most. */
static void mutate(uint8_t *bytes, size_t *length)
{
    uint64_t sections;
    memcpy(&sections, bytes + offsetof(Elf64_Ehdr, e_shoff), 8);
    for (unsigned left = 1 + random_number() % 6; left; left--) {
        size_t at = random_number() % *length;
        if (random_number() & 1)
            at = random_number() % 400;
        else if ((random_number() & 1) && sections < *length)
            at = sections + random_number() % (*length - sections);
        bytes[at] = random_number() & 1 ? (uint8_t)random_number() : 0xff;
    }
    if (random_number() % 8 == 0)
        *length = random_number() % *length;
}

static void use(const struct image *image)
{
    struct image_place place;
    char text[IMAGE_NAME];
    for (unsigned i = 0; i < 10; i++) {
        image_place(image, image->symbol[random_number() % image->symbol_count].address, &place);
        image_name_memory(image, random_number() % RAM, text, sizeof text);
    }
}

Test(image, survives_mutants, .timeout = 300)
{
    size_t length;
    uint8_t *original = read_image(&length);
    unsigned accepted = 0;
    for (unsigned i = 0; i < MUTANTS; i++) {
        struct image image;
        size_t size = length;
        uint8_t *bytes = malloc(length);
        memcpy(bytes, original, length);
        mutate(bytes, &size);
        error[0] = 0;
        if (image_load_bytes(&image, "mutant", bytes, size, ram, RAM, BASE, error, sizeof error)) {
            accepted++;
            use(&image);
            image_unload(&image);
        } else {
            cr_assert(error[0] && !strchr(error, '\n'), "mutant %u: '%s'", i, error);
        }
    }
    free(original);
    cr_assert(accepted > 0 && accepted < MUTANTS, "%u accepted", accepted);
}
