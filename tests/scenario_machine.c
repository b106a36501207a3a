/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine that a variant asks for: timers, and a processor that lacks a feature. */
#include <criterion/criterion.h>
#include <string.h>

#include "scenarios/features.h"
#include "scenarios/session.h"
#include "svm/svm.h"
#include "vmx/controls.h"

static char error[SCENARIO_ERROR];

/* posted-delivery:V4-cpu, which has two cores. */
static struct scenario_variant base(struct scenario **scenario)
{
    const struct scenario_variant *found;
    char path[400];
    snprintf(path, sizeof path, "%s/posted-delivery/scenario.yaml", IRQWEAVE_IMAGES_DIR);
    *scenario = scenario_load_file(path, error);
    cr_assert(*scenario, "%s", error);
    found = scenario_variant(*scenario, "V4-cpu", error);
    cr_assert(found, "%s", error);
    return *found;
}

Test(scenario_machine, timers_are_devices_in_the_order_of_the_list)
{
    struct scenario *scenario;
    struct scenario_timer zero = {0, 2}, one = {1, 1};
    struct scenario_device devices[] = {{.vmx_timer = &zero}, {.apic_timer = &one}, {.vmx_timer = &one}};
    struct scenario_variant v = base(&scenario);
    v.devices = devices;
    v.devices_count = 3;
    struct session *s = session_open(scenario, &v, error);
    cr_assert(s, "%s", error);
    cr_expect_str_eq(s->m->device_ops[0]->name, "VMX timer ");
    cr_expect_str_eq(s->m->device_ops[1]->name, "timer");
    cr_expect_str_eq(s->m->device_ops[2]->name, "VMX timer ");
    cr_expect(vmx_offers(s->vmx, MSR_VMX_TRUE_PIN) >> 32 & PIN_PREEMPTION_TIMER);
    session_close(s);
    scenario_free(scenario);
}

Test(scenario_machine, what_the_processor_lacks_is_not_offered)
{
    struct scenario *scenario;
    char ipiv[] = "ipi-virtualization", *without[] = {ipiv};
    struct scenario_variant v = base(&scenario);
    v.machine.without = without;
    for (unsigned count = 0; count < 2; count++) {
        v.machine.without_count = count;
        struct session *s = session_open(scenario, &v, error);
        cr_assert(s, "%s", error);
        bool offered = vmx_offers(s->vmx, MSR_VMX_PROC3) & TER_IPI_VIRTUALIZATION;
        cr_expect_eq(offered, count == 0);
        cr_expect(vmx_offers(s->vmx, MSR_VMX_TRUE_PIN) >> 32 & PIN_POSTED_INTERRUPTS);
        session_close(s);
    }
    scenario_free(scenario);
}

Test(scenario_machine, what_a_processor_by_amd_lacks_is_not_offered)
{
    char amd[] = "amd", nmi[] = "virtual-nmi", *without[] = {nmi};
    struct scenario_variant v = {.machine = {.vendor = amd, .without = without, .without_count = 1}};
    struct machine *m = machine_new(1, 0, 1 << 16, 1 << 16);
    struct cpu *cpu = cpu_new(m, 1ull << 32);
    struct lapic *l = lapic_new(m, cpu);
    struct svm *svm = svm_new(m, cpu, l);
    cr_expect(svm_offers(svm, SVM_VNMI));
    features_withhold(&v, NULL, svm);
    cr_expect_not(svm_offers(svm, SVM_VNMI));
    cr_expect(svm_offers(svm, SVM_VGIF));
    svm_free(svm);
    lapic_free(l);
    cpu_free(cpu);
    machine_free(m);
}

/* Its cores do not know VMX: an image that begins with VMXON gets #UD. */
Test(scenario_machine, a_machine_is_by_one_vendor)
{
    struct scenario *scenario;
    char amd[] = "amd";
    struct scenario_variant v = base(&scenario);
    v.machine.vendor = amd;
    cr_expect_null(session_open(scenario, &v, error));
    cr_expect(strstr(error, "set-up of CPU0 failed"), "%s", error);
    scenario_free(scenario);
}

static void refused(struct scenario_variant *v, const struct scenario *scenario, const char *part)
{
    char what[FEATURE_ERROR] = "";
    cr_assert(features_check(scenario, v, what, sizeof what), "%s", part);
    cr_expect(strstr(what, part), "%s", what);
}

/* posted-delivery needs what only machines by Intel have. */
Test(scenario_machine, what_the_vendor_does_not_have_is_refused)
{
    struct scenario *scenario;
    char amd[] = "amd", via[] = "via", ipiv[] = "ipi-virtualization", *without[] = {ipiv}, svm[] = "svm";
    char *needs[] = {svm}, *posted[] = {ipiv};
    struct scenario_timer zero = {0, 1};
    struct scenario_device timer = {.vmx_timer = &zero};
    struct scenario_variant plain = base(&scenario), v = plain;
    struct scenario none = {.needs = NULL};
    v.machine.vendor = via;
    refused(&v, &none, "has a machine by 'via'; intel and amd are modelled");
    v.machine.vendor = amd;
    v.machine.without = without;
    v.machine.without_count = 1;
    refused(&v, &none, "runs without 'ipi-virtualization'; what can be left out is nrip-save");
    v = plain;
    v.needs = needs;
    v.needs_count = 1;
    refused(&v, &none, "needs svm, which its machine lacks; it has x2apic, vmx");
    v.machine.vendor = amd;
    v.needs = posted;
    refused(&v, &none, "needs ipi-virtualization, which its machine lacks; it has x2apic, svm");
    v.needs_count = 0;
    v.devices = &timer;
    v.devices_count = 1;
    refused(&v, &none, "has a device of 'vmx-preemption-timer', which a machine with vendor: amd does not know");
    scenario_free(scenario);
}
