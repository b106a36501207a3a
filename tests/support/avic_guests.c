/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/avic_guests.h"

#include "svm/doorbell.h"

void avic_program_init(struct avic_program *a, unsigned cores)
{
    memset(a, 0, sizeof *a);
    a->cores = cores;
    a->model = MEMORY_TSO;
    for (unsigned i = 0; i < cores; i++) {
        a->core[i].enters = a->runs[i] = true;
        a->core[i].vmcb = i;
        code_begin(&a->core[i].host, 2);
    }
}

static uint32_t linear(uint64_t physical)
{
    return (uint32_t)(PROGRAM_BASE + physical);
}

static void bytes_at(struct code *c, const void *opcode, unsigned size, uint64_t physical)
{
    uint32_t address = linear(physical);
    code_bytes(c, opcode, size);
    code_bytes(c, &address, 4);
}

void code_store_at(struct code *c, uint64_t physical, uint32_t value)
{
    bytes_at(c, "\xc7\x04\x25", 3, physical);
    code_bytes(c, &value, 4);
}

void code_load_at(struct code *c, unsigned reg, uint64_t physical)
{
    uint8_t opcode[4] = {reg >= 8 ? 0x44 : 0x40, 0x8b, (uint8_t)((reg & 7) << 3 | 4), 0x25};
    bytes_at(c, opcode, 4, physical);
}

void code_lock_or_at(struct code *c, uint64_t physical, uint32_t value)
{
    bytes_at(c, "\xf0\x81\x0c\x25", 4, physical);
    code_bytes(c, &value, 4);
}

void code_vmrun(struct code *c, unsigned vmcb)
{
    code_mov(c, 0, AVIC_VMCB + 0x1000 * vmcb);
    code_bytes(c, "\x0f\x01\xd8", 3);
}

void code_set_running(struct code *c, unsigned id, bool running)
{
    code_store_at(c, avic_entry_high(id), (PIT_VALID | (running ? PIT_IS_RUNNING : 0)) >> 32);
}

void code_doorbell(struct code *c, unsigned host_id)
{
    code_write_msr(c, MSR_AVIC_DOORBELL, host_id);
}

void code_gif(struct code *c, bool on)
{
    code_bytes(c, on ? "\x0f\x01\xdc" : "\x0f\x01\xdd", 3);
}

/* ---- The machine ---- */

static struct svm *svms[1]; /* of the program that is open */

struct svm *avic_program_svm(const struct program *p)
{
    assert(svms[0]->m == p->m);
    return svms[0];
}

#define PUT(vmcb, member, value) \
    memory_write(mem, (vmcb) + offsetof(struct vmcb, member), sizeof(((struct vmcb *)0)->member), (value))

static void fill_intercepts(struct memory *mem, uint64_t vmcb, const struct avic_core_program *k)
{
    PUT(vmcb, control.intercept_3,
        INTERCEPT(VMEXIT_NMI) | INTERCEPT(VMEXIT_SHUTDOWN) | (k->keeps_intr ? 0 : INTERCEPT(VMEXIT_INTR)) |
            (k->hlt_exits ? INTERCEPT(VMEXIT_HLT) : 0));
    PUT(vmcb, control.intercept_4, INTERCEPT(VMEXIT_VMRUN) | INTERCEPT(VMEXIT_VMMCALL));
}

static void fill_vmcb(struct program *p, const struct avic_program *a, unsigned i, uint64_t rip)
{
    struct memory *mem = &p->m->memory;
    uint64_t vmcb = AVIC_VMCB + 0x1000 * i;
    fill_intercepts(mem, vmcb, &a->core[i]);
    PUT(vmcb, control.asid, 1 + i);
    PUT(vmcb, control.int_ctl, V_INTR_MASKING | V_AVIC_ENABLE | V_X2AVIC_ENABLE | a->core[i].int_ctl);
    PUT(vmcb, control.avic_backing_page, AVIC_PAGE + 0x1000 * i);
    PUT(vmcb, control.avic_physical_table, AVIC_PIT | (a->cores - 1));
    PUT(vmcb, save.cs.selector, 8);
    PUT(vmcb, save.cs.attributes, 0xa9b); /* present code, L, G */
    PUT(vmcb, save.ss.selector, 0x10);
    PUT(vmcb, save.idtr.base, p->cpu->core[i].state->idt_base);
    PUT(vmcb, save.idtr.limit, p->cpu->core[i].state->idt_limit);
    PUT(vmcb, save.efer, 0x1d00); /* SVME, NXE, LMA, LME */
    PUT(vmcb, save.cr0, 0x80010033);
    PUT(vmcb, save.cr4, 0x20);
    PUT(vmcb, save.rflags, a->core[i].flag ? 0x202 : 2);
    PUT(vmcb, save.rip, rip);
    PUT(vmcb, save.rsp, PROGRAM_BASE + AVIC_GUEST_STACK + 0x1000 * i);
    memory_write(mem, pit_entry_at(AVIC_PIT, i), 8,
                 PIT_VALID | (a->runs[i] ? PIT_IS_RUNNING : 0) | (AVIC_PAGE + 0x1000 * i) | i);
    memory_write(mem, AVIC_PAGE + 0x1000 * i + 0x20, 4, i);
}

/* Host, VMRUN, what follows an exit, then the guest; returns where that begins. */
static unsigned assemble(const struct avic_core_program *k, struct code *code)
{
    *code = k->host;
    if (k->enters)
        code_vmrun(code, k->vmcb);
    code_bytes(code, k->exit.byte, k->exit.size);
    code_end(code);
    unsigned guest = code->size;
    code_bytes(code, k->guest.byte, k->guest.size);
    code_end(code);
    return guest;
}

/* What set-up would have done by WRMSR. */
static void switch_on(struct program *p, struct svm *s)
{
    for (unsigned i = 0; i < p->m->cores; i++) {
        s->cores[i].hsave = AVIC_HSAVE + 0x1000 * i;
        p->cpu->core[i].state->efer |= EFER_SVME;
    }
}

/* Where program_next() will put the code of a core. */
static uint64_t code_places(const struct code *code, unsigned core)
{
    uint64_t place = PROGRAM_CODE;
    for (unsigned i = 0; i < core; i++)
        place += (code[i].size + 63) & ~63u;
    return place;
}

struct program *avic_program_open(const struct avic_program *a)
{
    struct program *p = program_open(a->cores, a->devices, a->model);
    struct code low = {.size = 0}, high = {.size = 0}, code[AVIC_CORES];
    code_handler(&low, &a->low);
    code_handler(&high, &a->high);
    struct lapic *l = interrupts_enable(p, &low, &high);
    if (a->nests) {
        struct code nmi = {.size = 0};
        code_nmi_handler(&nmi, NULL);
        interrupts_enable_nmi(p, &nmi);
        interrupts_nest(p);
    }
    struct svm *s = svms[0] = svm_new(p->m, p->cpu, l);
    s->errata = a->errata;
    if (a->attach)
        a->attach(p, l);
    for (unsigned i = 0; i < a->cores; i++) {
        unsigned guest = assemble(&a->core[i], &code[i]);
        fill_vmcb(p, a, i, PROGRAM_BASE + code_places(code, i) + guest);
    }
    program_start(p, code);
    switch_on(p, s);
    memcpy(p->cpu->setup_arena, p->m->arena, p->m->arena_used);
    return p;
}

struct svm *avic_program_svm_any(void);
struct svm *avic_program_svm_any(void) { return svms[0]; }
