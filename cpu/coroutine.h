/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A coroutine on a stack of its own, switched by hand: six callee-saved registers, nothing else.
 * Its live stack can be copied out and back in, so that a suspended core is restored in place.
 */
#ifndef CPU_COROUTINE_H
#define CPU_COROUTINE_H

#include <stddef.h>
#include <stdint.h>

enum { COROUTINE_STACK = 256 * 1024 }; /* translation inside Unicorn needs 57 KiB, measured */

struct coroutine {
    void *sp;        /* of the coroutine while it is suspended */
    void *caller_sp; /* of whoever resumed it while it runs */
    uint8_t *stack;  /* lowest usable byte, a guard page below it */
};

struct coroutine_image {
    void *sp;
    size_t size;
    uint8_t *bytes;
    size_t capacity;
};

void coroutine_init(struct coroutine *, void (*entry)(void *), void *argument);
void coroutine_free(struct coroutine *);

/* Runs the coroutine until it suspends. */
void coroutine_resume(struct coroutine *);

/* Called on the coroutine: back to whoever resumed it. */
void coroutine_suspend(struct coroutine *);

/* Copies the live stack of a suspended coroutine, and puts such a copy back. */
void coroutine_save(const struct coroutine *, struct coroutine_image *);
void coroutine_restore(struct coroutine *, const struct coroutine_image *);

#endif
