/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sim/grow.h"

enum { BLOCK = 1 << MEMORY_BLOCK_SHIFT, PAGE = 4096 };

static uint8_t *map_pages(uint64_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(p != MAP_FAILED);
    return p;
}

/* Nothing else of the process lies within reach of RAM. */
static uint8_t *map_ram(uint64_t size)
{
    uint8_t *p = mmap(NULL, MEMORY_REACH_BELOW + MEMORY_REACH_ABOVE, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert(p != MAP_FAILED);
    int e = mprotect(p + MEMORY_REACH_BELOW, size, PROT_READ | PROT_WRITE);
    assert(!e);
    (void)e;
    return p + MEMORY_REACH_BELOW;
}

uint8_t *memory_beside(struct memory *mem, int64_t offset, uint64_t size)
{
    assert(offset >= -(int64_t)MEMORY_REACH_BELOW);
    assert(offset + (int64_t)size <= 0 || offset >= (int64_t)mem->size);
    assert(offset + (int64_t)size <= (int64_t)MEMORY_REACH_ABOVE);
    int e = mprotect(mem->ram + offset, size, PROT_READ | PROT_WRITE);
    assert(!e);
    (void)e;
    return mem->ram + offset;
}

static void list_init(struct block_list *l, uint64_t blocks)
{
    l->member = calloc(blocks, 1);
    l->block = calloc(blocks, sizeof *l->block);
    l->count = 0;
    assert(l->member && l->block);
}

static void list_clear(struct block_list *l)
{
    for (uint32_t i = 0; i < l->count; i++)
        l->member[l->block[i]] = 0;
    l->count = 0;
}

static void list_free(struct block_list *l)
{
    free(l->member);
    free(l->block);
}

void memory_init(struct memory *mem, uint64_t size)
{
    assert(size && size % PAGE == 0);
    mem->size = size;
    mem->ram = map_ram(size);
    mem->snapshot = map_pages(size);
    mem->base = map_pages(size);
    list_init(&mem->dirty, size / BLOCK);
    list_init(&mem->early, size / BLOCK);
}

void memory_free(struct memory *mem)
{
    munmap(mem->ram - MEMORY_REACH_BELOW, MEMORY_REACH_BELOW + MEMORY_REACH_ABOVE);
    munmap(mem->snapshot, mem->size);
    munmap(mem->base, mem->size);
    list_free(&mem->dirty);
    list_free(&mem->early);
}

static bool is_zero(const uint8_t *page)
{
    return page[0] == 0 && !memcmp(page, page + 1, PAGE - 1);
}

/* Set-up is not tracked: all of memory is copied, but for the pages that are still zero, as the copies
 * are that nobody has written yet. Most of memory is, and mapping it costs more than small explorations. */
void memory_take_base(struct memory *mem)
{
    for (uint64_t at = 0; at < mem->size; at += PAGE) {
        if (is_zero(mem->ram + at))
            continue;
        memcpy(mem->base + at, mem->ram + at, PAGE);
        memcpy(mem->snapshot + at, mem->ram + at, PAGE);
    }
    list_clear(&mem->dirty);
    list_clear(&mem->early);
}

static void copy_blocks(const struct block_list *l, uint8_t *to, const uint8_t *from)
{
    for (uint32_t i = 0; i < l->count; i++) {
        uint64_t at = (uint64_t)l->block[i] * BLOCK;
        memcpy(to + at, from + at, BLOCK);
    }
}

void memory_take_snapshot(struct memory *mem)
{
    copy_blocks(&mem->dirty, mem->snapshot, mem->ram);
    for (uint32_t i = 0; i < mem->dirty.count; i++)
        block_add(&mem->early, mem->dirty.block[i]);
    list_clear(&mem->dirty);
}

void memory_restore(struct memory *mem)
{
    copy_blocks(&mem->dirty, mem->ram, mem->snapshot);
    list_clear(&mem->dirty);
}

void memory_restore_base(struct memory *mem)
{
    memory_restore(mem);
    copy_blocks(&mem->early, mem->ram, mem->base);
    copy_blocks(&mem->early, mem->snapshot, mem->base);
    list_clear(&mem->early);
}

void memory_save(const struct memory *mem, struct memory_image *image)
{
    const struct block_list *l = &mem->dirty;
    if (l->count > image->capacity) {
        image->capacity = grown(image->capacity, l->count);
        image->block = resized(image->block, image->capacity, sizeof *image->block);
        image->bytes = resized(image->bytes, image->capacity, BLOCK);
    }
    image->count = l->count;
    for (uint32_t i = 0; i < l->count; i++) {
        image->block[i] = l->block[i];
        memcpy(image->bytes + (size_t)i * BLOCK, mem->ram + (uint64_t)l->block[i] * BLOCK, BLOCK);
    }
}

void memory_load(struct memory *mem, const struct memory_image *image)
{
    memory_restore(mem);
    for (uint32_t i = 0; i < image->count; i++) {
        block_add(&mem->dirty, image->block[i]);
        memcpy(mem->ram + (uint64_t)image->block[i] * BLOCK, image->bytes + (size_t)i * BLOCK,
               BLOCK);
    }
}

void memory_image_free(struct memory_image *image)
{
    free(image->block);
    free(image->bytes);
}

void memory_write_base(struct memory *mem, uint64_t address, const void *bytes, size_t size)
{
    assert(address + size <= mem->size);
    memcpy(mem->base + address, bytes, size);
    memcpy(mem->snapshot + address, bytes, size);
    memcpy(mem->ram + address, bytes, size);
}
