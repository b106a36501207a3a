/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes visible: two contexts, one of them writing, and accesses as a whole. */
#include <criterion/criterion.h>

#include "cpu/program.h"
#include "sim/visible.h"

enum { A = 1, B = 2, C = 3 };

static struct visibility *fresh(void)
{
    static struct visibility v;
    visible_init(&v, 4096);
    v.tracking = true;
    return &v;
}

Test(visible, one_context_shares_nothing)
{
    struct visibility *v = fresh();
    for (int i = 0; i < 3; i++)
        cr_assert(!visible_touch(v, 64, 8, true, A));
    cr_assert_eq(v->found, 0);
}

Test(visible, readers_alone_share_nothing)
{
    struct visibility *v = fresh();
    visible_touch(v, 64, 8, false, A);
    visible_touch(v, 64, 8, false, B);
    visible_touch(v, 64, 8, false, A);
    cr_assert_eq(v->found, 0);
    visible_touch(v, 66, 1, true, C);
    cr_assert_eq(v->found, 1, "the one byte that was written");
}

Test(visible, a_second_context_is_found_in_either_order)
{
    struct visibility *v = fresh();
    visible_touch(v, 64, 4, true, A);
    visible_touch(v, 64, 2, false, B);
    cr_assert_eq(v->found, 2);
    visible_touch(v, 128, 4, false, A);
    visible_touch(v, 128, 4, true, B);
    cr_assert_eq(v->found, 6);
    cr_assert(!visible_touch(v, 64, 2, false, B), "not in force before it is absorbed");
    cr_assert(visible_absorb(v));
    cr_assert(visible_touch(v, 64, 2, false, B));
    cr_assert(!visible_absorb(v));
}

Test(visible, an_access_is_visible_as_a_whole)
{
    struct visibility *v = fresh();
    visible_add(v, 64, 4);
    cr_assert(visible_touch(v, 64, 8, true, A));
    cr_assert_eq(v->found, 4, "the other half joins");
    visible_absorb(v);
    cr_assert_eq(v->frozen, 8);
}

/* A thread of the code under test may move; handlers and other threads of a level do not go with it. */
Test(visible, what_belongs_to_a_thread_or_to_a_core_is_not_shared)
{
    struct visibility *v = fresh();
    visible_touch(v, 64, 8, true, context_of_thread(0, 1, LEVEL_THREAD));
    visible_touch(v, 64, 8, true, context_of_thread(1, 1, LEVEL_THREAD));
    visible_touch(v, 64, 8, true, context_of_thread(0, 1, LEVEL_THREAD));
    visible_touch(v, 128, 8, true, context_of_thread(0, 1, LEVEL_THREAD));
    visible_touch(v, 128, 8, true, context_of_thread(0, 2, LEVEL_THREAD));
    cr_assert_eq(v->found, 0, "thread 1 on two cores; two threads on core 0");
    visible_touch(v, 64, 8, true, context_of_thread(0, 2, LEVEL_THREAD));
    cr_assert_eq(v->found, 8, "another thread, where the first has been as well");
    visible_touch(v, 128, 8, false, context_of_thread(1, 1, LEVEL_THREAD));
    cr_assert_eq(v->found, 16, "another core, whose thread is one of the two");
    visible_touch(v, 192, 8, true, context_of_thread(0, 1, LEVEL_THREAD));
    visible_touch(v, 192, 8, true, context_of_core(0, LEVEL_INTERRUPT));
    cr_assert_eq(v->found, 24, "a handler");
    visible_touch(v, 256, 8, true, context_of_core(0, LEVEL_THREAD));
    visible_touch(v, 256, 8, true, context_of_core(1, LEVEL_THREAD));
    cr_assert_eq(v->found, 32, "cores without a scheduler");
}

static uint32_t seen;

static void note_register(void *context, struct machine *m)
{
    (void)m;
    seen |= program_register(context, 0, 8);
}

/* mov qword [v0], imm; mov r8d, [v0 + 4]: half of the store is private, and must be seen. */
Test(visible, a_private_half_of_a_buffered_store_is_read_back)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_bytes(&code[0], "\x48\xc7\x04\x25\x00\x80\x00\x80\xff\xff\xff\xff", 12);
    code_bytes(&code[0], "\x44\x8b\x04\x25\x04\x80\x00\x80", 8);
    code_end(&code[0]);
    code_load(&code[1], 8, 0);
    code_store(&code[1], 0, 5);
    code_end(&code[1]);
    struct program *p = program_new(2, code, MEMORY_TSO);
    struct explore_options o = {.algorithm = ALGORITHM_SOURCE, .on_complete = note_register,
                                .context = p};
    struct explore_result r;
    explore(p->m, &o, &r);
    cr_assert_eq(seen, 0xffffffff);
    cr_assert_eq(r.visible_bytes, 8);
}
