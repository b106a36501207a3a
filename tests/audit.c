/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irqweave audit as a user sees it. What is expected of each mutation is known otherwise: from the variants of the scenario that
 * leave out the same in C (scenarios/posted-delivery/README.md, written before exploring), or from the reasoning beside it.
 */
#include <jansson.h>

#include "tests/cli_fixture.h"

TestSuite(audit, .init = folder_enter, .fini = folder_leave, .timeout = 120);

static json_t *document, *mutations;

/* The audit of a variant that is safe and where everything is decided. */
static void audit(const char *variant)
{
    char arguments[200];
    snprintf(arguments, sizeof arguments, "audit posted-delivery:%s --json --jobs 2", variant);
    cr_assert_eq(run(arguments), 0, "%s: %s", arguments, read_text("errors"));
    document = json_loads(read_text("out"), 0, NULL);
    cr_assert(document);
    mutations = json_object_get(json_array_get(json_object_get(document, "audits"), 0), "mutations");
    cr_assert(json_array_size(mutations));
}

static bool text_is(const json_t *object, const char *key, const char *wanted)
{
    const char *there = json_string_value(json_object_get(object, key));
    return there && !strncmp(there, wanted, strlen(wanted));
}

/* The mutation of that kind in the function whose instruction (or, of a check, the load that it is about) begins so. */
static const json_t *mutation(const char *kind, const char *function, const char *instruction)
{
    const json_t *m, *found = NULL;
    size_t i;
    bool check = !strcmp(kind, "never") || !strcmp(kind, "always");
    json_array_foreach (mutations, i, m) {
        const json_t *about = check ? json_object_get(m, "other") : m;
        if (!text_is(m, "kind", kind) || !text_is(m, "function", function) || !text_is(about, "instruction", instruction))
            continue;
        cr_assert_null(found, "two of %s %s %s", kind, function, instruction);
        found = m;
    }
    cr_assert(found, "no %s %s %s", kind, function, instruction);
    return found;
}

static void expect(const json_t *m, const char *outcome)
{
    cr_expect(text_is(m, "outcome", outcome), "%s: not %s but %s", json_string_value(json_object_get(m, "key")), outcome,
              json_string_value(json_object_get(m, "outcome")));
}

static void expect_race(const json_t *m, const char *finding)
{
    bool found = false;
    const json_t *f;
    size_t i;
    expect(m, "load-bearing");
    json_array_foreach (json_object_get(m, "findings"), i, f)
        found |= !strcmp(json_string_value(f), finding);
    cr_expect(found, "%s: no %s", json_string_value(json_object_get(m, "key")), finding);
}

#define ENTER "vcpu_enter_guest"
#define DELIVER "vmx_deliver_posted_interrupt"

/* README: V4 leaves out the barrier, V2 turns interrupts off late, both lose the interrupt. */
Test(audit, a_cpu_posts)
{
    audit("V3-cpu");
    expect_race(mutation("fence", ENTER, "lock add"), "posted-handled");
    expect_race(mutation("fence", ENTER, "lock add"), "PI-1");
    expect_race(mutation("cli", ENTER, "cli"), "posted-handled");
    /* A kick that found OUTSIDE writes that back over IN_GUEST (SDM vol. 2, CMPXCHG). */
    expect_race(mutation("lock", "kvm_vcpu_kick", "lock cmpxchg"), "MODE-1");
    /* Whoever syncs without looking at ON, or never syncs although it is set: the latter in any order. */
    expect(mutation("never", "vmx_sync_pir_to_irr", "mov"), "fails alone");
    /* There is one post only: nobody finds its PIR bit set already. */
    expect(mutation("never", DELIVER, "lock bts qword ptr [rdi + 0x40]"), "not reached");
}

/* README, V4-device: a device never reads mode, so the barrier is not for it. CLI is: V2-device. */
Test(audit, a_device_posts)
{
    audit("V3-device");
    expect(mutation("fence", ENTER, "lock add"), "no difference");
    expect_race(mutation("cli", ENTER, "cli"), "posted-handled");
    expect(mutation("lock", "kvm_vcpu_kick", "lock cmpxchg"), "not reached"); /* by nobody's CPU */
    expect(mutation("lock", DELIVER, "lock bts qword ptr [rdi + 0x60]"), "not reached");
}

/* The second vector is posted between the load and the store of what drains PIR: the store takes it away. With one vector
 * (above) there is nothing to lose. */
Test(audit, a_device_posts_two_vectors)
{
    audit("V3-device2");
    expect_race(mutation("lock", "kvm_apic_update_irr", "xchg"), "posted-handled");
}

/* README, V6-request: the last look at the requests. */
Test(audit, a_request)
{
    audit("V3-request");
    expect_race(mutation("always", ENTER, "mov rax"), "requests-served");
}

/* What the table says can be seen again; another image is refused. */
Test(audit, interleavings_replay)
{
    char command[1800], *end;
    audit("V3-cpu");
    const json_t *fence = mutation("fence", ENTER, "lock add");
    const char *schedule =
        json_string_value(json_object_get(json_object_get(json_object_get(fence, "run"), "violation"), "schedule"));
    cr_assert(schedule && strstr(schedule, "/fence@ffffffff80"));
    snprintf(command, sizeof command, "replay '%s'", schedule);
    cr_expect_eq(run(command), 1);
    cr_expect(strstr(read_text("out"), "PI-1"), "%s", text);
    /* The same schedule without the mutation is another image's. */
    char *from = strstr(command, "/fence@");
    end = strchr(from, '#');
    memmove(from, end, strlen(end) + 1);
    refuses(command, "the schedule was printed for image");
}

Test(audit, as_text)
{
    cr_assert_eq(run("audit posted-delivery:V3-cpu"), 0);
    read_text("out");
    cr_expect(strstr(text, "Load-bearing: without it there is a race"), "%s", text);
    cr_expect(strstr(text, "fence removed: lock add dword ptr [rsp - 4], 0\n     vcpu_enter_guest() logic/vcpu_enter_guest.c:"));
    cr_expect(strstr(text, "Not reached in this variant: nothing is known about it"));
    cr_expect(strstr(text, "replay: ./irqweave replay 'posted-delivery:V3-cpu/tso/fence@"));
}

/* A bound of a mutation is none of the code as it is. */
Test(audit, bounds_leave_things_undecided)
{
    cr_assert_eq(run("audit posted-delivery:V3-cpu --max-executions 1 --json"), 3);
    document = json_loads(read_text("out"), 0, NULL);
    mutations = json_object_get(json_array_get(json_object_get(document, "audits"), 0), "mutations");
    expect(mutation("lock", DELIVER, "lock bts qword ptr [rdi + 0x60]"), "undecided");
    expect(mutation("never", "vmx_sync_pir_to_irr", "mov"), "fails alone");
}

Test(audit, only_safe_code_has_something_to_lose)
{
    cr_expect_eq(run("audit posted-delivery:V4-cpu"), 1);
    has_one_line("V4-cpu", "posted-delivery:V4-cpu: not safe as it is");
    refuses("audit", "audit takes one SCENARIO[:VARIANT]");
    refuses("audit posted-delivery:V3-cpu extra", "audit takes one SCENARIO[:VARIANT]");
    refuses("audit posted-delivery:V3-cup", "V3-cup");
    refuses("audit --memory sc posted-delivery:V3-cpu", "--memory");
    refuses("replay 'posted-delivery:V3-cpu/tso/lock@1234 c0@1.1'", "'lock@1234' names nothing that can be removed");
}
