/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command buffer of an AMD IOMMU. After the AMD IOMMU specification, "Commands" and the sections of each,
 * "ILLEGAL_COMMAND_ERROR Event", "COMMAND_HARDWARE_ERROR Event".
 *
 * Fetching a command and executing it are two steps: the head pointer says what has been fetched, not what
 * is complete; only COMPLETION_WAIT says that. Commands are executed in order, so that its f bit has
 * nothing to add. A command that is none stops the buffer (CmdBufRun = 0) and is logged; the head
 * pointer is behind it then. Commands about page tables have nothing to invalidate here.
 */
#include "iommu/access.h"
#include "iommu/amdvi_internal.h"

enum { COMMAND_BYTES = 16 };

/* Bits of the first quadword that must be 0; all of the second one, but for COMPLETION_WAIT. */
#define WAIT_RESERVED 0x0ff0000000000000ull
#define DEVICE_RESERVED 0x0fffffffffff0000ull
#define ALL_RESERVED 0x0fffffffffffffffull

static enum amdvi_command opcode(const uint64_t c[2])
{
    return (enum amdvi_command)(c[0] >> 60);
}

static bool is_legal(const uint64_t c[2])
{
    switch (opcode(c)) {
    case AMDVI_COMPLETION_WAIT:
        return !(c[0] & WAIT_RESERVED);
    case AMDVI_INVALIDATE_DEVTAB_ENTRY:
    case AMDVI_INVALIDATE_INTERRUPT_TABLE:
        return !(c[0] & DEVICE_RESERVED) && !c[1];
    case AMDVI_INVALIDATE_IOMMU_PAGES:
        return true;
    case AMDVI_INVALIDATE_IOMMU_ALL:
        return !(c[0] & ALL_RESERVED) && !c[1];
    }
    return false;
}

static uint64_t ring_bytes(const struct amdvi *v)
{
    return 16ull << (v->state->reg[REG_COMMAND_BUFFER] >> 56 & 15);
}

static uint64_t head_address(const struct amdvi *v)
{
    return (v->state->reg[REG_COMMAND_BUFFER] & 0x000ffffffffff000ull) +
           v->state->reg[REG_COMMAND_HEAD];
}

static bool head_is_in_memory(const struct amdvi *v)
{
    return memory_has(&v->m->memory, head_address(v), COMMAND_BYTES);
}

/* What is wrong with the command at the head, if anything. */
static enum amdvi_event read_command(const struct amdvi *v, uint64_t c[2])
{
    uint64_t at = head_address(v);
    if (!head_is_in_memory(v))
        return AMDVI_COMMAND_HARDWARE_ERROR;
    c[0] = memory_read(&v->m->memory, at, 8);
    c[1] = memory_read(&v->m->memory, at + 8, 8);
    return is_legal(c) ? AMDVI_NO_EVENT : AMDVI_ILLEGAL_COMMAND_ERROR;
}

bool command_can_fetch(const struct amdvi *v)
{
    const uint64_t *reg = v->state->reg;
    uint64_t c[2];
    if (!(reg[REG_STATUS] & AMDVI_COMMAND_RUN) || v->state->holding ||
        reg[REG_COMMAND_HEAD] == reg[REG_COMMAND_TAIL])
        return false;
    return !read_command(v, c) || log_can_append(v, LOG_EVENT, amdvi_source(v));
}

void command_next_fetch(const struct amdvi *v, struct footprint *fp)
{
    uint64_t c[2];
    fp->events |= EVENT_AMDVI_FETCH;
    footprint_add(fp, amdvi_resource(PART_COMMAND), ACCESS_WRITE);
    if (head_is_in_memory(v))
        footprint_add_memory(fp, head_address(v), COMMAND_BYTES, ACCESS_READ, 0);
    if (read_command(v, c))
        log_next_append(v, LOG_EVENT, amdvi_source(v), fp);
}

static void stop(struct amdvi *v, enum amdvi_event event, uint64_t address)
{
    const uint64_t entry[2] = {(uint64_t)event << 60, address};
    v->state->reg[REG_STATUS] &= ~(uint64_t)AMDVI_COMMAND_RUN;
    machine_say(v->m, STEP_DEVICE, "%s command at %#llx stops the buffer",
                event == AMDVI_ILLEGAL_COMMAND_ERROR ? "illegal" : "unreadable",
                (unsigned long long)address);
    log_append(v, LOG_EVENT, amdvi_source(v), amdvi_context(v), entry);
}

void command_fetch(struct amdvi *v)
{
    struct amdvi_state *s = v->state;
    uint64_t at = head_address(v);
    enum amdvi_event wrong = read_command(v, s->command);
    if (head_is_in_memory(v)) {
        device_read(v->m, amdvi_context(v), at, 8);
        device_read(v->m, amdvi_context(v), at + 8, 8);
    }
    s->reg[REG_COMMAND_HEAD] = (s->reg[REG_COMMAND_HEAD] + COMMAND_BYTES) & (ring_bytes(v) - 1);
    if (wrong) {
        memset(s->command, 0, sizeof s->command);
        stop(v, wrong, at);
        return;
    }
    s->holding = 1;
    machine_say(v->m, STEP_DEVICE, "fetches command %#llx", (unsigned long long)s->command[0]);
}

/* ---- Execution ---- */

static bool is_wait(const struct amdvi *v)
{
    return opcode(v->state->command) == AMDVI_COMPLETION_WAIT;
}

/* Does the wait stay until each request that was looked up before the last invalidation is done? */
static bool drains(const struct amdvi *v)
{
    return v->m->knobs.value[KNOB_IEC_WAIT_DRAINS] == 0;
}

static uint64_t store_address(const struct amdvi *v)
{
    return v->state->command[0] & 0x000ffffffffffff8ull;
}

static bool stores(const struct amdvi *v)
{
    return v->state->command[0] & AMDVI_WAIT_STORES;
}

static bool stores_nowhere(const struct amdvi *v)
{
    return stores(v) && !memory_has(&v->m->memory, store_address(v), 8);
}

/* ComWaitInt goes from 0 to 1, and that is an interrupt. */
static bool raises(const struct amdvi *v)
{
    return (v->state->command[0] & AMDVI_WAIT_INTERRUPTS) && amdvi_controls(v, AMDVI_WAIT_INT_EN) &&
           !(v->state->reg[REG_STATUS] & AMDVI_WAIT_INT);
}

bool command_can_execute(const struct amdvi *v)
{
    if (!v->state->holding)
        return false;
    if (!is_wait(v))
        return true;
    if (drains(v) && !under_way_drained(&v->state->requests))
        return false;
    if (stores_nowhere(v))
        return log_can_append(v, LOG_EVENT, amdvi_source(v));
    return !raises(v) || interrupt_can_send(v, CAUSE_GENERAL, amdvi_source(v));
}

static void next_wait(const struct amdvi *v, struct footprint *fp)
{
    if (drains(v))
        under_way_next_drained(&v->state->requests, fp);
    if (stores_nowhere(v)) {
        log_next_append(v, LOG_EVENT, amdvi_source(v), fp);
        return;
    }
    if (stores(v))
        footprint_add_memory(fp, store_address(v), 8, ACCESS_WRITE, 0);
    if (raises(v))
        interrupt_next(v, CAUSE_GENERAL, amdvi_source(v), fp);
}

void command_next_execute(const struct amdvi *v, struct footprint *fp)
{
    footprint_add(fp, amdvi_resource(PART_COMMAND), ACCESS_WRITE);
    if (is_wait(v))
        next_wait(v, fp);
    else if (opcode(v->state->command) != AMDVI_INVALIDATE_IOMMU_PAGES)
        footprint_add(fp, amdvi_resource(PART_CACHE), ACCESS_WRITE);
}

static void execute_wait(struct amdvi *v)
{
    bool interrupts = raises(v);
    knob_value(&v->m->knobs, KNOB_IEC_WAIT_DRAINS);
    if (stores_nowhere(v)) {
        stop(v, AMDVI_COMMAND_HARDWARE_ERROR, store_address(v));
        return;
    }
    machine_say(v->m, STEP_DEVICE, "COMPLETION_WAIT is complete");
    if (stores(v)) {
        device_record(v->m, store_address(v), 8, v->state->command[1]);
        device_write(v->m, amdvi_context(v), store_address(v), 8, v->state->command[1]);
    }
    if (v->state->command[0] & AMDVI_WAIT_INTERRUPTS)
        v->state->reg[REG_STATUS] |= AMDVI_WAIT_INT;
    if (interrupts)
        interrupt_send(v, CAUSE_GENERAL, amdvi_source(v));
}

static void execute_invalidation(struct amdvi *v)
{
    struct amdvi_state *s = v->state;
    uint32_t device_id = s->command[0] & 0xffff;
    enum amdvi_command which = opcode(s->command);
    if (which == AMDVI_INVALIDATE_DEVTAB_ENTRY)
        entry_cache_drop(&s->devices, device_id, 0);
    else if (which == AMDVI_INVALIDATE_INTERRUPT_TABLE)
        entry_cache_drop(&s->interrupts, device_id << 16, 16);
    else
        entry_cache_drop(&s->devices, 0, 32);
    if (which == AMDVI_INVALIDATE_IOMMU_ALL)
        entry_cache_drop(&s->interrupts, 0, 32);
    under_way_invalidate(&s->requests);
    machine_say(v->m, STEP_DEVICE, "%s of device %#x leave the cache",
                which == AMDVI_INVALIDATE_DEVTAB_ENTRY ? "table entry" : "interrupt entries", device_id);
}

static bool is_enabled(const struct amdvi *v)
{
    return amdvi_controls(v, AMDVI_IOMMU_EN) && amdvi_controls(v, AMDVI_COMMAND_EN);
}

void command_execute(struct amdvi *v)
{
    switch (opcode(v->state->command)) {
    case AMDVI_COMPLETION_WAIT:
        execute_wait(v);
        break;
    case AMDVI_INVALIDATE_IOMMU_PAGES:
        machine_say(v->m, STEP_DEVICE, "nothing of that kind is cached");
        break;
    case AMDVI_INVALIDATE_DEVTAB_ENTRY:
    case AMDVI_INVALIDATE_INTERRUPT_TABLE:
    case AMDVI_INVALIDATE_IOMMU_ALL:
        execute_invalidation(v);
    }
    if (!is_enabled(v))
        v->state->reg[REG_STATUS] &= ~(uint64_t)AMDVI_COMMAND_RUN;
    v->state->holding = 0;
    memset(v->state->command, 0, sizeof v->state->command);
}
