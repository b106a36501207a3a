/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The APIC's page while AVIC goes off and on: each variant of the scenario apicv-page against what its scenario.yaml expects;
 * README.md there says why.
 */
#include <criterion/criterion.h>

#include "tests/support/expectations.h"

Test(apicv_page, the_word_under_the_sequence_count_is_safe, .timeout = 120)
{
    expect_variant("apicv-page", "merged-off");
    expect_variant("apicv-page", "merged-on");
}

Test(apicv_page, memslot_first_loses_accesses, .timeout = 120)
{
    expect_variant("apicv-page", "old-on");
}

Test(apicv_page, memslot_gone_first_emulates, .timeout = 120)
{
    expect_variant("apicv-page", "old-off");
    expect_variant("apicv-page", "old-off-unasked");
}

Test(apicv_page, word_before_request_only_warns, .timeout = 120)
{
    expect_variant("apicv-page", "simplified");
    expect_variant("apicv-page", "simplified-quiet");
}

Test(apicv_page, handler_without_the_lock_warns, .timeout = 120)
{
    expect_variant("apicv-page", "no-lock");
}

Test(apicv_page, the_own_bit_maps_the_page_behind_the_zap, .timeout = 120)
{
    expect_variant("apicv-page", "local-bit-off");
}

Test(apicv_page, the_own_bit_caches_nothing_wrong, .timeout = 120)
{
    expect_variant("apicv-page", "local-bit-on");
}

Test(apicv_page, without_the_sequence_count_it_loses, .timeout = 120)
{
    expect_variant("apicv-page", "no-sequence");
    expect_variant("apicv-page", "sequence-late");
}

Test(apicv_page, zapped_before_the_word_it_loses, .timeout = 120)
{
    expect_variant("apicv-page", "zap-first");
}
