/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/features.h"

#include <stdio.h>
#include <string.h>

#include "sim/nearest.h"
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

struct feature {
    const char *name;
    bool (*brings)(const struct scenario_device *); /* NULL: there with any devices */
    struct vmx_controls without; /* what a processor without it does not offer; 0: always there */
    const char *requires;        /* it goes with this one, of an earlier row */
};

/* Tertiary controls come with the bit that activates them. The checks of VM entry want virtual-interrupt
 * delivery with posted interrupts (SDM vol. 3, 26.2.1.1). */
static const struct feature features[] = {
    {"x2apic", NULL, {0}, NULL},
    {"vmx", NULL, {0}, NULL},
    {"apic-access-page", NULL, {.secondary = SEC_APIC_ACCESSES}, NULL},
    {"x2apic-virtualization", NULL, {.secondary = SEC_X2APIC}, NULL},
    {"apic-register-virtualization", NULL, {.secondary = SEC_REGISTER_VIRT}, NULL},
    {"virtual-interrupt-delivery", NULL, {.secondary = SEC_VIRTUAL_INTERRUPT}, NULL},
    {"posted-interrupts", NULL, {.pin = PIN_POSTED_INTERRUPTS}, "virtual-interrupt-delivery"},
    {"ipi-virtualization", NULL, {.proc = PROC_TERTIARY, .tertiary = TER_IPI_VIRTUALIZATION}, NULL},
    {"vmx-preemption-timer", has_vmx_timer, {0}, NULL},
    {"apic-timer", has_apic_timer, {0}, NULL},
    {"io-apic", has_line, {0}, NULL},
    {"vt-d", has_msi, {0}, NULL},
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
    return f->without.pin || f->without.proc || f->without.secondary || f->without.tertiary;
}

static bool left_out(const struct scenario_variant *v, const struct feature *f)
{
    for (unsigned i = 0; i < v->machine.without_count; i++)
        if (!strcmp(v->machine.without[i], f->name))
            return true;
    return f->requires && left_out(v, find(f->requires));
}

/* Each core needs a VMX-preemption timer for the processor to offer it (vmx_add_timer()). */
static bool has(const struct scenario_variant *v, const struct feature *f)
{
    unsigned count = 0;
    for (unsigned i = 0; f->brings && i < v->devices_count; i++)
        count += f->brings(&v->devices[i]);
    if (f->brings)
        return f->brings == has_vmx_timer ? count == v->cores : count;
    return !left_out(v, f);
}

/* ---- Checks ---- */

/* Names of those for which `wanted` holds, or that the machine has. */
static void list(char *text, size_t size, const struct scenario_variant *v,
                 bool (*wanted)(const struct feature *))
{
    size_t used = 0;
    text[0] = 0;
    for (unsigned i = 0; i < FEATURES; i++)
        if ((wanted ? wanted(&features[i]) : has(v, &features[i])) && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                     features[i].name);
}

/* "did you mean ...? there are ..." */
static void advise(char *text, size_t size, const char *name)
{
    const char *names[FEATURES];
    for (unsigned i = 0; i < FEATURES; i++)
        names[i] = features[i].name;
    nearest_advise(text, size, name, names, FEATURES);
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
        advise(names, sizeof names, name);
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

const char *features_check(const struct scenario *s, const struct scenario_variant *v, char *what,
                           size_t size)
{
    char names[200];
    for (unsigned i = 0; i < v->machine.without_count; i++) {
        const struct feature *f = find(v->machine.without[i]);
        if (f && removable(f))
            continue;
        list(names, sizeof names, v, removable);
        snprintf(what, size, "runs without '%.30s'; what can be left out is %s", v->machine.without[i],
                 names);
        return v->machine.without[i];
    }
    const char *name = unmet(v, v->needs, v->needs_count, what, size);
    return name ? name : unmet(v, s->needs, s->needs_count, what, size);
}

/* ---- The processor ---- */

void features_withhold(const struct scenario_variant *v, struct vmx *x)
{
    for (unsigned i = 0; i < FEATURES; i++)
        if (removable(&features[i]) && left_out(v, &features[i]))
            vmx_withhold(x, &features[i].without);
}
