/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of cpu/, for nobody else. */
#ifndef CPU_INTERNAL_H
#define CPU_INTERNAL_H

#include "cpu/core.h"

/* What the current step has accessed, if steps are recorded. */
static inline void record_access(struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    struct step *r = c->m->record;
    if (!r)
        return;
    r->address = physical;
    r->size = (uint8_t)size;
    r->value = value;
}

/* Is this the access at which the core has been told to stop? */
static inline bool core_stops_here(const struct core *c)
{
    return c->state->icount == c->stop_icount && c->state->acount == c->stop_acount;
}

/* hooks.c: opens Unicorn, maps memory, installs the hooks. */
void hooks_open(struct core *);

/* Memory goes back to what all see, after one access was shown the own store buffer. */
static inline void core_unpatch(struct core *c)
{
    if (c->exec.patched) {
        memcpy(c->m->memory.ram + c->exec.patch_address, &c->exec.patch_old, c->exec.patched);
        c->exec.patched = 0;
    }
}

/* point.c: what a model does with an access may have become another thing since the access was announced, by an event
 * that came before it and left the core where it was: then the step touches that as well. */
void core_touch_now(struct core *, const struct footprint *announced, const struct footprint *now);

/* exception.c: Unicorn forgets the exception that it has raised last. In a code hook, before anything visible. */
void exception_forget(struct core *);

/* insn.c: what the core has to do about an instruction that is not plain. */
void insn_execute(struct core *, const struct insn *);

/* port.c */
void port_read(struct core *, const struct insn *);
void port_write(struct core *, const struct insn *);

/* cpuid.c */
void cpuid_execute(struct core *, const struct insn *);

/* msr.c */
void msr_execute(struct core *, const struct insn *, bool write);

/* mmio.c: an access to a device register; false if there is none. What Unicorn has at an address of one,
 * or NULL. */
bool mmio_access(struct core *, bool write, uint64_t physical, unsigned size, uint64_t value);
uint8_t *mmio_backing(struct core *, uint64_t physical, unsigned size);
/* A register whose reads change nothing, and what a read of it touches. */
uint64_t mmio_steady(struct core *, uint64_t physical, unsigned size);
void mmio_next_steady(struct core *, uint64_t physical, unsigned size, struct footprint *);
/* Does an access of a guest touch its APIC-access page? And what the virtualization extension makes of
 * it: true if the access is done, and a load finds *value. */
bool access_page_has(const struct core *, uint64_t linear, unsigned size);
bool access_page_use(struct core *, enum page_access, uint64_t linear, unsigned size, uint64_t *value);

/* spin.c: waiting in a pause loop. */
/* Of the general registers together with these three. */
uint64_t state_hash(struct core *, uint64_t rip, uint64_t rsp, uint64_t flags);
void spin_pause(struct core *, const struct insn *);
bool spin_changed(struct core *);
void spin_note_read(struct core *, uint64_t address, unsigned size, uint64_t value);
void spin_note_register(struct core *, uint64_t physical, unsigned size, uint64_t value); /* of a device; steady */
void spin_note_private_write(struct core *, uint64_t address, unsigned size);
static inline void spin_break(struct core *c)
{
    c->exec.spin_broken = 1;
}

/* event.c */
bool event_interruptible(struct core *); /* could an event be recognised here, if one were pending? */
bool event_pending(struct core *);
void event_set_flag(struct core *, bool on); /* RFLAGS.IF, by an instruction */
enum event_result event_take(struct core *);
/* The first step of the event that is ready, and does that step wait for the store buffer? */
void event_next(struct core *, struct footprint *, unsigned *flags);
bool event_waits(struct core *);
void event_next_boundary(struct core *, struct footprint *); /* what any step at a boundary reads */
static inline bool core_is_observed(const struct core *c)
{
    return c->m->observed_core >> c->id & 1;
}

/* init.c: INIT and start-up */
bool init_pending(struct core *); /* one of them would be taken at this boundary */

/* core.c: CS, SS and control registers of a fresh core. */
void core_reset_control(struct core *);

/* point.c, for core_ops. */
bool point_enabled(void *cpu, unsigned core);
uint64_t point_enabled_cores(void *cpu);
void point_next(void *cpu, unsigned core, struct footprint *);

/* checkpoint.c: the state of execution of all cores, for core_ops. */
void *cores_image_new(void *cpu);
void cores_image_free(void *cpu, void *image);
void cores_save(void *cpu, void *image);
void cores_restore(void *cpu, const void *image);
void cores_image_jump(struct core *, void *image, uint64_t rip); /* where the thread begins */
void core_moves(struct core *); /* it leaves the state that its image holds */
void cores_free_images(struct core *);

/* interrupt.c */
void interrupt_return(struct core *);
void interrupt_software(struct core *, const struct insn *); /* INT n, INT3 */

/* marker.c */
void marker_execute(struct core *, const struct insn *);
void marker_ud2(struct core *, const struct insn *);

/* For who asks which instructions touch what others see. */
static inline void note_touched(const struct core *c, unsigned how)
{
    if (c->cpu->touched)
        c->cpu->touched[c->exec.pc - c->cpu->window_base] |= (uint8_t)how;
}

#endif
