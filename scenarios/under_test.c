/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/under_test.h"

#include <string.h>

static bool begins_with(const char *text, const char *head)
{
    return !strncmp(text, head, strlen(head));
}

static bool ends_with(const char *text, const char *tail)
{
    size_t length = strlen(text);
    return length >= strlen(tail) && !strcmp(text + length - strlen(tail), tail);
}

/* Guest code is in kvm/runtime or in threads.c. */
bool under_test(const struct image *image, const struct image_symbol *symbol)
{
    struct image_place place;
    if (!symbol->is_function || !symbol->size)
        return false;
    image_place(image, symbol->address, &place);
    const char *file = place.count ? place.frame[place.count - 1].file : "";
    return file[0] && !begins_with(file, "kvm/runtime/") && !ends_with(file, "/threads.c");
}

/* Several names of one function are one range: symbols are sorted by address, the larger first. */
void under_test_mutations(const struct image *image, const uint8_t *ram, const uint8_t *touched,
                          struct mutation_list *list)
{
    const struct code_view view = {ram, image->base, image->memory_size, touched};
    uint64_t done = 0;
    for (unsigned i = 0; i < image->symbol_count; i++) {
        const struct image_symbol *s = &image->symbol[i];
        struct code_range range = {s->address, s->size};
        if (s->address < done || !under_test(image, s) || s->address < view.base ||
            s->address - view.base >= view.size || s->size > view.size - (s->address - view.base))
            continue;
        mutation_find(&view, &range, list);
        done = s->address + s->size;
    }
}
