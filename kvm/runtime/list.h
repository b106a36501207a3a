/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Doubly linked lists through members of the objects, under upstream's names.
 *
 * Who changes a list holds its lock. Left out: everything but what the code here needs.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_LIST_H
#define IRQWEAVE_KVM_RUNTIME_LIST_H

#include "compiler.h"

struct list_head {
    struct list_head *next, *prev;
};

#define container_of(pointer, type, member) \
    ((type *)((u8 *)(pointer) - offsetof(type, member)))

static inline void INIT_LIST_HEAD(struct list_head *list)
{
    WRITE_ONCE(list->next, list);
    list->prev = list;
}

/* An entry that is the last one already would point to itself: whoever follows it never comes back. */
static inline void list_add_tail(struct list_head *entry, struct list_head *list)
{
    struct list_head *last = list->prev;

    if (unlikely(last == entry))
        BUG();
    list->prev = entry;
    entry->next = list;
    entry->prev = last;
    WRITE_ONCE(last->next, entry);
}

/* Whoever still follows the pointers of an entry that is gone shall fault. */
#define LIST_POISON ((struct list_head *)0xdead000000000100)

static inline void list_del(struct list_head *entry)
{
    entry->next->prev = entry->prev;
    WRITE_ONCE(entry->prev->next, entry->next);
    entry->next = LIST_POISON;
    entry->prev = LIST_POISON;
}

#endif
