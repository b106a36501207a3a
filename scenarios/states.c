/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/states.h"

#include <stdio.h>

#include "sim/message.h"
#include "sim/tso.h"

bool state_find(const struct session *s, const char *name, uint64_t size,
                const struct image_state **state, char *error)
{
    *state = image_state(&s->image, name);
    if (*state && (*state)->size >= size)
        return true;
    snprintf(error, SCENARIO_ERROR, "%.200s: no state '%s' of at least %llu bytes; add "
             "IMAGE_STATE(\"%s\", ...)", s->image.path, name, (unsigned long long)size, name);
    return false;
}

uint64_t state_read_as(const struct session *s, unsigned core, uint64_t address, unsigned size)
{
    bool forwarded;
    return tso_load(s->m, core, address, size, &forwarded);
}

int state_pir_lowest(const struct session *s, uint64_t address)
{
    for (unsigned i = 0; i < PIR_BYTES / 8; i++) {
        uint64_t word = state_read(s, address + 8 * i, 8);
        if (word)
            return (int)(64 * i) + __builtin_ctzll(word);
    }
    return -1;
}

int state_virr_lowest(const struct session *s, uint64_t address)
{
    for (unsigned i = 0; i < VECTORS / 32; i++) {
        uint64_t word = state_read(s, address + VAPIC_VIRR + 16 * i, 4);
        if (word)
            return (int)(32 * i) + __builtin_ctzll(word);
    }
    return -1;
}

bool state_shared(const struct session *s, uint64_t address)
{
    return s->m->visibility.shadow[address] & SHADOW_VISIBLE;
}

bool vector_coming(const struct session *s, unsigned core, unsigned vector)
{
    return lapic_irr(s->lapic, core, vector) || message_in_flight(s->m, vector, core);
}

bool region_occupied(const struct session *s, unsigned except, uint32_t regions)
{
    for (unsigned i = 0; i < s->m->cores; i++)
        if (i != except && (s->m->state->regions[i] & regions))
            return true;
    return false;
}

/* ---- Footprints ---- */

static bool reads_already(const struct footprint *fp, uint64_t resource, uint8_t bytes)
{
    for (uint32_t i = 0; i < fp->count; i++) {
        const struct access *a = &fp->access[i];
        if (a->resource == resource && (a->bytes & bytes) == bytes && !a->unit &&
            a->mode != ACCESS_ACCUMULATE)
            return true;
    }
    return false;
}

void read_memory(struct footprint *fp, uint64_t address, unsigned size)
{
    for (unsigned done = 0; done < size; done += 8) {
        unsigned part = size - done < 8 ? size - done : 8;
        uint64_t cell = resource_make(RES_MEMORY, (address + done) >> 3);
        if (part < 8 || !reads_already(fp, cell, 0xff))
            footprint_add_memory(fp, address + done, part, ACCESS_READ, 0);
    }
}

void read_resource(struct footprint *fp, uint64_t resource)
{
    if (!reads_already(fp, resource, 0xff))
        footprint_add(fp, resource, ACCESS_READ);
}

void read_vectors(struct footprint *fp, unsigned core)
{
    read_resource(fp, resource_make(RES_INTR, core));
    read_resource(fp, resource_make(RES_INBOUND, core));
}

void read_regions(const struct session *s, struct footprint *fp, unsigned except, uint32_t regions)
{
    for (unsigned i = 0; i < s->m->cores; i++)
        for (uint32_t left = regions; i != except && left; left &= left - 1)
            read_resource(fp, region_resource(i, (unsigned)__builtin_ctz(left)));
}
