/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUID as far as the code under test asks: APIC, x2APIC, ids, topology (SDM vol. 2, CPUID), and what the
 * virtualization extension adds: its own bits, the vendor. One package of cores with one thread each. Left
 * out: whatever else the leaves say.
 */
#include "cpu/internal.h"

enum {
    EDX_MSR = 1 << 5,
    EDX_APIC = 1 << 9,
    ECX_X2APIC = 1 << 21,
    ECX_TSC_DEADLINE = 1 << 24,
    LEAF_BASIC = 0,
    LEAF_FEATURES = 1,
    LEAF_TOPOLOGY = 0xb,
};

static uint32_t apic_id(const struct core *c)
{
    return c->cpu->apic ? c->cpu->apic_ops->id(c->cpu->apic, c->id) : c->id;
}

/* SDM vol. 3, 10.4.3: an APIC that is disabled in IA32_APIC_BASE is not there; 10.12.8.1: the id. */
static struct cpuid_registers features(const struct core *c)
{
    bool apic = !c->cpu->apic || c->cpu->apic_ops->present(c->cpu->apic, c->id);
    return (struct cpuid_registers){.b = apic_id(c) << 24,
                                    .c = ECX_X2APIC | (c->cpu->apic ? ECX_TSC_DEADLINE : 0),
                                    .d = EDX_MSR | (apic ? EDX_APIC : 0)};
}

/* Levels: threads of a core (type 1), cores of the package (type 2). EAX: bits of the id that are
 * below the next level. */
static struct cpuid_registers topology(const struct core *c, uint32_t level)
{
    struct cpuid_registers r = {.c = level & 0xff, .d = apic_id(c)};
    if (level == 0) {
        r.b = 1;
        r.c |= 1 << 8;
    }
    if (level == 1) {
        r.a = 31; /* ids are the scenario's choice: all of it */
        r.b = c->m->cores;
        r.c |= 2 << 8;
    }
    return r;
}

static struct cpuid_registers leaf(struct core *c, uint32_t number)
{
    switch (number) {
    case LEAF_BASIC: return (struct cpuid_registers){.a = LEAF_TOPOLOGY};
    case LEAF_FEATURES: return features(c);
    case LEAF_TOPOLOGY: return topology(c, (uint32_t)core_reg(c, UC_X86_REG_RCX));
    default: return (struct cpuid_registers){0};
    }
}

void cpuid_execute(struct core *c, const struct insn *in)
{
    static const struct footprint nothing;
    if (!core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED)) /* serializing */
        return;
    uint32_t number = (uint32_t)core_reg(c, UC_X86_REG_RAX);
    struct cpuid_registers r = leaf(c, number);
    if (c->cpu->virt)
        c->cpu->virt_ops->cpuid(c->cpu->virt, c, number, &r);
    core_set_reg(c, UC_X86_REG_RAX, r.a);
    core_set_reg(c, UC_X86_REG_RBX, r.b);
    core_set_reg(c, UC_X86_REG_RCX, r.c);
    core_set_reg(c, UC_X86_REG_RDX, r.d);
    core_skip(c, in);
}
