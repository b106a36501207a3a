/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going back: the state of execution of each core (registers inside Unicorn, live stack of the
 * coroutine), kept in images. Between two checkpoints few cores move, so an image is shared by all
 * checkpoints between two steps of its core, and a core that stands where the image has it is
 * neither saved nor restored.
 *
 * Images are valid in this process only, as long as the coroutine lives.
 */
#include "cpu/internal.h"

#include <stdlib.h>

struct core_image {
    unsigned users; /* checkpoints that refer to it, and the core if it stands there */
    struct core_image *next_free;
    uc_context *context;
    struct coroutine_image stack;
    struct core_exec exec;
};

/* Contexts of all cores have one size, but an image stays with its core: its stack does. */
static struct core_image *take_image(struct core *c)
{
    struct core_image *k = c->free_images;
    if (k) {
        c->free_images = k->next_free;
    } else {
        k = calloc(1, sizeof *k);
        assert(k);
        uc_err e = uc_context_alloc(c->uc, &k->context);
        assert(e == UC_ERR_OK);
        (void)e;
    }
    k->users = 1;
    return k;
}

static void drop_image(struct core *c, struct core_image *k)
{
    if (k && --k->users == 0) {
        k->next_free = c->free_images;
        c->free_images = k;
    }
}

void core_moves(struct core *c)
{
    drop_image(c, c->image);
    c->image = NULL;
}

static struct core_image *save_core(struct core *c)
{
    if (!c->image) {
        struct core_image *k = take_image(c);
        uc_context_save(c->uc, k->context);
        coroutine_save(&c->coroutine, &k->stack);
        k->exec = c->exec;
        c->image = k;
    }
    c->image->users++;
    return c->image;
}

static void restore_core(struct core *c, struct core_image *k)
{
    if (c->image == k)
        return;
    core_moves(c);
    uc_context_restore(c->uc, k->context);
    coroutine_restore(&c->coroutine, &k->stack);
    c->exec = k->exec;
    c->image = k;
    k->users++;
}

void *cores_image_new(void *cpu)
{
    struct cpu *p = cpu;
    struct core_image **k = calloc(p->m->cores, sizeof *k);
    assert(k);
    return k;
}

void cores_image_free(void *cpu, void *image)
{
    struct cpu *p = cpu;
    struct core_image **k = image;
    for (unsigned i = 0; i < p->m->cores; i++)
        drop_image(&p->core[i], k[i]);
    free(k);
}

void cores_save(void *cpu, void *image)
{
    struct cpu *p = cpu;
    struct core_image **k = image;
    for (unsigned i = 0; i < p->m->cores; i++) {
        struct core_image *old = k[i];
        k[i] = save_core(&p->core[i]);
        drop_image(&p->core[i], old);
    }
}

void cores_restore(void *cpu, const void *image)
{
    struct cpu *p = cpu;
    struct core_image *const *k = image;
    for (unsigned i = 0; i < p->m->cores; i++)
        restore_core(&p->core[i], k[i]);
}

void cores_image_jump(struct core *c, void *image, uint64_t rip)
{
    struct core_image *k = ((struct core_image **)image)[c->id];
    assert(k->exec.flags & POINT_SETUP);
    k->exec.jump = 1;
    k->exec.jump_rip = rip;
    if (c->image == k)
        c->exec = k->exec;
}

void cores_free_images(struct core *c)
{
    core_moves(c);
    while (c->free_images) {
        struct core_image *k = c->free_images;
        c->free_images = k->next_free;
        uc_context_free(k->context);
        free(k->stack.bytes);
        free(k);
    }
}
