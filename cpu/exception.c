/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions that Unicorn raises by itself. It never learns that one has been delivered: to it the second
 * contributory exception (SDM vol. 3, table 6-4) of a core is a double fault, and the third ends its run loop.
 *
 * The exception in flight is one word of the registers that uc_context_save() copies, -1 if there is none. Where
 * it lies is in no header, so it is measured, once, on an engine of its own: the one word that a divide error
 * turns from -1 to 0; and with that word set back to -1 a general-protection exception behind it has its own
 * number. Everything else of the registers stays bit for bit what it was. If the measurement fails, nothing is
 * set back, and the second exception is a limit of the model.
 */
#include <stdlib.h>

#include "cpu/internal.h"
#include "cpu/x86.h"

enum { PAGE = 4096, CODE_AT = 0x100000, NEVER = CODE_AT + PAGE / 2 };

static const int32_t none = -1;

struct probe {
    uc_engine *uc;
    uint8_t *page;
    uc_context *before, *after;
    size_t size;
    int raised; /* the last exception; -1: none */
};

static void on_raised(uc_engine *uc, uint32_t number, void *user)
{
    ((struct probe *)user)->raised = (int)number;
    uc_emu_stop(uc);
}

static bool open_probe(struct probe *p)
{
    uc_hook hook;
    *p = (struct probe){.page = aligned_alloc(PAGE, PAGE)};
    return p->page && uc_open(UC_ARCH_X86, UC_MODE_64, &p->uc) == UC_ERR_OK &&
           uc_mem_map_ptr(p->uc, CODE_AT, PAGE, UC_PROT_ALL, p->page) == UC_ERR_OK &&
           uc_hook_add(p->uc, &hook, UC_HOOK_INTR, (void *)on_raised, p, 1, 0) == UC_ERR_OK &&
           uc_context_alloc(p->uc, &p->before) == UC_ERR_OK &&
           uc_context_alloc(p->uc, &p->after) == UC_ERR_OK;
}

static void close_probe(struct probe *p)
{
    if (p->before)
        uc_context_free(p->before);
    if (p->after)
        uc_context_free(p->after);
    if (p->uc)
        uc_close(p->uc);
    free(p->page);
}

/* Executes the two bytes of an instruction that raises an exception, with this RCX. */
static void provoke(struct probe *p, unsigned at, const char *bytes, uint64_t rcx)
{
    memcpy(p->page + at, bytes, 2);
    p->raised = -1;
    uc_reg_write(p->uc, UC_X86_REG_RCX, &rcx);
    uc_emu_start(p->uc, CODE_AT + at, NEVER, 0, 0);
}

static int32_t word_at(const uc_context *context, size_t at)
{
    int32_t word;
    memcpy(&word, (const char *)context + at, sizeof word);
    return word;
}

/* The word that has changed from -1 to 0; 0 if there is none or more than one. */
static size_t changed_word(const struct probe *p)
{
    size_t found = 0;
    for (size_t at = 0; at + sizeof none <= p->size; at += sizeof none) {
        if (word_at(p->before, at) != none || word_at(p->after, at) != VECTOR_DE)
            continue;
        if (found)
            return 0;
        found = at;
    }
    return found;
}

static size_t measure(struct probe *p)
{
    if (!open_probe(p))
        return 0;
    p->size = uc_context_size(p->uc);
    uc_context_save(p->uc, p->before);
    provoke(p, 0, "\xf7\xf1", 0); /* div ecx */
    uc_context_save(p->uc, p->after);
    size_t at = changed_word(p);
    if (p->raised != VECTOR_DE || !at)
        return 0;
    memcpy((char *)p->after + at, &none, sizeof none);
    uc_context_restore(p->uc, p->after);
    provoke(p, 16, "\x8e\xd9", 0xfff0); /* mov ds, ecx: beyond the GDT */
    return p->raised == VECTOR_GP ? at : 0;
}

static size_t flight_word(void)
{
    static bool measured;
    static size_t word;
    struct probe p;
    if (!measured) {
        word = measure(&p);
        close_probe(&p);
        measured = true;
    }
    return word;
}

void exception_forget(struct core *c)
{
    size_t at = flight_word();
    uc_context *context = NULL;
    if (!at || uc_context_alloc(c->uc, &context) != UC_ERR_OK)
        return;
    uc_context_save(c->uc, context);
    memcpy((char *)context + at, &none, sizeof none);
    uc_context_restore(c->uc, context);
    uc_context_free(context);
}
