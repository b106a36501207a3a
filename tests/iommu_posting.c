/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Posting by the IOMMU: the atomic update, and the device that does it (VT-d 5.2.3). */
#include <criterion/criterion.h>

#include "iommu/posting.h"
#include "sim/message.h"

Test(iommu, D1_notify_iff_on_is_0_and_urgent_or_not_suppressed)
{
    for (unsigned i = 0; i < 8; i++) {
        bool on = i & 1, sn = i & 2, urgent = i & 4;
        uint64_t control = 0x0000000700f20000ull | (on ? PID_ON : 0) | (sn ? PID_SN : 0);
        struct iommu_update u = iommu_judge_post(1, control, 0x41, urgent);
        bool expected = !on && (urgent || !sn);
        cr_expect_eq(u.pir, 3, "the PIR bit is always set");
        cr_expect_eq(u.notify, expected, "ON %d SN %d URG %d", on, sn, urgent);
        cr_expect_eq(u.control, control | (expected ? PID_ON : 0));
        cr_expect_eq(u.nv, 0xf2);
        cr_expect_eq(u.ndst, 7);
    }
}

static struct machine *m;
static struct lapic *l;
static struct iommu_device *d;
static agent_id agent;

enum { PID = 0x1000, COUNT = 0x2000 };

static void set_up(void)
{
    static const struct iommu_post script[] = {{0x31, false, PID, COUNT}, {0xc0, false, PID, 0}};
    m = machine_new(2, 1, 1 << 16, 1 << 16);
    l = lapic_new(m, NULL);
    d = iommu_device_new(m, l, 0, script, 2);
    agent = agent_of_device(m, 0);
    memory_write(&m->memory, PID + PID_CONTROL, 8, 0x0000000100f20000ull);
}

static void tear_down(void)
{
    iommu_device_free(d);
    lapic_free(l);
    machine_free(m);
}

TestSuite(iommu_device, .init = set_up, .fini = tear_down);

Test(iommu_device, posts_and_notifies_in_one_step)
{
    cr_assert(agent_enabled(m, agent));
    agent_step(m, agent);
    cr_assert_eq(memory_read(&m->memory, PID, 8), 1ull << 0x31);
    cr_assert_eq(memory_read(&m->memory, PID + PID_CONTROL, 8), 0x0000000100f20001ull);
    cr_assert(message_in_flight(m, 0xf2, 1));
    cr_assert_not(message_in_flight(m, 0xf2, 0));
}

/* In the same step and, as others may read it, in its footprint; only where the script says so. */
Test(iommu_device, counts_its_posts)
{
    struct footprint fp, reader;
    footprint_clear(&fp);
    footprint_clear(&reader);
    agent_next(m, agent, &fp);
    footprint_add_memory(&reader, COUNT, 4, ACCESS_READ, 0);
    cr_assert(footprint_conflicts(&fp, &reader));
    agent_step(m, agent);
    cr_assert_eq(memory_read(&m->memory, COUNT, 4), 1);
    agent_step(m, agent);
    cr_assert_eq(memory_read(&m->memory, COUNT, 4), 1);
}

Test(iommu_device, second_post_finds_on_set_and_is_silent)
{
    agent_step(m, agent);
    agent_step(m, agent);
    cr_assert_eq(memory_read(&m->memory, PID + 24, 8), 1);
    cr_assert_eq(m->state->queue[2].sent, 1);
    cr_assert_not(agent_enabled(m, agent));
    cr_assert_eq(iommu_device_posted(d), 2);
}

Test(iommu_device, footprint_names_both_words_and_the_message)
{
    struct footprint fp, word;
    agent_next(m, agent, &fp);
    cr_assert(fp.events & EVENT_DEVICE_POST);
    footprint_clear(&word);
    footprint_add_memory(&word, PID, 8, ACCESS_READ, 0);
    cr_assert(footprint_conflicts(&fp, &word));
    footprint_clear(&word);
    footprint_add_memory(&word, PID + PID_CONTROL, 4, ACCESS_READ, 0);
    cr_assert(footprint_conflicts(&fp, &word));
    footprint_clear(&word);
    footprint_add_memory(&word, PID + 8, 8, ACCESS_WRITE, 0);
    cr_assert_not(footprint_conflicts(&fp, &word), "another word of PIR is not touched");
}

Test(iommu_device, D6_suppressed_post_sets_only_pir)
{
    memory_write(&m->memory, PID + PID_CONTROL, 8, 0x0000000100f20000ull | PID_SN);
    agent_step(m, agent);
    cr_assert_eq(memory_read(&m->memory, PID, 8), 1ull << 0x31);
    cr_assert_eq(memory_read(&m->memory, PID + PID_CONTROL, 1), PID_SN);
    cr_assert_eq(m->state->queue[2].sent, 0);
}

Test(iommu_device, D2_reserved_bits_are_a_finding)
{
    memory_write(&m->memory, PID + PID_CONTROL, 8, 0x0000000100f20000ull | 1 << 5);
    agent_step(m, agent);
    cr_assert_eq(m->state->finding_count, 1);
    cr_assert_eq(m->state->finding[0].kind, FINDING_BUG);
    cr_assert_eq(memory_read(&m->memory, PID, 8), 0);
}

Test(iommu_device, notification_to_nobody_is_a_finding)
{
    memory_write(&m->memory, PID + PID_CONTROL, 8, 0x0000000900f20000ull);
    agent_step(m, agent);
    cr_assert_eq(m->state->finding_count, 1);
    cr_assert_eq(m->state->finding[0].kind, FINDING_BUG);
}
