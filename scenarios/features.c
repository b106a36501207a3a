/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/features.h"

#include <stdio.h>
#include <string.h>

#include "sim/nearest.h"
#include "svm/errata.h"
#include "vmx/controls.h"

/* ---- What a device brings along ---- */

static bool has_msi(const struct scenario_device *d)
{
    return d->msi_count;
}

static bool has_line(const struct scenario_device *d)
{
    return d->line;
}

static bool has_apic_timer(const struct scenario_device *d)
{
    return d->apic_timer;
}

static bool has_vmx_timer(const struct scenario_device *d)
{
    return d->vmx_timer;
}

/* ---- By name ---- */

enum { BOTH = VENDOR_INTEL | VENDOR_AMD };

struct feature {
    const char *name;
    unsigned vendors; /* whose machines can have it */
    bool (*brings)(const struct scenario_device *); /* NULL: there with any devices */
    struct vmx_controls without; /* what a processor without it does not offer; 0: always there */
    struct svm_features without_svm;
    const char *requires;        /* it goes with this one, of an earlier row */
};

/* Tertiary controls come with the bit that activates them. The checks of VM entry want virtual-interrupt
 * delivery with posted interrupts (SDM vol. 3, 26.2.1.1). */
static const struct feature features[] = {
    {"x2apic", BOTH, NULL, {0}, {0}, NULL},
    {"vmx", VENDOR_INTEL, NULL, {0}, {0}, NULL},
    {"apic-access-page", VENDOR_INTEL, NULL, {.secondary = SEC_APIC_ACCESSES}, {0}, NULL},
    {"x2apic-virtualization", VENDOR_INTEL, NULL, {.secondary = SEC_X2APIC}, {0}, NULL},
    {"apic-register-virtualization", VENDOR_INTEL, NULL, {.secondary = SEC_REGISTER_VIRT}, {0}, NULL},
    {"virtual-interrupt-delivery", VENDOR_INTEL, NULL, {.secondary = SEC_VIRTUAL_INTERRUPT}, {0}, NULL},
    {"posted-interrupts", VENDOR_INTEL, NULL, {.pin = PIN_POSTED_INTERRUPTS}, {0},
     "virtual-interrupt-delivery"},
    {"ipi-virtualization", VENDOR_INTEL, NULL,
     {.proc = PROC_TERTIARY, .tertiary = TER_IPI_VIRTUALIZATION}, {0}, NULL},
    {"svm", VENDOR_AMD, NULL, {0}, {0}, NULL},
    {"nrip-save", VENDOR_AMD, NULL, {0}, {.edx = SVM_NRIPS}, NULL},
    {"vmcb-clean-bits", VENDOR_AMD, NULL, {0}, {.edx = SVM_CLEAN_BITS}, NULL},
    {"virtual-gif", VENDOR_AMD, NULL, {0}, {.edx = SVM_VGIF}, NULL},
    {"virtual-nmi", VENDOR_AMD, NULL, {0}, {.edx = SVM_VNMI}, NULL},
    {"avic", VENDOR_AMD, NULL, {0}, {.edx = SVM_AVIC}, NULL},
    {"x2avic", VENDOR_AMD, NULL, {0}, {.edx = SVM_X2AVIC}, "avic"},
    {"x2avic-4096", VENDOR_AMD, NULL, {0}, {.ecx = SVM_X2AVIC_EXT}, "x2avic"},
    {"avic-extended-lvt", VENDOR_AMD, NULL, {0}, {.edx = SVM_EXT_LVT_AVIC}, "avic"},
    {"idle-hlt-intercept", VENDOR_AMD, NULL, {0}, {.edx = SVM_IDLE_HLT}, NULL},
    {"vmx-preemption-timer", VENDOR_INTEL, has_vmx_timer, {0}, {0}, NULL},
    {"apic-timer", BOTH, has_apic_timer, {0}, {0}, NULL},
    {"io-apic", BOTH, has_line, {0}, {0}, NULL},
    {"vt-d", VENDOR_INTEL, has_msi, {0}, {0}, NULL},
    {"amd-vi", VENDOR_AMD, has_msi, {0}, {0}, NULL},
};

enum { FEATURES = sizeof features / sizeof *features };

static const struct feature *find(const char *name)
{
    for (unsigned i = 0; i < FEATURES; i++)
        if (!strcmp(features[i].name, name))
            return &features[i];
    return NULL;
}

static bool removable(const struct feature *f)
{
    return f->without.pin || f->without.proc || f->without.secondary || f->without.tertiary ||
           f->without_svm.edx || f->without_svm.ecx;
}

/* That the variant names; NULL if it names none. */
static const struct processor *processor_of(const struct scenario_variant *v)
{
    return v->machine.processor ? processor_find(v->machine.processor) : NULL;
}

static bool lacks(const struct processor *p, const struct feature *f)
{
    return p && ((p->lacks_edx & f->without_svm.edx) || (p->lacks_ecx & f->without_svm.ecx));
}

static bool left_out(const struct scenario_variant *v, const struct feature *f)
{
    if (lacks(processor_of(v), f))
        return true;
    for (unsigned i = 0; i < v->machine.without_count; i++)
        if (!strcmp(v->machine.without[i], f->name))
            return true;
    return f->requires && left_out(v, find(f->requires));
}

enum vendor features_vendor(const struct scenario_variant *v)
{
    return v->machine.vendor && !strcmp(v->machine.vendor, "amd") ? VENDOR_AMD : VENDOR_INTEL;
}

/* Each core needs a VMX-preemption timer for the processor to offer it (vmx_add_timer()). */
static bool has(const struct scenario_variant *v, const struct feature *f)
{
    unsigned count = 0;
    if (!(f->vendors & features_vendor(v)))
        return false;
    for (unsigned i = 0; f->brings && i < v->devices_count; i++)
        count += f->brings(&v->devices[i]);
    if (f->brings)
        return f->brings == has_vmx_timer ? count == v->cores : count;
    return !left_out(v, f);
}

/* ---- Checks ---- */

/* Names of those for which `wanted` holds, or that the machine has. */
static void list(char *text, size_t size, const struct scenario_variant *v,
                 bool (*wanted)(const struct scenario_variant *, const struct feature *))
{
    size_t used = 0;
    text[0] = 0;
    for (unsigned i = 0; i < FEATURES; i++)
        if ((wanted ? wanted(v, &features[i]) : has(v, &features[i])) && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                     features[i].name);
}

static bool of_vendor(const struct scenario_variant *v, const struct feature *f)
{
    return f->vendors & features_vendor(v);
}

/* What this machine can do without. */
static bool spare(const struct scenario_variant *v, const struct feature *f)
{
    return removable(f) && of_vendor(v, f);
}

/* "did you mean ...? there are ...": those of the vendor. */
static void advise(char *text, size_t size, const struct scenario_variant *v, const char *name)
{
    const char *names[FEATURES];
    unsigned count = 0;
    for (unsigned i = 0; i < FEATURES; i++)
        if (of_vendor(v, &features[i]))
            names[count++] = features[i].name;
    nearest_advise(text, size, name, names, count);
}

static bool met(const struct scenario_variant *v, const char *name, char *what, size_t size)
{
    char names[280];
    const struct feature *f = find(name);
    if (f && has(v, f))
        return true;
    if (f)
        list(names, sizeof names, v, NULL);
    else
        advise(names, sizeof names, v, name);
    if (f)
        snprintf(what, size, "needs %s, which its machine lacks; it has %s", name, names);
    else
        snprintf(what, size, "needs '%.30s', which is not modelled; %s", name, names);
    return false;
}

static const char *unmet(const struct scenario_variant *v, char **needs, unsigned count, char *what,
                         size_t size)
{
    for (unsigned i = 0; i < count; i++)
        if (!met(v, needs[i], what, size))
            return needs[i];
    return NULL;
}

/* What a device is called that the vendor's machines do not have; NULL if they have it. */
static const char *foreign_name(const struct scenario_variant *v, const struct scenario_device *d)
{
    const char *name = NULL;
    if (d->posts_count)
        return features_vendor(v) == VENDOR_AMD ? "posts" : NULL;
    for (unsigned k = 0; k < FEATURES; k++) {
        if (!features[k].brings || !features[k].brings(d))
            continue;
        if (of_vendor(v, &features[k]))
            return NULL;
        name = features[k].name;
    }
    return name;
}

/* A device that the vendor's machines do not have; NULL if there is none. */
static const char *foreign(const struct scenario_variant *v, char *what, size_t size)
{
    bool amd = features_vendor(v) == VENDOR_AMD;
    for (unsigned i = 0; i < v->devices_count; i++) {
        const char *name = foreign_name(v, &v->devices[i]);
        if (!name)
            continue;
        snprintf(what, size, "has a device of '%s', which a machine with vendor: %s does not know", name,
                 amd ? "amd" : "intel");
        return name;
    }
    return NULL;
}

/* A processor or an erratum that there is not. */
static const char *check_processor(const struct scenario_variant *v, char *what, size_t size)
{
    const struct scenario_machine *m = &v->machine;
    const char *first = m->processor ? m->processor : m->errata_count ? m->errata[0] : NULL;
    size_t used;
    if (first && features_vendor(v) != VENDOR_AMD) {
        snprintf(what, size, "has '%.30s', which goes with vendor: amd", first);
        return first;
    }
    if (m->processor && !processor_of(v)) {
        used = (size_t)snprintf(what, size, "has processor '%.30s'; there are", m->processor);
        for (size_t i = 0; i < processors_count && used < size; i++)
            used += (size_t)snprintf(what + used, size - used, "%s %s", i ? "," : "", processors[i].name);
        return m->processor;
    }
    for (unsigned k = 0; k < m->errata_count; k++) {
        if (errata_find(m->errata[k]))
            continue;
        used = (size_t)snprintf(what, size, "has erratum '%.30s'; there are", m->errata[k]);
        for (size_t i = 0; i < errata_count && used < size; i++)
            used += (size_t)snprintf(what + used, size - used, "%s %s", i ? "," : "", errata_table[i].name);
        return m->errata[k];
    }
    return NULL;
}

/* One that is asked for, of a feature that the machine lacks. */
static const char *idle_erratum(const struct scenario_variant *v, char *what, size_t size)
{
    for (unsigned i = 0; i < v->machine.errata_count * FEATURES; i++) {
        const char *name = v->machine.errata[i / FEATURES];
        const struct feature *f = &features[i % FEATURES];
        if (!(f->without_svm.edx & errata_find(name)->of) || has(v, f))
            continue;
        snprintf(what, size, "has erratum '%.30s' of %s, which its machine lacks", name, f->name);
        return name;
    }
    return NULL;
}

const char *features_check(const struct scenario *s, const struct scenario_variant *v, char *what,
                           size_t size)
{
    char names[240];
    const char *vendor = v->machine.vendor;
    if (vendor && strcmp(vendor, "intel") && strcmp(vendor, "amd")) {
        snprintf(what, size, "has a machine by '%.30s'; intel and amd are modelled", vendor);
        return vendor;
    }
    const char *processor = check_processor(v, what, size);
    if (processor)
        return processor;
    const char *device = foreign(v, what, size);
    if (device)
        return device;
    for (unsigned i = 0; i < v->machine.without_count; i++) {
        const struct feature *f = find(v->machine.without[i]);
        if (f && spare(v, f))
            continue;
        list(names, sizeof names, v, spare);
        snprintf(what, size, "runs without '%.30s'; what can be left out is %s", v->machine.without[i],
                 names);
        return v->machine.without[i];
    }
    const char *erratum = idle_erratum(v, what, size);
    if (erratum)
        return erratum;
    const char *name = unmet(v, v->needs, v->needs_count, what, size);
    return name ? name : unmet(v, s->needs, s->needs_count, what, size);
}

/* ---- The processor ---- */

static void set_errata(const struct scenario_variant *v, struct svm *svm)
{
    const struct processor *p = processor_of(v);
    svm->errata = p ? p->errata : 0;
    svm->signature = p ? processor_signature(p->family, p->model) : 0;
    for (unsigned i = 0; i < v->machine.errata_count; i++)
        svm->errata |= errata_find(v->machine.errata[i])->bit;
}

void features_withhold(const struct scenario_variant *v, struct vmx *x, struct svm *svm)
{
    const struct processor *p = processor_of(v);
    assert(!x != !svm);
    if (svm)
        set_errata(v, svm);
    if (p) /* what is no feature by name, too */
        svm_withhold(svm, &(struct svm_features){.edx = p->lacks_edx, .ecx = p->lacks_ecx});
    for (unsigned i = 0; i < FEATURES; i++) {
        if (!spare(v, &features[i]) || !left_out(v, &features[i]))
            continue;
        if (x)
            vmx_withhold(x, &features[i].without);
        else
            svm_withhold(svm, &features[i].without_svm);
    }
}
