/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small program of two cores (cpu/program.h) whose core 0 is a host with one guest, explored with each
 * reduction and with plain DFS. Included once by each test that needs it.
 */
#ifndef TESTS_VMX_PROGRAM_H
#define TESTS_VMX_PROGRAM_H

#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"
#include "vmx/controls.h"
#include "vmx/vmx.h"

enum { VMLAUNCH_SIZE = 3, VMCS_AT = 0x1000, BITMAP_AT = 0x6000, GUEST_STACK_AT = 0x14000,
       HOST_STACK_AT = 0x15000 };

struct vmx_program {
    struct code exit;  /* of the host, behind each VM exit */
    struct code guest;
    struct code other; /* core 1 */
    struct code handler; /* bodies of the handlers of INTERRUPT_LOW and of NMIs */
    struct code nmi;
    enum memory_model model;
    bool timer;        /* core 0 and 1 have VMX-preemption timers */
    uint32_t pin, proc, exit_controls;
    uint32_t injection, interruptibility, activity;
    uint64_t timer_value, rflags;
    bool sti_blocks_nmi;
};

static struct vmx *program_vmx;

static inline void vmx_program_init(struct vmx_program *vp)
{
    memset(vp, 0, sizeof *vp);
    vp->pin = PIN_EXTERNAL_INTERRUPT | PIN_NMI;
    vp->exit_controls = EXIT_ACKNOWLEDGE;
    vp->rflags = 2;
    code_begin(&vp->other, 2);
}

/* vmread r8d or r9d of the reason: the VMCS data are the core's own. */
static inline void code_vmread(struct code *c, unsigned reg, uint32_t field)
{
    uint8_t vmread[4] = {0x41, 0x0f, 0x78, (uint8_t)(0xd0 | (reg - 8))}; /* vmread r(8+), rdx */
    code_mov(c, 2, field);
    code_bytes(c, vmread, 4);
}

static inline void code_vmwrite(struct code *c, uint32_t field, uint32_t value)
{
    code_mov(c, 2, field);
    code_mov(c, 0, value);
    code_bytes(c, "\x0f\x79\xd0", 3); /* vmwrite rdx, rax */
}

static inline void code_vmresume(struct code *c)
{
    code_bytes(c, "\x0f\x01\xc3", 3);
}

static inline void code_vmcall(struct code *c)
{
    code_bytes(c, "\x0f\x01\xc1", 3);
}

static inline void fill_vmcs(struct vmcs *v, const struct vmx_program *vp, uint64_t code,
                             const struct core_state *s)
{
    v->used = 1;
    v->address = VMCS_AT;
    v->launch = VMCS_CLEAR;
    v->active_on = 1;
    v->field[VMCS_PIN_CONTROLS] = 0x16 | vp->pin;
    v->field[VMCS_PROC_CONTROLS] = 0x04006172u | PROC_MSR_BITMAPS | vp->proc;
    v->field[VMCS_EXIT_CONTROLS] = 0x36dfb | EXIT_HOST_64 | vp->exit_controls;
    v->field[VMCS_ENTRY_CONTROLS] = 0x11fb | ENTRY_GUEST_64;
    v->field[VMCS_MSR_BITMAP] = BITMAP_AT;
    v->field[VMCS_LINK_POINTER] = ~0ull;
    v->field[VMCS_HOST_CR0] = v->field[VMCS_GUEST_CR0] = 0x80010033;
    v->field[VMCS_HOST_CR4] = v->field[VMCS_GUEST_CR4] = 0x2020;
    v->field[VMCS_HOST_CS] = v->field[VMCS_GUEST_CS] = 8;
    v->field[VMCS_HOST_SS] = v->field[VMCS_GUEST_SS] = 0x10;
    v->field[VMCS_HOST_TR] = v->field[VMCS_GUEST_TR] = 0x18;
    v->field[VMCS_HOST_RIP] = code + VMLAUNCH_SIZE;
    v->field[VMCS_GUEST_RIP] = code + VMLAUNCH_SIZE + vp->exit.size;
    v->field[VMCS_GUEST_RSP] = PROGRAM_BASE + GUEST_STACK_AT;
    v->field[VMCS_HOST_RSP] = PROGRAM_BASE + HOST_STACK_AT;
    v->field[VMCS_GUEST_RFLAGS] = vp->rflags;
    v->field[VMCS_GUEST_IDTR_BASE] = v->field[VMCS_HOST_IDTR_BASE] = s->idt_base;
    v->field[VMCS_GUEST_IDTR_LIMIT] = s->idt_limit;
    v->field[VMCS_GUEST_TR_BASE] = v->field[VMCS_HOST_TR_BASE] = s->tr_base;
    v->field[VMCS_GUEST_TR_LIMIT] = s->tr_limit;
    v->field[VMCS_PREEMPTION_TIMER] = vp->timer_value;
    v->field[VMCS_ENTRY_INTR_INFO] = vp->injection;
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = vp->interruptibility;
    v->field[VMCS_GUEST_ACTIVITY] = vp->activity;
}

static inline struct program *vmx_program_open(const struct vmx_program *vp)
{
    struct program *p = program_open(2, vp->timer ? 2 : 0, vp->model);
    struct code low = {.size = 0}, nmi = {.size = 0}, code[2];
    code_handler(&low, &vp->handler);
    code_nmi_handler(&nmi, &vp->nmi);
    struct lapic *l = interrupts_enable(p, &low, &low);
    interrupts_enable_nmi(p, &nmi);
    struct vmx *x = program_vmx = vmx_new(p->m, p->cpu, l);
    for (unsigned i = 0; i < 2 && vp->timer; i++)
        vmx_add_timer(x, i, i);
    p->m->knobs.value[KNOB_STI_BLOCKS_NMI] = vp->sti_blocks_nmi;
    x->cores[0].on = 1;
    x->cores[0].current = 1;
    fill_vmcs(&x->vmcs[0], vp, PROGRAM_BASE + PROGRAM_CODE, p->cpu->core[0].state);
    x->failure_is_result = true;
    code[0] = (struct code){.size = 0};
    code_bytes(&code[0], "\x0f\x01\xc2", VMLAUNCH_SIZE);
    code_bytes(&code[0], vp->exit.byte, vp->exit.size);
    code_bytes(&code[0], vp->guest.byte, vp->guest.size);
    code[1] = vp->other;
    program_start(p, code);
    return p;
}

static inline struct program *vmx_program_explore(const struct vmx_program *vp)
{
    struct program *p = vmx_program_open(vp);
    states_of(p);
    return p;
}

#endif
