/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Unicorn calls: one code hook before each instruction and one memory hook before each
 * access. All cores map the same memory. A load of a visible address is shown what its core may
 * see: if its own store buffer says otherwise, memory is patched for this one access and mended at
 * the core's next hook, which always comes before anybody else acts. A store to a visible address
 * goes into the store buffer, and memory is mended likewise.
 *
 * Written for Unicorn 2.0.1: hooks come first, `until` is never reached, the run loop is never left, RIP is
 * written last, as the hook returns (facts about newer versions differ; see docs/architecture.md).
 */
#include <stdio.h>

#include "cpu/internal.h"
#include "kvm/runtime/marker.h"
#include "sim/tso.h"

enum { PAGE = 4096, QUIET_LIMIT = 20000000 };

static inline void leave_hook(struct core *c)
{
    if (c->exec.jump) {
        c->exec.jump = 0;
        uint64_t rip = c->exec.jump_rip;
        uc_reg_write(c->uc, UC_X86_REG_RIP, &rip);
    }
}

/* The end of a memory hook. Unicorn cancels the instruction, unless that makes its accesses in a helper
 * (FXSAVE, FNSTENV): then it goes on to the next one. */
static inline void leave_access(struct core *c)
{
    c->exec.left = c->exec.jump;
    leave_hook(c);
}

static void refuse_uncancelled(struct core *c)
{
    machine_find(c->m, FINDING_LIMIT, "", "CPU%u: the instruction at %#llx was left between its accesses: "
                 "not modelled", c->id, (unsigned long long)c->exec.pc);
    core_end(c);
}

/* Nothing visible for millions of instructions: the code does not come back. */
static void check_progress(struct core *c)
{
    if (c->state->icount - c->exec.quiet_since < QUIET_LIMIT)
        return;
    c->m->state->bounds |= BOUND_INSTRUCTIONS;
    c->m->cut.core = c->id;
    c->m->cut.place = c->exec.pc;
    core_end(c);
}

/* A double fault is never Unicorn's to find: those that are real come about as exceptions are delivered
 * (interrupt.c). It says so only if it could not be made to forget the exception before. */
static void take_fault(struct core *c)
{
    unsigned vector = c->exec.fault - 1u;
    c->exec.fault = 0;
    if (vector == VECTOR_DF) {
        machine_find(c->m, FINDING_LIMIT, "", "CPU%u: one more exception of an instruction, at %#llx: not "
                     "modelled", c->id, (unsigned long long)c->exec.pc);
        core_end(c);
    }
    exception_forget(c);
    core_fault(c, vector, 0);
    leave_hook(c);
}

static bool is_missing_name(const struct core *c, uint64_t address)
{
    return c->cpu->lacks_names && address >= MISSING_START && address < MISSING_END;
}

/* Unicorn calls the memory hook for addresses that are not mapped, too. */
static void unmapped(struct core *c, const char *what, unsigned size, uint64_t address)
{
    if (is_missing_name(c, address)) {
        machine_find(c->m, FINDING_LIMIT, "", "CPU%u: %s of %u bytes at %#llx, which stands for a name that is not "
                     "implemented here, by the instruction at %#llx", c->id, what, size, (unsigned long long)address,
                     (unsigned long long)c->exec.pc);
        core_end(c);
    }
    machine_find(c->m, FINDING_FAULT, "", "CPU%u: %s of %u bytes at %#llx, where there is nothing",
                 c->id, what, size, (unsigned long long)address);
    core_end(c);
}

/* What is due between two instructions of a guest; the shadow that the first stood in is over, and no access to an APIC
 * begins another. True: control went elsewhere. */
static bool finish_instruction(struct core *c, uint64_t address)
{
    c->exec.after = 0;
    assert(!c->state->shadow_next);
    c->state->shadow = 0;
    c->exec.resume_rip = address;
    c->cpu->virt_ops->after_instruction(c->cpu->virt, c);
    bool gone = c->exec.jump;
    leave_hook(c);
    return gone;
}

static void begin_instruction(struct core *c, uint64_t address)
{
    struct core_state *s = c->state;
    c->exec.pc = address;
    c->exec.resume_rip = address;
    c->exec.locked = 0;
    c->exec.visible_done = 0;
    c->exec.skip_reads = 0;
    s->icount++;
    s->acount = 0;
    s->shadow = s->shadow_next;
    s->shadow_next = 0;
}

/* Device registers hold no instructions; what an APIC-access page does with a fetch is not ours to say. */
static void fetch_from_device(struct core *c, uint64_t address)
{
    uint64_t nothing = 0;
    begin_instruction(c, address);
    if (!access_page_has(c, address, 1))
        unmapped(c, "fetch", 1, address);
    else if (access_page_use(c, PAGE_FETCH, address, 1, &nothing))
        assert(!"a fetch from the APIC-access page is never virtualized");
    leave_hook(c);
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    struct core *c = user;
    bool in_ram = address - c->cpu->window_base < c->m->memory.size;
    (void)uc;
    (void)size;
    core_unpatch(c);
    c->exec.left = 0;
    if (!in_ram && !mmio_backing(c, address, 1))
        return; /* the fetch itself will fault */
    if (c->exec.fault) {
        take_fault(c);
        return;
    }
    if (c->exec.after && finish_instruction(c, address))
        return;
    if (!in_ram || (c->state->access_page && access_page_has(c, address, 1))) {
        fetch_from_device(c, address);
        return;
    }
    const struct insn *in = decoder_lookup(&c->cpu->decoder, address);
    begin_instruction(c, address);
    c->state->cycles += in->cost_cycles;
    if (in->kind != INSN_PLAIN) {
        insn_execute(c, in);
        leave_hook(c);
    } else {
        check_progress(c);
    }
}

static void show(struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    uint64_t there = memory_read(&c->m->memory, physical, size);
    if (there == value)
        return;
    c->exec.patched = (uint8_t)size;
    c->exec.patch_address = physical;
    c->exec.patch_old = there;
    memcpy(c->m->memory.ram + physical, &value, size);
}

static unsigned boundary(const struct core *c)
{
    return c->exec.visible_done ? POINT_ACCESS : POINT_ACCESS | POINT_PLAIN | POINT_BOUNDARY;
}

static void visible_load(struct core *c, uint64_t physical, unsigned size)
{
    struct footprint fp;
    bool forwarded;
    footprint_clear(&fp);
    footprint_add_memory(&fp, physical, size, ACCESS_READ, c->id + 1);
    if (!core_point(c, &fp, boundary(c)))
        return;
    note_touched(c, TOUCHED_LOAD);
    uint64_t value = tso_load(c->m, c->id, physical, size, &forwarded);
    show(c, physical, size, value);
    spin_note_read(c, physical, size, value);
    record_access(c, physical, size, value);
    machine_say(c->m, STEP_LOAD, "reads");
    if (c->m->record)
        c->m->record->forwarded = forwarded;
}

/* Unicorn stores whatever the hook decides: the core's next hook takes it back. */
static void take_back_store(struct core *c, uint64_t physical, unsigned size)
{
    c->exec.patched = (uint8_t)size;
    c->exec.patch_address = physical;
    c->exec.patch_old = memory_read(&c->m->memory, physical, size);
}

static void visible_store(struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    struct footprint fp;
    footprint_clear(&fp);
    tso_order_store(c->m, c->id, &fp);
    if (c->m->model == MEMORY_SC)
        footprint_add_memory(&fp, physical, size, ACCESS_WRITE, c->id + 1);
    if (!core_point(c, &fp, boundary(c) | POINT_STORE)) {
        take_back_store(c, physical, size); /* an event came instead of the instruction */
        return;
    }
    note_touched(c, TOUCHED_STORE);
    spin_break(c);
    if (c->m->record)
        c->m->record->old = memory_read(&c->m->memory, physical, size);
    tso_store(c->m, c->id, physical, size, value, c->exec.pc);
    record_access(c, physical, size, value);
    machine_say(c->m, STEP_STORE, "writes");
    if (c->m->model == MEMORY_TSO)
        take_back_store(c, physical, size);
}

static bool changes_memory(const struct core *c, uint64_t physical, unsigned size, uint64_t value)
{
    return memcmp(c->m->memory.ram + physical, &value, size) != 0;
}

/* The step of a locked instruction was announced before it; its accesses go straight through. */
static void locked_access(struct core *c, bool write, uint64_t physical, unsigned size,
                          uint64_t value, bool visible)
{
    struct step *r = c->m->record;
    assert(!visible || c->cpu->in_setup || physical >= c->exec.locked_address);
    assert(!visible || c->cpu->in_setup ||
           physical + size <= c->exec.locked_address + c->exec.locked_size);
    if (write && !visible)
        spin_note_private_write(c, physical, size);
    if (write)
        memory_mark(&c->m->memory, physical, size);
    if (write && visible && changes_memory(c, physical, size, value))
        spin_break(c);
    if (!write)
        value = memory_read(&c->m->memory, physical, size);
    if (!write && visible)
        spin_note_read(c, physical, size, value);
    if (r) {
        r->address = physical;
        r->size = (uint8_t)size;
        *(write ? &r->value : &r->old) = value;
    }
}

static void invisible_access(struct core *c, bool write, uint64_t physical, unsigned size)
{
    if (write) {
        spin_note_private_write(c, physical, size);
        memory_mark(&c->m->memory, physical, size);
    }
}

/* Unicorn 2.0.1 calls three times for a load that crosses a page: the true one, then two aligned
 * ones that cover it. */
static bool crosses_page(struct core *c, bool write, uint64_t address, unsigned size, bool visible)
{
    if ((address & (PAGE - 1)) + size <= PAGE)
        return false;
    if (!write)
        c->exec.skip_reads = 2;
    if (visible) {
        machine_find(c->m, FINDING_LIMIT, "",
                     "CPU%u: a shared access crosses a page at %#llx: not modelled", c->id,
                     (unsigned long long)c->exec.pc);
        core_end(c);
    }
    return false;
}

static void outside_ram(struct core *c, bool write, uint64_t address, unsigned size, uint64_t value)
{
    c->state->acount++;
    if (!mmio_access(c, write, address, size, value))
        unmapped(c, write ? "write" : "read", size, address);
    leave_access(c);
}

/* An access to the APIC-access page, which lies in RAM or at device registers. */
static void virtual_access(struct core *c, bool write, uint64_t address, unsigned size,
                           uint64_t value)
{
    uint64_t physical = address - c->cpu->window_base;
    uint8_t *backing = mmio_backing(c, address, size);
    if (!backing && physical >= c->m->memory.size)
        unmapped(c, write ? "write" : "read", size, address);
    c->state->acount++;
    bool done = access_page_use(c, write ? PAGE_WRITE : PAGE_READ, address, size, &value);
    if (write && !backing)
        take_back_store(c, physical, size);
    if (!write && done && backing)
        memcpy(backing, &value, size);
    else if (!write && done)
        show(c, physical, size, value);
    leave_access(c);
}

static void on_memory(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                      void *user)
{
    struct core *c = user;
    bool write = type == UC_MEM_WRITE;
    unsigned bytes = (unsigned)size;
    uint64_t physical = address - c->cpu->window_base;
    (void)uc;
    core_unpatch(c);
    if (!write && c->exec.skip_reads) {
        c->exec.skip_reads--;
        return;
    }
    if (c->exec.left)
        refuse_uncancelled(c);
    if (c->state->access_page && access_page_has(c, address, bytes)) {
        virtual_access(c, write, address, bytes, (uint64_t)value);
        return;
    }
    if (!memory_has(&c->m->memory, physical, bytes)) {
        outside_ram(c, write, address, bytes, (uint64_t)value);
        return;
    }
    c->state->acount++;
    bool visible = visible_touch(&c->m->visibility, physical, bytes, write, core_context(c));
    if (crosses_page(c, write, address, bytes, visible))
        return;
    if (c->exec.locked) {
        locked_access(c, write, physical, bytes, (uint64_t)value, visible);
        return;
    }
    if (!visible && !core_stops_here(c)) {
        invisible_access(c, write, physical, bytes);
        return;
    }
    if (write)
        visible_store(c, physical, bytes, (uint64_t)value);
    else
        visible_load(c, physical, bytes);
    leave_access(c);
}

static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                        void *user)
{
    struct core *c = user;
    (void)uc;
    (void)value;
    bool fetch = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT;
    unmapped(c, fetch ? "fetch" : type == UC_MEM_WRITE_UNMAPPED ? "write" : "read", (unsigned)size,
             address);
    return false;
}

/*
 * Exceptions that Unicorn raises by itself: divide error, #GP, and so on. Unicorn forgets an
 * exception only when this hook returns, and a checkpoint does not hold it: suspended in here, the
 * core would raise it once more in every execution that follows. So the instruction begins again,
 * and its code hook takes the fault.
 */
static void on_exception(uc_engine *uc, uint32_t number, void *user)
{
    struct core *c = user;
    (void)uc;
    core_unpatch(c);
    c->exec.fault = (uint8_t)(number + 1);
}

static bool on_invalid(uc_engine *uc, void *user)
{
    struct core *c = user;
    (void)uc;
    core_unpatch(c);
    machine_find(c->m, FINDING_FAULT, "", "CPU%u: instruction at %#llx cannot be executed", c->id,
                 (unsigned long long)c->exec.pc);
    core_end(c);
    return false;
}

static void add_hook(struct core *c, int type, void *callback)
{
    uc_hook hook;
    uc_err e = uc_hook_add(c->uc, &hook, type, callback, c, 1, 0);
    assert(e == UC_ERR_OK);
    (void)e;
}

void hooks_open(struct core *c)
{
    struct memory *mem = &c->m->memory;
    uc_err e = uc_open(UC_ARCH_X86, UC_MODE_64, &c->uc);
    assert(e == UC_ERR_OK);
    e = uc_mem_map_ptr(c->uc, c->cpu->window_base, mem->size, UC_PROT_ALL, mem->ram);
    assert(e == UC_ERR_OK);
    add_hook(c, UC_HOOK_CODE, (void *)on_code);
    add_hook(c, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, (void *)on_memory);
    add_hook(c, UC_HOOK_MEM_UNMAPPED | UC_HOOK_MEM_PROT, (void *)on_unmapped);
    add_hook(c, UC_HOOK_INTR, (void *)on_exception);
    add_hook(c, UC_HOOK_INSN_INVALID, (void *)on_invalid);
}
