/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irqweave audit as a user sees it. What is expected of each mutation is known otherwise: from the variants of the scenario that
 * leave out the same in C (scenarios/posted-delivery/README.md, written before exploring), or from the reasoning beside it.
 */
#include <jansson.h>

#include "scenarios/under_test.h"
#include "tests/cli_fixture.h"
#include "tests/support/sessions.h"

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

/* An AMD IOMMU reads a remapping entry of 128 bits at once; without its lock CMPXCHG16B is two stores, and the IOMMU may see one
 * of them: the interrupt goes where neither the old entry nor the new one says. */
Test(audit, half_a_remapping_entry)
{
    char key[MUTATION_KEY] = "", error[SCENARIO_ERROR];
    struct mutation_list list = {0};
    struct explore_options options = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result result;
    struct session *s = session_of_scenario(IRQWEAVE_IMAGES_DIR, "avic-device", "V0-route");
    const struct image_symbol *function = image_symbol(&s->image, "__modify_irte_ga");
    cr_assert(function);
    under_test_mutations(&s->image, s->m->memory.ram, NULL, &list);
    for (unsigned i = 0; i < list.count; i++) /* 48 0F C7 /1: CMPXCHG16B */
        if (list.item[i].kind == MUTATION_LOCK && list.item[i].address - function->address < function->size &&
            !memcmp(list.item[i].new + 1, "\x48\x0f\xc7", 3))
            mutation_key(&list.item[i], key, sizeof key);
    cr_assert(key[0]);
    session_explore(s, &options, &result);
    cr_expect_eq(result.verdict, VERDICT_SAFE);
    explore_result_free(&result);
    s = session_open_mutated(s->scenario, s->variant, key, error);
    cr_assert(s, "%s", error);
    session_explore(s, &options, &result);
    cr_expect_eq(result.verdict, VERDICT_VIOLATION);
    cr_expect_str_eq(result.finding[0].finding.name, "ipis-handled");
    explore_result_free(&result);
    mutation_list_free(&list);
}

static bool is_under_test(const struct session *s, const char *name)
{
    const struct image_symbol *symbol = image_symbol(&s->image, name);
    cr_assert(symbol, "%s", name);
    return under_test(&s->image, symbol);
}

/* kvm/logic, in C and in assembler, and what the variant's own files replace of it; not the threads, the runtime, its scheduler, the guest. */
Test(audit, code_under_test)
{
    const struct session *s = session_of_scenario(IRQWEAVE_IMAGES_DIR, "posted-block", "V2-device");
    cr_expect(is_under_test(s, "vmx_sync_pir_to_irr"));
    cr_expect(is_under_test(s, "__vmx_vcpu_run"));
    cr_expect(is_under_test(s, "pi_enable_wakeup_handler")); /* the scenario's v2.c */
    cr_expect_not(is_under_test(s, "vcpu0_thread"));
    cr_expect_not(is_under_test(s, "image_start"));
    cr_expect_not(is_under_test(s, "schedule"));
    cr_expect_not(is_under_test(s, "guest_main"));
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
