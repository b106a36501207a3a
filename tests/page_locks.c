/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stores in Unicorn without its collection of pages: it is left out, and code that a store changes is still seen to have
 * changed, which is what the collection is for. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "cpu/page_locks.h"

enum { PAGE = 4096, CODE_AT = 0x100000, DATA_AT = CODE_AT + PAGE, CHANGED_AT = 13, ROUNDS = 5 };

/* Adds up the immediates of a mov that each round changes before it runs it: to 1, 2 and so on. */
static const uint8_t program[] = {
    0xfe, 0xc0,                                     /*      inc al */
    0x88, 0x05, CHANGED_AT + 1 - 8, 0, 0, 0,        /*      mov [rip + immediate], al */
    0x88, 0x03,                                     /*      mov [rbx], al */
    0x90, 0x90, 0x90,                               /*      nop, nop, nop */
    0xb9, 0, 0, 0, 0,                               /* 13:  mov ecx, immediate */
    0x01, 0xca,                                     /* 18:  add edx, ecx */
    0x3c, ROUNDS,                                   /*      cmp al, ROUNDS */
    0x75, 0x100 - 24,                               /*      jne 0, from 24 */
    0xf4,                                           /*      hlt */
};

static uint64_t reg(uc_engine *uc, int which)
{
    uint64_t value = 0;
    uc_reg_read(uc, which, &value);
    return value;
}

Test(page_locks, code_that_a_store_changes_is_translated_again)
{
    uint8_t *pages = aligned_alloc(PAGE, 2 * PAGE);
    uint64_t before = page_locks_left_out(), data = DATA_AT;
    uc_engine *uc;
    memset(pages, 0, 2 * PAGE);
    memcpy(pages, program, sizeof program);
    cr_assert_eq(uc_open(UC_ARCH_X86, UC_MODE_64, &uc), UC_ERR_OK);
    cr_assert_eq(uc_mem_map_ptr(uc, CODE_AT, 2 * PAGE, UC_PROT_ALL, pages), UC_ERR_OK);
    uc_reg_write(uc, UC_X86_REG_RBX, &data);
    cr_assert_eq(uc_emu_start(uc, CODE_AT, CODE_AT + sizeof program, 0, 0), UC_ERR_OK);
    cr_expect_eq(reg(uc, UC_X86_REG_RDX), 1 + 2 + 3 + 4 + 5, "each round runs what the store has made of it");
    cr_expect_eq(pages[PAGE], ROUNDS, "the other store reached its page");
    cr_expect_geq(page_locks_left_out() - before, ROUNDS, "the stores did without the collection");
    uc_close(uc);
    free(pages);
}
