/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/guests.h"

#include <stdio.h>

#include "vmx/controls.h"

enum { GUEST_STACK_AT = 0x10400 }; /* of core 0; the others follow, 4 KiB apart */

/* vmlaunch; ud2; up to the guest's code. Behind that the host's at a VM exit. */
static void assemble(struct code *c, const struct guest *guest)
{
    code_bytes(c, "\x0f\x01\xc2\x0f\x0b", 5);
    while (c->size < GUESTS_OFFSET)
        code_bytes(c, "\x90", 1);
    code_bytes(c, guest->code.byte, guest->code.size);
    code_bytes(c, guest->host.byte, guest->host.size);
    code_end(c);
}

static void fill_controls(struct vmcs *v, unsigned vcpu)
{
    v->field[VMCS_PIN_CONTROLS] = 0x16 | PIN_EXTERNAL_INTERRUPT | PIN_NMI | PIN_POSTED_INTERRUPTS;
    v->field[VMCS_PROC_CONTROLS] =
        0x04006172u | PROC_TPR_SHADOW | PROC_MSR_BITMAPS | PROC_SECONDARY | PROC_TERTIARY;
    v->field[VMCS_SECONDARY_CONTROLS] = SEC_X2APIC | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT;
    v->field[VMCS_TERTIARY_CONTROLS] = TER_IPI_VIRTUALIZATION;
    v->field[VMCS_EXIT_CONTROLS] = 0x36dfb | EXIT_HOST_64 | EXIT_ACKNOWLEDGE;
    v->field[VMCS_ENTRY_CONTROLS] = 0x11fb | ENTRY_GUEST_64;
    v->field[VMCS_VIRTUAL_APIC] = GUESTS_VAPIC + 0x1000 * vcpu;
    v->field[VMCS_MSR_BITMAP] = GUESTS_BITMAP;
    v->field[VMCS_POSTED_INTR_DESC] = guests_pid(vcpu);
    v->field[VMCS_POSTED_INTR_NV] = GUESTS_NV;
    v->field[VMCS_PID_POINTER_TABLE] = GUESTS_TABLE;
    v->field[VMCS_LAST_PID_INDEX] = GUESTS_MAX - 1;
    v->field[VMCS_LINK_POINTER] = ~0ull;
}

static void fill_state(struct vmcs *v, const struct core *c)
{
    const struct core_state *s = c->state;
    v->field[VMCS_HOST_CR0] = v->field[VMCS_GUEST_CR0] = 0x80010033;
    v->field[VMCS_HOST_CR4] = v->field[VMCS_GUEST_CR4] = 0x2020;
    v->field[VMCS_HOST_CS] = v->field[VMCS_GUEST_CS] = 8;
    v->field[VMCS_HOST_SS] = v->field[VMCS_GUEST_SS] = 0x10;
    v->field[VMCS_HOST_TR] = v->field[VMCS_GUEST_TR] = 0x18;
    v->field[VMCS_HOST_TR_BASE] = v->field[VMCS_GUEST_TR_BASE] = s->tr_base;
    v->field[VMCS_GUEST_TR_LIMIT] = 0x67;
    v->field[VMCS_HOST_IDTR_BASE] = v->field[VMCS_GUEST_IDTR_BASE] = s->idt_base;
    v->field[VMCS_GUEST_IDTR_LIMIT] = 0xfff;
    v->field[VMCS_HOST_RSP] = PROGRAM_BASE + PROGRAM_STACK + 0x1000 * c->id;
    v->field[VMCS_GUEST_RSP] = PROGRAM_BASE + GUEST_STACK_AT + 0x1000 * c->id;
    v->field[VMCS_GUEST_RFLAGS] = 2;
}

/* Where program_start() will put the code of a core. */
static uint64_t code_of(const struct guests *g, unsigned core)
{
    uint64_t at = PROGRAM_BASE + PROGRAM_CODE;
    for (unsigned i = 0; i < core; i++)
        at += (g->code[i].size + 63) & ~63u;
    return at;
}

static void write_memory(struct guests *g, unsigned vcpu, unsigned core)
{
    struct memory *mem = &g->p->m->memory;
    uint64_t control = (uint64_t)core << 32 | GUESTS_NV << 16;
    memory_write(mem, GUESTS_VMCS + 0x1000 * vcpu, 4, VMX_REVISION);
    memory_write(mem, guests_pid(vcpu) + PID_CONTROL, 8, control);
    memory_write(mem, GUESTS_TABLE + 8 * vcpu, 8, guests_pid(vcpu) | 1);
}

void guests_add(struct guests *g, unsigned vcpu, unsigned core, unsigned offset)
{
    struct vmcs *v = guests_vmcs(g, vcpu);
    assert(vcpu < GUESTS_MAX && vcpu < g->x->vmcs_count);
    *v = (struct vmcs){.address = GUESTS_VMCS + 0x1000 * vcpu, .used = 1, .launch = VMCS_CLEAR};
    fill_controls(v, vcpu);
    fill_state(v, &g->p->cpu->core[core]);
    v->field[VMCS_GUEST_RIP] = code_of(g, core) + offset;
    v->field[VMCS_HOST_RIP] = code_of(g, core) + g->exit[core];
    write_memory(g, vcpu, core);
}

/* VMX operation has been begun there, and the virtual CPU of the same number is current. */
static void load(struct guests *g, unsigned core)
{
    guests_add(g, core, core, GUESTS_OFFSET);
    guests_vmcs(g, core)->active_on = (uint8_t)(core + 1);
    g->x->cores[core].on = 1;
    g->x->cores[core].current = (uint8_t)(core + 1);
}

void guests_open(struct guests *g, unsigned cores, unsigned devices, enum memory_model model,
                 const struct guest *guest, const struct code *low, const struct code *high)
{
    assert(cores <= GUESTS_MAX);
    memset(g, 0, sizeof *g);
    g->cores = cores;
    g->p = program_open(cores, devices, model);
    g->l = interrupts_enable(g->p, low, high);
    g->x = vmx_new(g->p->m, g->p->cpu, g->l);
    for (unsigned i = 0; i < cores; i++) {
        assemble(&g->code[i], &guest[i]);
        g->exit[i] = GUESTS_OFFSET + guest[i].code.size;
        load(g, i);
    }
}

void guests_start(struct guests *g)
{
    program_start(g->p, g->code);
}

/* ---- Descriptors ---- */

uint64_t guests_control(const struct guests *g, unsigned vcpu)
{
    return memory_read(&g->p->m->memory, guests_pid(vcpu) + PID_CONTROL, 8);
}

bool guests_pir_is_empty(const struct guests *g, unsigned vcpu)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < PID_WORDS; i++)
        all |= memory_read(&g->p->m->memory, guests_pid(vcpu) + 8 * i, 8);
    return !all;
}

static bool on_covers_pir(void *context, struct machine *m, char *message, size_t size)
{
    const struct guests *g = context;
    (void)m;
    for (unsigned i = 0; i < g->cores; i++) {
        if (guests_pir_is_empty(g, i) || (guests_control(g, i) & PID_ON))
            continue;
        snprintf(message, size, "PIR of virtual CPU %u is not empty and ON = 0", i);
        return false;
    }
    return true;
}

void guests_oblige_on(struct guests *g)
{
    struct obligation o = {.name = "on-covers-pir", .context = g, .met = on_covers_pir};
    machine_add_obligation(g->p->m, &o);
}
