/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SVM of a machine: construction, what invariants ask, the tables of a core. */
#include "svm/svm.h"

#include <stdlib.h>

#include "svm/avic.h"
#include "svm/doorbell.h"
#include "svm/internal.h"

/* What the model knows; svm_withhold() takes from it. */
static const struct svm_features all_features = {
    .edx = SVM_NRIPS | SVM_CLEAN_BITS | SVM_FLUSH_BY_ASID | SVM_DECODE_ASSISTS | SVM_VGIF | SVM_VNMI |
           SVM_AVIC | SVM_X2AVIC | SVM_EXT_LVT_AVIC | SVM_IDLE_HLT,
    .ecx = SVM_X2AVIC_EXT,
};

struct svm *svm_new(struct machine *m, struct cpu *cpu, struct lapic *lapic)
{
    struct svm *s = calloc(1, sizeof *s);
    assert(s);
    assert(lapic);
    s->m = m;
    s->cpu = cpu;
    s->lapic = lapic;
    s->features = all_features;
    s->cores = machine_reserve(m, m->cores * sizeof *s->cores);
    s->guests = machine_reserve(m, 2 * m->cores * sizeof *s->guests);
    avic_new(s);
    if (cpu) {
        cpu_set_virt(cpu, &svm_virt_ops, s);
        cpu_add_msrs(cpu, &svm_msr_ops, s);
        cpu_add_msrs(cpu, &doorbell_msr_ops, lapic);
    }
    return s;
}

void svm_free(struct svm *s)
{
    free(s);
}

void svm_withhold(struct svm *s, const struct svm_features *f)
{
    s->features.edx &= ~f->edx;
    s->features.ecx &= ~f->ecx;
}

/* ---- For invariants ---- */

bool svm_in_guest(const struct svm *s, unsigned core)
{
    return s->cpu->core[core].state->non_root;
}

bool svm_gif(const struct svm *s, unsigned core)
{
    return !s->cpu->core[core].state->held;
}

uint64_t svm_vmcb(const struct svm *s, unsigned core)
{
    const struct svm_core *k = &s->cores[core];
    return svm_in_guest(s, core) ? k->copy[k->current - 1].address : 0;
}

/* ---- For the files of svm/ ---- */

struct vmcb_copy *svm_current(const struct svm *s, const struct core *c)
{
    struct svm_core *k = svm_core(s, c);
    assert(k->current);
    assert(k->current <= VMCB_CACHED);
    return &k->copy[k->current - 1];
}

bool svm_intercepts(const struct vmcb_copy *g, unsigned code)
{
    assert(code >= VMEXIT_INTR);
    assert(code < 0xc0);
    unsigned word = (code - VMEXIT_INTR) / 32;
    return vmcb_get(g, (enum vmcb_field)(VMCB_INTERCEPT_3 + word)) & INTERCEPT(code);
}

void svm_footprint(const struct core *c, struct footprint *fp)
{
    footprint_add(fp, core_control(c->id, UNIT_VIRT), ACCESS_WRITE);
    footprint_add(fp, core_control(c->id, UNIT_GIF), ACCESS_WRITE);
}
