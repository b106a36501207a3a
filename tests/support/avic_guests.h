/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small programs of hosts with one AVIC guest each, x2AVIC, whose ids are the numbers of the cores. For tests that explore.
 */
#ifndef TESTS_SUPPORT_AVIC_GUESTS_H
#define TESTS_SUPPORT_AVIC_GUESTS_H

#include "svm/avic_tables.h"
#include "svm/svm.h"
#include "tests/support/interrupts.h"
#include "tests/support/random_programs.h"
#include "tests/support/snippets.h"

enum { AVIC_CORES = 3 };

/* Physical addresses, a page a core. */
enum { AVIC_VMCB = 0x800000, AVIC_HSAVE = 0x804000, AVIC_PAGE = 0x808000, AVIC_PIT = 0x80c000,
       AVIC_GUEST_STACK = 0x811000 };

struct avic_core_program {
    struct code host;  /* before VMRUN; all there is without a guest */
    struct code guest;
    struct code exit;  /* behind each #VMEXIT: GIF is 0 */
    bool enters;
    bool hlt_exits;
    bool flag;         /* the guest begins with IF = 1 */
    unsigned vmcb;     /* of which core: its own, unless a test says otherwise */
    uint64_t int_ctl;  /* further bits of VMCB 060h */
    bool keeps_intr;   /* physical interrupts are the guest's own: no intercept */
};

struct avic_program {
    unsigned cores;
    struct avic_core_program core[AVIC_CORES];
    bool runs[AVIC_CORES]; /* IsRunning of a guest's entry: on the core of its number */
    struct code low, high; /* bodies of handlers, which end their interrupt */
    enum memory_model model;
    uint32_t errata;
    bool nests;            /* handlers on the stack of what they interrupt, and one for NMIs */
    unsigned devices;
    void (*attach)(struct program *, struct lapic *); /* them, or NULL */
};

/* Empty code, guests on all cores that halt natively, and are marked as running. */
void avic_program_init(struct avic_program *, unsigned cores);
struct program *avic_program_open(const struct avic_program *);
struct svm *avic_program_svm(const struct program *);

/* Assembling. mov dword [physical], value; mov reg, dword [physical]; lock or dword [physical], value. */
void code_store_at(struct code *, uint64_t physical, uint32_t value);
void code_load_at(struct code *, unsigned reg, uint64_t physical);
void code_lock_or_at(struct code *, uint64_t physical, uint32_t value);
void code_vmrun(struct code *, unsigned vmcb);

/* Of guest `id`: the upper half of its entry; the word of IRR with a vector; the low half of the exit code. */
static inline uint64_t avic_entry_high(unsigned id)
{
    return pit_entry_at(AVIC_PIT, id) + 4;
}
static inline uint64_t avic_irr(unsigned id, unsigned vector)
{
    return AVIC_PAGE + 0x1000 * id + 0x200 + ((vector & 0xe0) >> 1);
}
static inline uint64_t avic_exit_code(unsigned vmcb)
{
    return AVIC_VMCB + 0x1000 * vmcb + offsetof(struct vmcb, control.exit_code);
}
void code_set_running(struct code *, unsigned id, bool running); /* a plain store */
void code_doorbell(struct code *, unsigned host_id); /* by WRMSR */
void code_gif(struct code *, bool on); /* STGI, CLGI */

#endif
