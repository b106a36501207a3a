/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting in a pause loop. When a core comes back to the same pause with the same registers and
 * private memory, has changed nothing visible, read no clock and no device register but those that say that reads change
 * nothing, and neither took nor opened itself to an interrupt, the round was in vain: it left nothing behind, and the next one
 * would be like it until something that was read changes.
 *
 * In an exploration a core that has made a round in vain makes no other (stop_vain_rounds): whatever
 * it could do later it does in another execution, the one without this round. If the others
 * come to an end and nothing that it read has changed, it waits for ever: a livelock. Otherwise
 * (replay) it waits for the change and goes on.
 */
#include <xxhash.h>

#include "cpu/internal.h"
#include "sim/tso.h"

uint64_t state_hash(struct core *c, uint64_t rip, uint64_t rsp, uint64_t flags)
{
    static int regs[] = {UC_X86_REG_RAX, UC_X86_REG_RBX, UC_X86_REG_RCX, UC_X86_REG_RDX,
                         UC_X86_REG_RSI, UC_X86_REG_RDI, UC_X86_REG_RBP,
                         UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
                         UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15};
    enum { COUNT = sizeof regs / sizeof *regs };
    uint64_t value[COUNT + 3] = {[COUNT] = rip, rsp, flags};
    void *to[COUNT];
    for (int i = 0; i < COUNT; i++)
        to[i] = &value[i];
    uc_reg_read_batch(c->uc, regs, to, COUNT);
    return XXH3_64bits(value, sizeof value);
}

static void note_read(struct core *c, uint64_t address, unsigned size, uint64_t value, bool of_device)
{
    struct core_exec *e = &c->exec;
    if (!e->spin_pc || e->spin_broken)
        return;
    for (unsigned i = 0; i < e->spin_reads; i++) {
        struct spin_read *r = &e->spin_read[i];
        if (r->address == address && r->size == size) {
            e->spin_saw_change |= r->value != value;
            return;
        }
    }
    if (e->spin_reads == CORE_SPIN_READS) {
        e->spin_broken = 1;
        return;
    }
    e->spin_read[e->spin_reads++] = (struct spin_read){address, value, (uint8_t)size, of_device};
}

void spin_note_read(struct core *c, uint64_t address, unsigned size, uint64_t value)
{
    note_read(c, address, size, value, false);
}

void spin_note_register(struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    note_read(c, physical, size, value, true);
}

void spin_note_private_write(struct core *c, uint64_t address, unsigned size)
{
    struct core_exec *e = &c->exec;
    if (!e->spin_pc || e->spin_broken)
        return;
    for (unsigned i = 0; i < e->spin_writes; i++)
        if (e->spin_write[i].address == address && e->spin_write[i].size == size)
            return;
    if (e->spin_writes == CORE_SPIN_WRITES || size > 8) {
        e->spin_broken = 1;
        return;
    }
    uint64_t before = memory_read(&c->m->memory, address, size);
    e->spin_write[e->spin_writes++] = (struct spin_read){address, before, (uint8_t)size, false};
}

static bool private_memory_as_before(const struct core *c)
{
    for (unsigned i = 0; i < c->exec.spin_writes; i++) {
        const struct spin_read *w = &c->exec.spin_write[i];
        if (memory_read(&c->m->memory, w->address, w->size) != w->value)
            return false;
    }
    return true;
}

static uint64_t read_again(struct core *c, const struct spin_read *r)
{
    bool forwarded;
    return r->of_device ? mmio_steady(c, r->address, r->size)
                        : tso_load(c->m, c->id, r->address, r->size, &forwarded);
}

bool spin_changed(struct core *c)
{
    if (c->exec.spin_saw_change)
        return true; /* another round might see what this one saw last from its beginning */
    for (unsigned i = 0; i < c->exec.spin_reads; i++) {
        const struct spin_read *r = &c->exec.spin_read[i];
        if (read_again(c, r) != r->value)
            return true;
    }
    return false;
}

static void wait_for_change(struct core *c)
{
    struct footprint fp;
    footprint_clear(&fp);
    for (unsigned i = 0; i < c->exec.spin_reads; i++) {
        const struct spin_read *r = &c->exec.spin_read[i];
        if (r->of_device)
            mmio_next_steady(c, r->address, r->size, &fp);
        else
            footprint_add_memory(&fp, r->address, r->size, ACCESS_READ, c->id + 1);
    }
    if (core_point(c, &fp, POINT_BOUNDARY | POINT_WAIT_CHANGE))
        machine_say(c->m, STEP_PAUSE, "pause: what it waits for has changed");
}

void spin_pause(struct core *c, const struct insn *in)
{
    struct core_exec *e = &c->exec;
    uint64_t hash = state_hash(c, in->address, core_reg(c, UC_X86_REG_RSP),
                               core_reg(c, UC_X86_REG_EFLAGS));
    bool same = e->spin_pc == in->address && !e->spin_broken && e->spin_hash == hash &&
                private_memory_as_before(c);
    if (same && !c->cpu->in_setup) {
        wait_for_change(c);
        if (e->jump)
            return; /* an event came instead; the pause runs again afterwards */
    }
    e->spin_pc = in->address;
    e->spin_hash = hash;
    e->spin_broken = 0;
    e->spin_saw_change = 0;
    e->spin_reads = e->spin_writes = 0;
    core_skip(c, in);
}
