/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/coroutine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

void coroutine_switch(void **save_sp, void *load_sp);

/* System V ABI: rbx, rbp, r12 to r15 belong to the caller; the rest is dead across a call. */
__asm__(".text\n"
        ".globl coroutine_switch\n"
        ".type coroutine_switch, @function\n"
        "coroutine_switch:\n"
        "    push %rbx\n"
        "    push %rbp\n"
        "    push %r12\n"
        "    push %r13\n"
        "    push %r14\n"
        "    push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov %rsi, %rsp\n"
        "    pop %r15\n"
        "    pop %r14\n"
        "    pop %r13\n"
        "    pop %r12\n"
        "    pop %rbp\n"
        "    pop %rbx\n"
        "    ret\n"
        ".globl coroutine_start\n"
        ".type coroutine_start, @function\n"
        "coroutine_start:\n" /* first entry: r12 holds the function, r13 its argument */
        "    mov %r13, %rdi\n"
        "    mov %r15, %rsi\n"
        "    call *%r12\n"
        "    ud2\n");

void coroutine_start(void);
#ifdef __SANITIZE_ADDRESS__
static void first_entry(void *(*entry)(void *), void *argument);
#endif

void coroutine_init(struct coroutine *co, void (*entry)(void *), void *argument)
{
    uint8_t *base = mmap(NULL, COROUTINE_STACK + 4096, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(base != MAP_FAILED);
    int rc = mprotect(base, 4096, PROT_NONE);
    assert(rc == 0);
    (void)rc;
    co->stack = base + 4096;
    /* The image that coroutine_switch pops: r15 r14 r13 r12 rbp rbx, then the return address.
     * After `ret` the stack is 16-byte aligned, as before a call. */
    void **sp = (void **)(co->stack + COROUTINE_STACK - 16);
    *--sp = (void *)coroutine_start;
    sp -= 6;
    memset(sp, 0, 6 * sizeof *sp);
#ifdef __SANITIZE_ADDRESS__
    sp[0] = argument; /* r15: first_entry(entry, argument) */
    sp[2] = (void *)entry;
    sp[3] = (void *)first_entry;
#else
    sp[2] = argument;      /* r13 */
    sp[3] = (void *)entry; /* r12 */
#endif
    co->sp = sp;
}

void coroutine_free(struct coroutine *co)
{
    munmap(co->stack - 4096, COROUTINE_STACK + 4096);
}

#ifdef __SANITIZE_ADDRESS__

/* AddressSanitizer wants to know each switch, and the end of it on the other side. */
static const void *resumer_stack;
static size_t resumer_size;

static void arrived(void)
{
    __sanitizer_finish_switch_fiber(NULL, &resumer_stack, &resumer_size);
}

static void first_entry(void *(*entry)(void *), void *argument)
{
    arrived();
    entry(argument);
}

void coroutine_resume(struct coroutine *co)
{
    void *fake;
    __sanitizer_start_switch_fiber(&fake, co->stack, COROUTINE_STACK);
    coroutine_switch(&co->caller_sp, co->sp);
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

void coroutine_suspend(struct coroutine *co)
{
    void *fake;
    __sanitizer_start_switch_fiber(&fake, resumer_stack, resumer_size);
    coroutine_switch(&co->sp, co->caller_sp);
    arrived();
}

#else

void coroutine_resume(struct coroutine *co)
{
    coroutine_switch(&co->caller_sp, co->sp);
}

void coroutine_suspend(struct coroutine *co)
{
    coroutine_switch(&co->sp, co->caller_sp);
}

#endif

void coroutine_save(const struct coroutine *co, struct coroutine_image *image)
{
    image->sp = co->sp;
    image->size = (size_t)(co->stack + COROUTINE_STACK - (uint8_t *)co->sp);
    if (image->size > image->capacity) {
        image->capacity = image->size;
        image->bytes = realloc(image->bytes, image->capacity);
        assert(image->bytes);
    }
    memcpy(image->bytes, image->sp, image->size);
}

void coroutine_restore(struct coroutine *co, const struct coroutine_image *image)
{
    co->sp = image->sp;
    memcpy(image->sp, image->bytes, image->size);
}
