/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be removed: fences, locks, the disabling of interrupts. Checks and swaps have files of their own. */
#include "cpu/mutation_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/grow.h"

const char *const mutation_name[MUTATION_KINDS] = {
    [MUTATION_FENCE] = "fence",       [MUTATION_LOCK] = "lock",
    [MUTATION_INTERRUPTS] = "cli",    [MUTATION_CHECK_NEVER] = "never",
    [MUTATION_CHECK_ALWAYS] = "always", [MUTATION_SWAP] = "swap",
};

/* SDM vol. 2, NOP: the recommended forms. None has an index in its SIB byte, which would be a marker. */
void put_nops(uint8_t *to, unsigned size)
{
    static const char *const nop[] = {
        "\x90", "\x66\x90", "\x0f\x1f\x00", "\x0f\x1f\x40\x00", "\x0f\x1f\x44\x00\x00",
        "\x66\x0f\x1f\x44\x00\x00", "\x0f\x1f\x80\x00\x00\x00\x00", "\x0f\x1f\x84\x00\x00\x00\x00\x00"};
    while (size) {
        unsigned n = size < 8 ? size : 8;
        memcpy(to, nop[n - 1], n);
        to += n;
        size -= n;
    }
}

struct mutation *mutation_add(const struct listing *l, enum mutation_kind kind, size_t first, size_t count)
{
    struct mutation_list *list = l->found;
    const cs_insn *last = &l->insn[first + count - 1];
    uint64_t start = l->insn[first].address, size = last->address + last->size - start;
    if (size > MUTATION_SIZE_MAX)
        return NULL;
    GROW(list->item, list->capacity, list->count + 1);
    struct mutation *m = &list->item[list->count++];
    *m = (struct mutation){.kind = kind, .address = start, .start = start, .size = (unsigned)size};
    memcpy(m->old, l->view->ram + (start - l->view->base), size);
    memcpy(m->new, m->old, size);
    return m;
}

/* ---- Kinds of instructions ---- */

static bool is_locked(const cs_insn *i)
{
    return i->detail->x86.prefix[0] == X86_PREFIX_LOCK;
}

/* LOCK ADD $0 or LOCK OR $0 on the stack, as compilers and kernels write a full fence: nobody else sees that memory. */
static bool is_stack_fence(const cs_insn *i)
{
    const cs_x86 *x = &i->detail->x86;
    return is_locked(i) && (i->id == X86_INS_ADD || i->id == X86_INS_OR) && x->op_count == 2 &&
           x->operands[0].type == X86_OP_MEM && x->operands[0].mem.base == X86_REG_RSP &&
           x->operands[0].mem.index == X86_REG_INVALID && x->operands[1].type == X86_OP_IMM &&
           !x->operands[1].imm;
}

bool is_fence(const cs_insn *i)
{
    return i->id == X86_INS_MFENCE || i->id == X86_INS_LFENCE || i->id == X86_INS_SFENCE ||
           is_stack_fence(i);
}

static bool is_implicit_lock(const cs_insn *i)
{
    return i->id == X86_INS_XCHG && memory_operand(i);
}

/* ---- One instruction less ---- */

/* Fences that follow each other are removed one by one, and then together: each may be enough without the other. */
static void find_fence(const struct listing *l, size_t index)
{
    struct mutation *m = mutation_add(l, MUTATION_FENCE, index, 1);
    size_t count = 1;
    put_nops(m->new, m->size);
    if (index && is_fence(&l->insn[index - 1]))
        return;
    while (index + count < l->count && is_fence(&l->insn[index + count]))
        count++;
    if (count == 1 || !(m = mutation_add(l, MUTATION_FENCE, index, count)))
        return;
    m->other = l->insn[index + count - 1].address;
    put_nops(m->new, m->size);
}

/* NOP, then the instruction without its prefix: it ends where it did, so that what is relative to RIP stays. */
static void find_lock(const struct listing *l, size_t index)
{
    struct mutation *m = mutation_add(l, MUTATION_LOCK, index, 1);
    uint8_t *prefix = memchr(m->new, 0xf0, m->size);
    if (is_implicit_lock(&l->insn[index])) {
        m->unlocks = true;
        return;
    }
    assert(prefix);
    memmove(m->new + 1, m->new, (size_t)(prefix - m->new));
    m->new[0] = 0x90;
}

static void find_in(const struct listing *l, size_t index)
{
    const cs_insn *i = &l->insn[index];
    if (is_fence(i))
        find_fence(l, index);
    else if (is_locked(i) || is_implicit_lock(i))
        find_lock(l, index);
    else if (i->id == X86_INS_CLI || i->id == X86_INS_CLGI)
        put_nops(mutation_add(l, MUTATION_INTERRUPTS, index, 1)->new, i->size);
    else if (is_branch(i))
        find_check(l, index);
    else
        find_swap(l, index);
}

void mutation_find(const struct code_view *view, const struct code_range *range, struct mutation_list *list)
{
    struct listing l = {.view = view, .found = list};
    uint64_t offset = range->start - view->base;
    assert(offset < view->size && range->size <= view->size - offset);
    cs_err e = cs_open(CS_ARCH_X86, CS_MODE_64, &l.capstone);
    assert(e == CS_ERR_OK);
    (void)e;
    cs_option(l.capstone, CS_OPT_DETAIL, CS_OPT_ON);
    l.count = cs_disasm(l.capstone, view->ram + offset, range->size, range->start, 0, &l.insn);
    for (size_t i = 0; i < l.count; i++)
        find_in(&l, i);
    if (l.insn)
        cs_free(l.insn, l.count);
    cs_close(&l.capstone);
}

/* ---- The list ---- */

void mutation_apply(const struct mutation *m, struct cpu *cpu)
{
    uint64_t offset = m->start - cpu->window_base;
    assert(offset < cpu->m->memory.size && m->size <= cpu->m->memory.size - offset);
    assert(!memcmp(cpu->m->memory.ram + offset, m->old, m->size));
    for (unsigned i = 0; i < m->size; i++)
        assert(!decoder_knows(&cpu->decoder, m->start + i));
    memcpy(cpu->m->memory.ram + offset, m->new, m->size);
    if (m->unlocks)
        cpu->decoder.unlocked = m->address;
}

void mutation_key(const struct mutation *m, char *text, size_t size)
{
    bool pair = m->kind == MUTATION_SWAP || (m->kind == MUTATION_FENCE && m->other);
    int n = snprintf(text, size, "%s@%llx", mutation_name[m->kind], (unsigned long long)m->address);
    if (pair)
        snprintf(text + n, size - (size_t)n, "-%llx", (unsigned long long)m->other);
}

const struct mutation *mutation_with_key(const struct mutation_list *list, const char *key)
{
    char text[MUTATION_KEY];
    for (unsigned i = 0; i < list->count; i++) {
        mutation_key(&list->item[i], text, sizeof text);
        if (!strcmp(text, key))
            return &list->item[i];
    }
    return NULL;
}

void mutation_list_free(struct mutation_list *list)
{
    free(list->item);
    *list = (struct mutation_list){0};
}
