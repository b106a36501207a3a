/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world: memory, store buffers, messages in flight, and the agents that act on them. An agent
 * is enabled or not; a step of it performs exactly one visible action. What the cores and devices
 * are is behind operation tables: of an x86 this floor knows the order of memory alone (sim/tso.c).
 * Names that all floors, files and reports share are here all the same, without what is behind them:
 * levels of contexts (sim/visible.h), kinds of steps (sim/step.h), knobs (sim/knob.h).
 *
 * Agents, densely numbered: cores, store buffers, devices, then the message slots of each source
 * (cores, then devices). An agent keeps its number in all executions, whatever their order.
 *
 * State that has meaning is plain data inside `arena`: copied, compared and hashed as bytes.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/footprint.h"
#include "sim/knob.h"
#include "sim/memory.h"
#include "sim/step.h"
#include "sim/visible.h"

enum {
    MACHINE_MAX_CORES = 32, /* a core and its store buffer are two agents: as far as the mask goes */
    MACHINE_MAX_DEVICES = 5,
    MACHINE_MAX_AGENTS = 64,
    MACHINE_MAX_SLOTS = 8,
    MACHINE_MAX_INVARIANTS = 16,
    INVARIANT_MAX_READS = 8,
    MACHINE_MAX_FINDINGS = 8,
    MACHINE_MAX_REGIONS = 16,
    STORE_BUFFER_MAX = 48, /* stores; more than the 42 to 72 entries of shipped cores matter to no
                              scenario, and a core that fills it waits, which the run reports */
};

enum memory_model { MEMORY_TSO, MEMORY_SC };

typedef unsigned agent_id;
enum agent_kind { AGENT_CORE, AGENT_BUFFER, AGENT_DEVICE, AGENT_MESSAGE };

struct store {
    uint64_t address; /* physical */
    uint64_t value;
    uint64_t pc;
    uint8_t size;
    uint16_t regions; /* that it was made in, a bit each: sim/region.h */
    uint16_t leaves;  /* those that end when it reaches memory */
};

struct store_buffer {
    uint32_t first; /* number, in program order, of the oldest store still buffered */
    uint32_t next;  /* number that the next store will get */
    struct store *entry; /* store n is in entry[n % STORE_BUFFER_MAX]; not in the arena: going back
                            copies only what is buffered */
};

struct message {
    bool in_flight;
    uint8_t kind;     /* meaning given by the receiver (lapic/): delivery mode */
    uint8_t vector;
    uint8_t target;   /* core, or MESSAGE_TO_DEVICES */
    uint8_t level;    /* level triggered */
    uint8_t ipi;      /* its sender can see that it is in flight (KNOB_DELIVERY_STATUS) */
    uint8_t match;    /* not 0: the target still has to compare itself with `destination` */
    bool awaited;     /* something may wait until it has arrived: message_awaited_arrived() */
    uint32_t number;  /* of this source, counted from 0 */
    uint32_t destination;
};

struct message_queue {
    uint32_t sent;
    uint32_t in_flight; /* so many of its slots are: most often none */
    struct message slot[MACHINE_MAX_SLOTS]; /* message n is in slot[n % slots] */
};

/* What an execution has found. It goes on behind a finding: ending there would hide others that
 * are found in an equivalent order. */
enum finding_kind {
    FINDING_NONE,
    FINDING_INVARIANT,  /* a named invariant does not hold */
    FINDING_OBLIGATION, /* terminal state with an unmet obligation */
    FINDING_DEADLOCK,
    FINDING_LIVELOCK,   /* a spinning core that nobody can release any more */
    FINDING_WARN,
    FINDING_BUG,
    FINDING_ENTRY,      /* a VM entry that fails its checks */
    FINDING_FAULT,      /* an exception without a handler */
    FINDING_LIMIT,      /* the model lacks something: no verdict about the code under test */
};

struct finding {
    uint32_t kind;
    uint32_t agent;
    char name[32]; /* the invariant or obligation; empty for others */
    char message[200];
};

/* Bounds that the run has touched: with any of them the verdict is "incomplete". */
enum bound {
    BOUND_STORE_BUFFER = 1 << 0,
    BOUND_MESSAGES = 1 << 1,
    BOUND_INSTRUCTIONS = 1 << 2,
    BOUND_STEPS = 1 << 3,
    BOUND_EXECUTIONS = 1 << 4,
    BOUND_SECONDS = 1 << 5,
    BOUND_MODEL = 1 << 6, /* with a FINDING_LIMIT that says what is lacking */
    BOUND_PREEMPTIONS = 1 << 7,
    BOUND_SAMPLED = 1 << 8, /* other executions may exist */
    BOUND_INTERRUPT = 1 << 9, /* the user stopped it */
};

struct core_ops {
    bool (*enabled)(void *cpu, unsigned core);
    uint64_t (*enabled_cores)(void *cpu); /* the same of all, a bit a core */
    void (*next)(void *cpu, unsigned core, struct footprint *);
    void (*step)(void *cpu, unsigned core);
    bool (*idle)(void *cpu, unsigned core);     /* ended, or halted: no obligation to go on */
    bool (*in_host)(void *cpu, unsigned core);  /* not in guest mode */
    bool (*spinning)(void *cpu, unsigned core); /* waits in a pause loop */
    bool (*released)(void *cpu, unsigned core); /* what a spinning core has read is no more so */
    /* The state of execution: valid in this process only, while the cores stay suspended. */
    void *(*image_new)(void *cpu);
    void (*image_free)(void *cpu, void *image);
    void (*save)(void *cpu, void *image);
    void (*restore)(void *cpu, const void *image);
    /* Goes back to the end of set-up, runs each core to its first visible action under the
     * visible set in force, and takes the start snapshot. */
    void (*begin)(void *cpu);
    /* How far the core has come: retired instructions and events since the start, accesses since
     * the last of them. Independent of what is visible. */
    void (*position)(void *cpu, unsigned core, uint64_t *icount, uint32_t *acount);
    uint64_t (*place)(void *cpu, unsigned core); /* linear address of the instruction at which it stands */
    /* The core stops before this access even if it is not visible; icount ~0: no such stop. */
    void (*stop_at)(void *cpu, unsigned core, uint64_t icount, uint32_t acount);
};

struct checkpoint;

struct device_ops {
    const char *name; /* in reports; NULL: "IOMMU" */
    bool (*enabled)(void *device);
    void (*next)(void *device, struct footprint *);
    void (*step)(void *device);
    void (*describe)(void *device, char *text, size_t size);
};

struct machine;

struct message_ops {
    /* What an arrival touches beyond RES_INBOUND of its target. */
    void (*next)(void *fabric, const struct message *, struct footprint *);
    void (*arrive)(void *fabric, const struct message *);
    /* May a message to devices arrive now? */
    bool (*ready)(void *fabric, const struct message *);
    void (*describe)(void *fabric, const struct message *, char *text, size_t size);
};

/*
 * An invariant is evaluated after steps that carry one of its `events`, and adds what it reads to
 * the footprint of the step. If `every_step` is set it is evaluated after each step that changes
 * memory in `ranges` or one of `resources`, and after each of an agent in `steps_of` (a bit each), and all such
 * steps conflict with each other (sim/watch.h). Otherwise `ranges` names the
 * memory it reads whose stores keep a region from ending while they are buffered (sim/region.h).
 */
struct invariant {
    const char *name;
    void *context;
    uint32_t events;
    bool every_step;
    unsigned range_count;
    struct visible_range ranges[INVARIANT_MAX_READS];
    unsigned resource_count;
    uint64_t resources[INVARIANT_MAX_READS];
    uint64_t steps_of;
    uint64_t *was; /* gets what the first of `ranges`, up to 8 bytes, held before the step that is checked; or NULL */
    bool (*holds)(void *context, struct machine *, struct footprint *, char *message, size_t size);
};

/* Events that steps carry: the first of each kind. What bits of the first two kinds mean is said by
 * the floor whose steps carry them. */
enum step_event {
    EVENT_OF_CORE = 1u << 0,     /* four for the virtualization extension */
    EVENT_OF_DEVICE = 1u << 4,   /* four for devices */
    EVENT_REGION_LEAVE = 1u << 8 /* << region, below MACHINE_MAX_REGIONS */
};

/* What must hold in a terminal state, when no agent is enabled any more. */
struct obligation {
    const char *name;
    void *context;
    bool (*met)(void *context, struct machine *, char *message, size_t size);
};

struct machine_state {
    uint32_t finding_count;
    struct finding finding[MACHINE_MAX_FINDINGS]; /* one of each kind and name */
    uint64_t dropped; /* kinds for which there was no room, a bit each: finding_bit() */
    uint32_t bounds;
    uint32_t stopped; /* cores that ended where they stood, behind a finding or a bound, a bit each */
    uint32_t regions[MACHINE_MAX_CORES]; /* bit r: core is inside region r */
    struct message_queue *queue; /* a source each: cores, then devices */
    struct store_buffer *buffer; /* a core each */
};

struct machine {
    unsigned cores;
    unsigned devices;
    unsigned slots;  /* message slots a source */
    unsigned agents;
    enum memory_model model;
    struct memory memory;
    struct visibility visibility;
    struct knobs knobs;
    struct machine_state *state; /* at the head of the arena */

    uint8_t *arena;
    struct store *stores; /* of all cores */
    struct checkpoint *snapshot; /* its memory is kept by `memory` */
    size_t arena_size;
    size_t arena_used;

    const struct core_ops *core_ops;
    void *cpu;
    const struct device_ops *device_ops[MACHINE_MAX_DEVICES];
    void *device[MACHINE_MAX_DEVICES];
    const struct message_ops *message_ops;
    void *fabric;

    unsigned invariant_count;
    struct invariant invariant[MACHINE_MAX_INVARIANTS];
    unsigned obligation_count;
    struct obligation obligation[MACHINE_MAX_INVARIANTS];
    uint32_t region_watch; /* regions that some invariant reads */
    struct footprint tail; /* what the current step has touched behind its visible action */

    bool stop_vain_rounds;  /* a core that made a round of a pause loop in vain makes no other */
    bool every_boundary;    /* no step of a thread is kept from being an interrupt boundary */
    uint32_t observed_core; /* cores whose boundaries all matter, a bit a core; only grows ... */
    bool observed_more;     /* ... and has grown: the exploration begins anew */

    struct {
        unsigned last_core; /* that has made a step */
        unsigned core;      /* of the execution that was cut off by a bound last: which core ... */
        uint64_t place;     /* ... stood where, a linear address */
    } cut;

    agent_id stepping; /* whose step is checked: for invariants */
    struct step *record; /* where steps describe themselves, or NULL */
};

/* Message slots that each core and device gets of the agents that are left: 0 to MACHINE_MAX_SLOTS.
 * A machine with interrupts needs one. */
unsigned machine_slots(unsigned cores, unsigned devices);

/* `ram` bytes of memory; the arena holds `arena` bytes of module state. */
struct machine *machine_new(unsigned cores, unsigned devices, uint64_t ram, size_t arena);
void machine_free(struct machine *);

/* A zeroed piece of the arena for a module's state; its address never changes. */
void *machine_reserve(struct machine *, size_t size);

void machine_set_device(struct machine *, unsigned index, const struct device_ops *, void *device);
void machine_add_invariant(struct machine *, const struct invariant *);
void machine_add_obligation(struct machine *, const struct obligation *);

/* The start snapshot, taken once after set-up, and the way back to it. */
void machine_take_snapshot(struct machine *);
void machine_restore(struct machine *);

/* Before the cores are freed. */
void machine_drop_snapshot(struct machine *);

/* States in between, to which an exploration goes back. They are void after the next start
 * snapshot. */
struct checkpoint {
    struct memory_image memory;
    uint8_t *arena;
    struct store *store; /* what was buffered, core by core */
    uint32_t stores, capacity;
    void *cores;
};

void checkpoint_init(struct machine *, struct checkpoint *);
void checkpoint_free(struct machine *, struct checkpoint *);
void checkpoint_take(struct machine *, struct checkpoint *);
void checkpoint_restore(struct machine *, const struct checkpoint *);

/* The narrow waist. The footprint of a step is complete once the step is made: see check_step(). */
bool agent_enabled(struct machine *, agent_id);
void agent_next(struct machine *, agent_id, struct footprint *);
void agent_step(struct machine *, agent_id);
uint64_t machine_enabled(struct machine *); /* a bit an agent */

enum agent_kind agent_kind_of(const struct machine *, agent_id, unsigned *index);
agent_id agent_of_buffer(const struct machine *, unsigned core);
agent_id agent_of_device(const struct machine *, unsigned device);
agent_id agent_of_message(const struct machine *, unsigned source, uint32_t number);
/* "CPU0", "SB0", "IOMMU0", "timer1", "IPI CPU1#3" */
void agent_name(const struct machine *, agent_id, char *text, size_t size);

/* From now on every boundary of the core matters; see core_point(). */
void machine_observe(struct machine *, unsigned core);

/* Records a finding unless there is one of this kind and name already. */
void machine_find(struct machine *, enum finding_kind, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A number below 64 for what is found: the same for findings of one kind and name only, as long as
 * names are those of invariants and obligations. And the way back. */
unsigned finding_bit(const struct machine *, enum finding_kind, const char *name);
struct finding finding_of_bit(const struct machine *, unsigned bit);

/* Appends to the text of the step being recorded; no effect when nobody records. */
void machine_say(struct machine *, enum step_action, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
