/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small program of two cores (cpu/program.h) whose core 0 is a host of the AMD profile with one guest, explored
 * with each reduction and with plain DFS. Included once by each test that needs it.
 */
#ifndef TESTS_SVM_PROGRAM_H
#define TESTS_SVM_PROGRAM_H

#include "svm/svm.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum { VMCB_AT = PROGRAM_DATA + 0x1000, HSAVE_AT = 0xa000, MSRPM_AT = 0xb000, GUEST_STACK_AT = 0x14000,
       VMRUN_SIZE = 8 };

/* The variable that lies over a field of the VMCB; all accesses of programs are 4 bytes wide. */
#define VMCB_VARIABLE(member) ((unsigned)(0x1000 + offsetof(struct vmcb, member)) / 8)

struct svm_program {
    struct code before; /* of the host, in front of VMRUN */
    struct code exit;   /* ... behind each #VMEXIT, with GIF = 0 */
    struct code guest;
    struct code other;  /* core 1 */
    struct code handler, nmi; /* bodies of the handlers of INTERRUPT_LOW and of NMIs, of host and guest */
    enum memory_model model;
    uint32_t intercepts[3]; /* words 3 to 5; VMRUN is added */
    uint64_t int_ctl;
    uint32_t event_inj, clean;
    bool shadow, host_if, gif; /* the last two: as the host begins */
    uint64_t rflags;
};

static struct svm *program_svm;

static inline void svm_program_init(struct svm_program *sp)
{
    memset(sp, 0, sizeof *sp);
    sp->intercepts[0] = INTERCEPT(VMEXIT_INTR) | INTERCEPT(VMEXIT_NMI) | INTERCEPT(VMEXIT_INIT) |
                        INTERCEPT(VMEXIT_SHUTDOWN);
    sp->intercepts[1] = INTERCEPT(VMEXIT_VMMCALL) | INTERCEPT(VMEXIT_STGI) | INTERCEPT(VMEXIT_CLGI);
    sp->int_ctl = V_INTR_MASKING;
    sp->host_if = true;
    sp->rflags = RFLAGS_FIXED;
    code_begin(&sp->other, 2);
}

static inline void code_vmrun(struct code *c)
{
    code_mov(c, 0, VMCB_AT);
    code_bytes(c, "\x0f\x01\xd8", 3);
}

static inline void code_vmmcall(struct code *c)
{
    code_bytes(c, "\x0f\x01\xd9", 3);
}

static inline void code_stgi(struct code *c)
{
    code_bytes(c, "\x0f\x01\xdc", 3);
}

static inline void code_clgi(struct code *c)
{
    code_bytes(c, "\x0f\x01\xdd", 3);
}

#define PUT_VMCB(m, member, value) \
    memory_write(&(m)->memory, VMCB_AT + offsetof(struct vmcb, member), \
                 sizeof(((struct vmcb *)0)->member), (value))

static inline void fill_program_vmcb(struct machine *m, const struct svm_program *sp, uint64_t guest,
                                     const struct core_state *t)
{
    PUT_VMCB(m, control.intercept_3, sp->intercepts[0]);
    PUT_VMCB(m, control.intercept_4, sp->intercepts[1] | INTERCEPT(VMEXIT_VMRUN));
    PUT_VMCB(m, control.intercept_5, sp->intercepts[2]);
    PUT_VMCB(m, control.msrpm_base, MSRPM_AT);
    PUT_VMCB(m, control.asid, 1);
    PUT_VMCB(m, control.int_ctl, sp->int_ctl);
    PUT_VMCB(m, control.int_state, sp->shadow);
    PUT_VMCB(m, control.event_inj, sp->event_inj);
    PUT_VMCB(m, control.clean, sp->clean);
    PUT_VMCB(m, save.cs.selector, 8);
    PUT_VMCB(m, save.cs.attributes, 0xa9b);
    PUT_VMCB(m, save.ss.selector, 0x10);
    PUT_VMCB(m, save.idtr.base, t->idt_base);
    PUT_VMCB(m, save.idtr.limit, t->idt_limit);
    PUT_VMCB(m, save.efer, 0x1d00);
    PUT_VMCB(m, save.cr0, 0x80010033);
    PUT_VMCB(m, save.cr4, 0x20);
    PUT_VMCB(m, save.rflags, sp->rflags);
    PUT_VMCB(m, save.rip, guest);
    PUT_VMCB(m, save.rsp, PROGRAM_BASE + GUEST_STACK_AT);
}

/* What core 0 begins with: set-up leaves SVME, IF and GIF as in a host that is about to run its guest. */
static inline void set_host(struct program *p, const struct svm_program *sp)
{
    size_t at = (size_t)((uint8_t *)p->cpu->core[0].state - p->m->arena);
    struct core_state *t = (struct core_state *)(p->cpu->setup_arena + at);
    t->efer |= EFER_SVME;
    t->interrupt_flag = sp->host_if;
    t->held = !sp->gif;
}

static inline struct program *svm_program_open(const struct svm_program *sp)
{
    struct program *p = program_open(2, 0, sp->model);
    struct code low = {.size = 0}, nmi = {.size = 0}, code[2];
    code_handler(&low, &sp->handler);
    code_nmi_handler(&nmi, &sp->nmi);
    struct lapic *l = interrupts_enable(p, &low, &low);
    interrupts_enable_nmi(p, &nmi);
    interrupts_nest(p); /* on the stack of what they interrupt, the guest's too */
    struct svm *s = program_svm = svm_new(p->m, p->cpu, l);
    s->failure_is_result = true;
    s->cores[0].hsave = HSAVE_AT;
    code[0] = sp->before;
    code_vmrun(&code[0]);
    code_bytes(&code[0], sp->exit.byte, sp->exit.size);
    uint64_t guest = PROGRAM_BASE + PROGRAM_CODE + code[0].size;
    code_bytes(&code[0], sp->guest.byte, sp->guest.size);
    code[1] = sp->other;
    fill_program_vmcb(p->m, sp, guest, p->cpu->core[0].state);
    program_start(p, code);
    set_host(p, sp);
    return p;
}

static inline struct program *svm_program_explore(const struct svm_program *sp)
{
    struct program *p = svm_program_open(sp);
    states_of(p);
    return p;
}

#endif
