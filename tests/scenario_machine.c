/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine that a variant asks for: timers, and a processor that lacks a feature. */
#include <criterion/criterion.h>
#include <string.h>

#include "scenarios/devices.h"
#include "lapic/lvt.h"
#include "scenarios/features.h"
#include "scenarios/session.h"
#include "sim/message.h"
#include "svm/errata.h"
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

Test(scenario_machine, a_device_drives_a_local_source)
{
    struct scenario *scenario;
    enum line_action pulse[] = {LINE_PULSE};
    struct scenario_local local = {1, LVT_THERMAL, pulse, 1};
    struct scenario_device devices[] = {{.local = &local}};
    struct scenario_variant v = base(&scenario);
    v.devices = devices;
    v.devices_count = 1;
    struct session *s = session_open(scenario, &v, error);
    cr_assert(s, "%s", error);
    cr_assert_str_eq(s->m->device_ops[0]->name, "line");
    struct apic_regs *r = lapic_regs(s->lapic, 1);
    s->m->core_ops->begin(s->m->cpu);
    apic_write_svr(r, 0x1ff);
    apic_write_lvt(r, LVT_THERMAL, 0x51);
    s->m->device_ops[0]->step(s->m->device[0]);
    cr_expect(bits256_test(r->irr, 0x51));
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

/* MSIs bring the vendor's unit along; a device behind it names its entry in the vendor's way. */
Test(scenario_machine, msis_bring_the_unit_of_the_vendor)
{
    char amd[] = "amd";
    struct scenario_msi msi = {.handle = 0x51};
    struct scenario_device device = {.msi = &msi, .msi_count = 1};
    struct scenario_variant v = {.devices = &device, .devices_count = 1, .cores = 1};
    for (unsigned i = 0; i < 2; i++) {
        struct session s = {.variant = &v};
        v.machine.vendor = i ? amd : NULL;
        cr_assert(devices_check(&v, error, sizeof error), "%s", error);
        s.m = machine_new(1, scenario_devices(&v), 1 << 16, 1 << 16);
        s.lapic = lapic_new(s.m, NULL);
        cr_assert(devices_add(&s, error), "%s", error);
        cr_expect_eq(!!s.amdvi, i);
        cr_expect_eq(!!s.vtd, !i);
        cr_expect_str_eq(s.m->device_ops[1]->name, i ? "AMD-Vi" : "VT-d");
        while (agent_enabled(s.m, agent_of_device(s.m, 0)))
            agent_step(s.m, agent_of_device(s.m, 0));
        /* Neither unit is enabled: what the device sends goes to APIC 0 as it is. Only one by AMD has the
         * index where a vector would be. */
        cr_expect_eq(message_in_flight(s.m, 0x51, 0), i);
        devices_free(&s);
        lapic_free(s.lapic);
        machine_free(s.m);
    }
    v.machine.vendor = amd;
    msi.handle = 1 << 11;
    cr_expect_not(devices_check(&v, error, sizeof error));
    cr_expect_str_eq(error, "handle 2048; 0 to 2047 are right");
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

/* What posts to a descriptor is of Intel; MSIs are of both, the units in front of them are not. */
Test(scenario_machine, an_amd_iommu_is_there_with_msis)
{
    char amd[] = "amd", unit[] = "amd-vi", vtd[] = "vt-d", *needs[] = {unit}, *other[] = {vtd};
    char what[FEATURE_ERROR] = "";
    uint8_t posts[] = {0x51};
    struct scenario_msi msi = {.handle = 1};
    struct scenario_device device = {.msi = &msi, .msi_count = 1};
    struct scenario_device poster = {.posts = posts, .posts_count = 1};
    struct scenario none = {.needs = NULL};
    struct scenario_variant v = {.machine = {.vendor = amd}, .needs = needs, .needs_count = 1, .cores = 1};
    refused(&v, &none, "needs amd-vi, which its machine lacks; it has x2apic, svm");
    v.devices = &device;
    v.devices_count = 1;
    cr_expect_null(features_check(&none, &v, what, sizeof what), "%s", what);
    v.needs = other;
    refused(&v, &none, "needs vt-d, which its machine lacks");
    v.machine.vendor = NULL;
    cr_expect_null(features_check(&none, &v, what, sizeof what), "%s", what);
    v.needs = needs;
    refused(&v, &none, "needs amd-vi, which its machine lacks; it has x2apic, vmx");
    v.machine.vendor = amd;
    v.devices = &poster;
    refused(&v, &none, "has a device of 'posts', which a machine with vendor: amd does not know");
}

/* What `machine: {vendor: amd, processor: ..., errata: [...]}` makes of the processor. */
static struct svm *by_amd(struct machine *m, struct cpu *cpu, struct lapic *l, char *processor, char **errata,
                          unsigned count)
{
    char amd[] = "amd";
    struct scenario_variant v = {
        .machine = {.vendor = amd, .processor = processor, .errata = errata, .errata_count = count}};
    struct svm *svm = svm_new(m, cpu, l);
    features_withhold(&v, NULL, svm);
    return svm;
}

/* AMD 56323: family 17h model 31h (Rome) is affected; it has AVIC and no x2AVIC. */
Test(scenario_machine, zen2_has_erratum_1235)
{
    char zen2[] = "zen2";
    struct machine *m = machine_new(1, 0, 1 << 16, 1 << 16);
    struct cpu *cpu = cpu_new(m, 1ull << 32);
    struct lapic *l = lapic_new(m, cpu);
    struct svm *svm = by_amd(m, cpu, l, zen2, NULL, 0);
    cr_expect_eq(svm->errata, ERRATUM_1235);
    cr_expect_eq(svm->signature, 0x00830f10);
    cr_expect(svm_offers(svm, SVM_AVIC));
    cr_expect_not(svm_offers(svm, SVM_X2AVIC));
    svm_free(svm);
    lapic_free(l);
    cpu_free(cpu);
    machine_free(m);
}

Test(scenario_machine, an_erratum_may_be_asked_for)
{
    char zen4[] = "zen4", name[] = "1235", *errata[] = {name};
    struct machine *m = machine_new(1, 0, 1 << 16, 1 << 16);
    struct cpu *cpu = cpu_new(m, 1ull << 32);
    struct lapic *l = lapic_new(m, cpu);
    struct svm *svm = by_amd(m, cpu, l, zen4, errata, 1);
    cr_expect_eq(svm->errata, ERRATUM_1235 | ERRATUM_X2AVIC_LVTT);
    cr_expect(svm_offers(svm, SVM_X2AVIC));
    svm_free(svm);
    lapic_free(l);
    cpu_free(cpu);
    machine_free(m);
}

/* Without either it is a healthy one, which has all. */
Test(scenario_machine, no_erratum_by_default)
{
    struct machine *m = machine_new(1, 0, 1 << 16, 1 << 16);
    struct cpu *cpu = cpu_new(m, 1ull << 32);
    struct lapic *l = lapic_new(m, cpu);
    struct svm *svm = by_amd(m, cpu, l, NULL, NULL, 0);
    cr_expect_eq(svm->errata, 0);
    cr_expect(svm_offers(svm, SVM_AVIC | SVM_X2AVIC));
    svm_free(svm);
    lapic_free(l);
    cpu_free(cpu);
    machine_free(m);
}

static void machine_refused(const struct scenario_machine *k, const char *what)
{
    char text[FEATURE_ERROR];
    struct scenario scenario = {0};
    struct scenario_variant v = {.cores = 1, .machine = *k};
    const char *at = features_check(&scenario, &v, text, sizeof text);
    cr_assert(at);
    cr_expect(strstr(text, what), "%s", text);
}

Test(scenario_machine, other_processors_and_errata_are_refused)
{
    char amd[] = "amd", intel[] = "intel", zen2[] = "zen2", zen9[] = "zen9", no[] = "1234", *errata[] = {no};
    char known[] = "1235", *good[] = {known};
    machine_refused(&(struct scenario_machine){.vendor = amd, .processor = zen9}, "zen1, zen2, zen3");
    machine_refused(&(struct scenario_machine){.vendor = intel, .processor = zen2}, "vendor: amd");
    machine_refused(&(struct scenario_machine){.vendor = amd, .errata = errata, .errata_count = 1},
            "1235, x2avic-lvtt");
    machine_refused(&(struct scenario_machine){.errata = good, .errata_count = 1}, "vendor: amd");
}

/* "Its machine lacks": an erratum that could never show. */
Test(scenario_machine, an_erratum_of_what_is_not_there_is_refused)
{
    char amd[] = "amd", zen2[] = "zen2", avic[] = "avic", ipis[] = "1235", lvtt[] = "x2avic-lvtt";
    char *without[] = {avic}, *errata[] = {ipis}, *other[] = {lvtt};
    machine_refused(&(struct scenario_machine){.vendor = amd, .errata = errata, .errata_count = 1,
                                               .without = without, .without_count = 1},
                    "has erratum '1235' of avic, which its machine lacks");
    machine_refused(&(struct scenario_machine){.vendor = amd, .processor = zen2, .errata = other,
                                               .errata_count = 1},
                    "has erratum 'x2avic-lvtt' of x2avic, which its machine lacks");
}
