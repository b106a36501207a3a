/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core: one Unicorn instance inside one coroutine, suspended just before its next visible
 * action. Everything that the core does, instructions and microcode alike, runs on its coroutine
 * and calls core_point() before each visible action.
 *
 * The local APIC and the virtualization extension plug in through the operation tables below;
 * this floor knows neither.
 */
#ifndef CPU_CORE_H
#define CPU_CORE_H

#include <capstone/capstone.h>
#include <unicorn/unicorn.h>

#include "cpu/coroutine.h"
#include "cpu/decode.h"
#include "cpu/x86.h"
#include "sim/machine.h"

struct console;
struct core;
struct cpu;

/* What a suspended core waits for, and what may happen before its next action. */
enum point_flags {
    POINT_BOUNDARY = 1 << 0,    /* between instructions: events are taken here first */
    POINT_DRAINED = 1 << 1,     /* waits until the own store buffer is empty */
    POINT_STORE = 1 << 2,       /* waits for a free entry of the store buffer */
    POINT_SLOT = 1 << 3,        /* waits for a free message slot */
    POINT_WAIT_EVENT = 1 << 4,  /* halted: only an event goes on */
    POINT_WAIT_CHANGE = 1 << 5, /* spins with pause: waits until something that it read changes */
    POINT_ENDED = 1 << 6,       /* stopped for good */
    POINT_SETUP = 1 << 7,       /* set-up is done */
    POINT_ACCESS = 1 << 8,      /* an access that has already been counted in the position */
    POINT_PLAIN = 1 << 9,       /* touches memory only: need not be an interrupt boundary */
    POINT_RETURN = 1 << 10,     /* the return from an interrupt */
    POINT_UNFENCED = 1 << 11,   /* no access to memory: an MFENCE before it may be still under way */
    POINT_SENT = 1 << 12,       /* waits until the core's IPIs have arrived */
};

enum activity { ACTIVITY_ACTIVE = 0, ACTIVITY_HLT = 1, ACTIVITY_SHUTDOWN = 2, ACTIVITY_SIPI = 3 };

enum shadow { SHADOW_STI = 1, SHADOW_MOV_SS = 2 };

enum { CORE_SPIN_READS = 8, CORE_SPIN_WRITES = 32, CORE_LEVELS = 8 };

struct spin_read {
    uint64_t address;
    uint64_t value;
    uint8_t size;
    uint8_t of_device; /* a register, whose reads change nothing */
};

/* Architectural state that Unicorn does not hold. Plain data, in the arena. */
struct core_state {
    uint64_t icount;    /* retired instructions and taken events: the core's position ... */
    uint32_t acount;    /* ... and accesses since */
    uint8_t interrupt_flag; /* RFLAGS.IF */
    uint8_t nmi_blocked; /* an NMI has been taken and no IRET executed since */
    uint8_t shadow;     /* blocking by STI or MOV SS (enum shadow) for the current instruction */
    uint8_t shadow_next; /* ... and for the next one */
    uint8_t activity;
    uint8_t mfence;     /* one has been executed, and nothing since that waits for it */
    uint8_t non_root;   /* guest mode */
    uint8_t held;       /* no event is taken, whatever its kind: the global interrupt flag of SVM is 0 */
    uint8_t host_levels; /* in guest mode: contexts of the host, below the guest's */
    uint8_t thread;     /* that the scheduler of the code under test runs, 0 if it has none */
    uint8_t level_count;
    uint8_t level[CORE_LEVELS]; /* stack of enum context_level ... */
    uint64_t level_frame[CORE_LEVELS]; /* ... the RSP at which its IRET will find its frame, ... */
    uint64_t level_hash[CORE_LEVELS];  /* ... and what it interrupted: registers and frame */
    uint16_t entering[CORE_LEVELS + 1]; /* of each level, the thread's first: regions (a bit each)
                                           that its next step enters */
    uint16_t cs, ss, tr;
    uint64_t gdt_base, idt_base, tr_base;
    uint32_t gdt_limit, idt_limit, tr_limit;
    uint64_t cr0, cr2, cr3, cr4, efer;
    uint64_t cycles;
    uint64_t drains;    /* steps that waited for the store buffer: fences, uncached accesses, ... */
    uint64_t error_code;
    uint64_t access_page; /* in guest mode: physical address of the APIC-access page, | 1; 0: none */
};

/* Contexts that a guest was in when the core left it, above LEVEL_GUEST: no hardware state, only names for what
 * touches memory. A control structure's owner keeps them until the next entry. */
struct guest_contexts {
    uint8_t count;
    uint8_t level[CORE_LEVELS - 1];
    uint64_t frame[CORE_LEVELS - 1];
    uint16_t entering[CORE_LEVELS];
};

/* Where an event comes from; both vendors number interruption information so. */
enum delivery_type {
    DELIVER_EXTERNAL = 0,
    DELIVER_NMI = 2,
    DELIVER_EXCEPTION = 3,
    DELIVER_SOFTWARE = 4,            /* INT n */
    DELIVER_PRIVILEGED = 5,          /* INT1 */
    DELIVER_SOFTWARE_EXCEPTION = 6,  /* INT3, INTO */
};

/* An event on its way through the IDT. */
struct delivery {
    uint8_t valid;
    uint8_t vector;
    uint8_t type;   /* enum delivery_type */
    uint8_t has_error;
    uint8_t length; /* of the instruction that it is the effect of; 0 if there is none */
    uint32_t error;
    uint64_t return_rip;
};

/* State of execution: valid only while this process's coroutine is suspended at the same place. */
struct core_exec {
    const struct footprint *next; /* on the coroutine's stack */
    unsigned flags;
    uint64_t pc;          /* of the current instruction */
    uint64_t resume_rip;  /* where an event taken at this boundary returns to */
    uint64_t jump_rip;    /* valid if `jump`: written to Unicorn when the hook returns */
    uint8_t jump;
    uint8_t left;         /* a memory hook has left the current instruction */
    uint8_t fault;        /* vector + 1 of an exception that Unicorn raised and the core takes next */
    uint8_t after;        /* virt_ops->after_instruction is due */
    struct delivery delivering; /* its delivery through the IDT has begun and not ended */
    uint8_t patched;      /* bytes of memory that show the own store buffer for one access */
    uint64_t patch_address;
    uint64_t patch_old;
    uint8_t locked;       /* inside a locked instruction: its accesses are one step, and lie ... */
    uint8_t locked_size;
    uint64_t locked_address; /* ... here (physical) if they are visible */
    uint8_t visible_done; /* visible accesses that the current instruction has made */
    uint8_t skip_reads;   /* cover calls of a page-crossing load still to come */
    uint64_t quiet_since; /* icount at the last point */
    uint64_t spin_pc;     /* the pause that the reads below belong to; 0 if none */
    uint64_t spin_hash;   /* of registers at that pause */
    uint8_t spin_broken;  /* wrote something visible, read a clock, or read too much */
    uint8_t spin_saw_change; /* what it read changed within the round */
    uint8_t spin_reads, spin_writes;
    struct spin_read spin_read[CORE_SPIN_READS];
    struct spin_read spin_write[CORE_SPIN_WRITES]; /* private bytes as they were at the pause */
};

struct core_image; /* cpu/checkpoint.c */

struct core {
    struct cpu *cpu;
    struct machine *m;
    unsigned id;
    uc_engine *uc;
    struct core_state *state;
    struct core_exec exec;
    struct coroutine coroutine;
    struct core_image *image; /* of the state in which the core stands, or NULL */
    struct core_image *free_images;
    uint64_t stop_icount; /* replay: stop before access `stop_acount` of this instruction */
    uint32_t stop_acount;
};

/* The local APIC, as the core sees it. */
struct apic_ops {
    bool (*pending)(void *apic, unsigned core);      /* a vector is deliverable now */
    unsigned (*acknowledge)(void *apic, unsigned core); /* the vector; moves IRR to ISR */
    /* The latch for NMIs. A core at which one has arrived is observed (machine_observe()). */
    bool (*nmi_pending)(void *apic, unsigned core);
    void (*take_nmi)(void *apic, unsigned core);
    /* An SMI has been latched for an extension that takes it in a guest. */
    bool (*smi_pending)(void *apic, unsigned core);
    /* INIT is taken at any boundary; a start-up message, which is kept only for a core that waits for
     * one or is about to, gives the page at which the core begins. Taking INIT resets the APIC;
     * false: this core is the bootstrap processor. */
    bool (*init_pending)(void *apic, unsigned core);
    bool (*startup_pending)(void *apic, unsigned core);
    bool (*take_init)(void *apic, unsigned core);
    unsigned (*take_startup)(void *apic, unsigned core);
    /* The TSC, where a timer that has expired shows in it: what a look at it touches, and its value.
     * False: it is nothing but the core's instruction count. */
    bool (*next_tsc)(void *apic, struct core *, struct footprint *);
    uint64_t (*tsc)(void *apic, struct core *);
    /* CR8: the class below which nothing is delivered, 0 to 15. What a write touches; the write. */
    unsigned (*task_priority)(void *apic, unsigned core);
    void (*next_task_priority)(void *apic, unsigned core, struct footprint *);
    void (*set_task_priority)(void *apic, unsigned core, unsigned class);
    bool (*present)(void *apic, unsigned core); /* as CPUID says */
    uint32_t (*id)(void *apic, unsigned core);
};

/* Model-specific registers of a range, in two phases: what the access will touch, and the access. */
struct msr_ops {
    uint32_t first, last;
    /* false: #GP. `flags` gets POINT_* conditions of the access. */
    bool (*next)(void *owner, struct core *, uint32_t msr, bool write, uint64_t value,
                 struct footprint *, unsigned *flags);
    bool (*access)(void *owner, struct core *, uint32_t msr, bool write, uint64_t *value);
};

enum event_result {
    EVENT_DIVERTED, /* control went elsewhere: the current instruction is not executed now */
    EVENT_RESUMED,  /* handled in place: the boundary is offered again */
};

enum page_access { PAGE_READ, PAGE_WRITE, PAGE_FETCH, PAGE_DELIVERY /* of an event */ };

/* What CPUID leaves in EAX, EBX, ECX and EDX. */
struct cpuid_registers {
    uint32_t a, b, c, d;
};

/* The virtualization extension (vmx/, svm/). `ready` and `next` do not change anything. */
struct virt_ops {
    /* In guest mode: may an event other than an NMI be recognised at this boundary (then INTR is
     * read), and is any ready now? */
    bool (*interruptible)(void *virt, struct core *);
    bool (*event_ready)(void *virt, struct core *);
    void (*event_next)(void *virt, struct core *, struct footprint *, unsigned *flags);
    enum event_result (*event_take)(void *virt, struct core *);
    /* An instruction of the extension, or one that the guest may not execute natively. True: done
     * (RIP is set); false: the core shall execute it as usual. */
    bool (*instruction)(void *virt, struct core *, const struct insn *);
    /* In guest mode: true if this exception left the guest instead of going to its handler. */
    bool (*exception)(void *virt, struct core *, unsigned vector, bool has_error, uint32_t error);
    /* Does the core keep INIT pending, and drop start-up messages (VMX operation, GIF = 0)? NULL: never. */
    bool (*in_operation)(void *virt, struct core *);
    /* An INIT is about to reset the core, in whatever mode. True: the extension has made something else of it, and
     * control is elsewhere. NULL: never. */
    bool (*init)(void *virt, struct core *);
    /* In guest mode: an exception in the delivery of a double fault. It leaves the guest. */
    void (*triple_fault)(void *virt, struct core *);
    /* In guest mode: what IRET does about the blocking of NMIs. */
    void (*iret)(void *virt, struct core *);
    /* In guest mode: adds what every step at a boundary reads beyond INTR and UNIT_NMI. */
    void (*boundary)(void *virt, struct core *, struct footprint *);
    /* In guest mode: an instruction is about to access the APIC-access page (core_state.access_page)
     * at `offset`, or to be fetched from there. True: the access is done, and a load finds *value; the
     * point before it is the callee's, with the flags of core_access_flags(), in a delivery none. False: control went
     * elsewhere (core_point() said so, or core_jump() was called). */
    bool (*page_access)(void *virt, struct core *, enum page_access, unsigned offset, unsigned size,
                        uint64_t *value);
    /* In guest mode, when the instruction (or the delivery of its fault) that set core_exec.after is
     * complete, before anything else; core_exec.resume_rip is where the core goes on. */
    void (*after_instruction)(void *virt, struct core *);
    /* In guest mode: IF has become 1. NULL: that is nothing to it. */
    void (*flag_set)(void *virt, struct core *);
    enum step_action steps; /* what its micro-steps are called in reports */
    /* Adds what CPUID says of the processor and the extension; `r` is what any processor says. */
    void (*cpuid)(void *virt, struct core *, uint32_t leaf, struct cpuid_registers *r);
    /* In guest mode it decides what an SMI does; otherwise the machine has none. */
    bool takes_smi;
    /* May EFER be written so? False: #GP. NULL: always. */
    bool (*efer_allowed)(void *virt, struct core *, uint64_t value);
};

enum { CPU_MAX_MSR_RANGES = 8, CPU_MAX_MMIO_RANGES = 8 };

struct cpu {
    struct machine *m;
    struct core core[MACHINE_MAX_CORES];
    struct decoder decoder;
    uint64_t window_base; /* linear address of physical 0 */
    const struct apic_ops *apic_ops;
    void *apic;
    const struct virt_ops *virt_ops;
    void *virt;
    struct console *console; /* in the arena; NULL if nobody asked for one (cpu/console.h) */
    uint8_t *setup_arena; /* as set-up left it; memory keeps its own base */
    void *setup_cores;    /* image of all cores */
    unsigned msr_ranges;
    struct {
        struct msr_ops ops;
        void *owner;
    } msr[CPU_MAX_MSR_RANGES];
    unsigned mmio_ranges;
    struct mmio_range *mmio; /* see mmio.h */
    bool lacks_names; /* what lies from MISSING_START to MISSING_END is a limit, see cpu_set_lacks_names() */
    bool in_setup; /* no interleaving, no points */
    uint8_t *touched; /* NULL, or a byte for each of memory: what the instruction there has done to visible memory */
};

/* Bits of cpu.touched. */
enum { TOUCHED_LOAD = 1, TOUCHED_STORE = 2 };

/* `window_base`: linear address at which all of physical memory is mapped in every core. */
struct cpu *cpu_new(struct machine *, uint64_t window_base);
void cpu_free(struct cpu *);
/* The image has names without memory (kvm/runtime/marker.h): to come there is a limit of the tool, where it is a fault
 * otherwise. */
void cpu_set_lacks_names(struct cpu *);
void cpu_set_apic(struct cpu *, const struct apic_ops *, void *apic);
void cpu_set_virt(struct cpu *, const struct virt_ops *, void *virt);
void cpu_add_msrs(struct cpu *, const struct msr_ops *, void *owner);

/* Starts core `core` at `rip` with `rdi`, in long mode, IF = 0, and runs it to the end of set-up,
 * without interleaving. False if it did something else (the machine's finding says what). */
bool cpu_setup_core(struct cpu *, unsigned core, uint64_t rip, uint64_t rdi);

/* A core that has been set up begins its thread only when a start-up message arrives. */
void cpu_setup_wait(struct cpu *, unsigned core);

/* After all cores are set up: remembers this state, to which core_ops.begin goes back. */
void cpu_setup_done(struct cpu *);

/* Changes what set-up left behind: memory, and where a core's thread begins. For programs that
 * follow each other on one machine; code must go where none has been executed before. */
void cpu_setup_write(struct cpu *, uint64_t physical, const void *bytes, size_t size);
void cpu_setup_jump(struct cpu *, unsigned core, uint64_t rip);

/* ---- For models that run on a core's coroutine ---- */

/*
 * Announces the next visible action and suspends until it is the core's turn; the caller performs
 * it at once when this returns true. False: an event was taken instead, control is elsewhere, and
 * the caller must leave the instruction without effect. Without POINT_BOUNDARY it is always true.
 */
bool core_point(struct core *, const struct footprint *, unsigned flags);

/* Flags of the point before an access of the current instruction that others can see. */
unsigned core_access_flags(const struct core *);

/* Accesses of microcode to memory, each a step of its own if the address is visible. Writes and
 * read-modify-writes reach memory at once and wait for the own store buffer to be empty. */
uint64_t core_hw_read(struct core *, uint64_t physical, unsigned size);
/* core_hw_read() as one step together with other effects: as core_hw_rmw_with(), below. */
uint64_t core_hw_read_with(struct core *, struct footprint *fp, unsigned flags, uint64_t physical,
                           unsigned size);
void core_hw_write(struct core *, uint64_t physical, unsigned size, uint64_t value);
/* memory = (memory & and_mask) | or_mask, one locked access; returns the old value. */
uint64_t core_hw_rmw(struct core *, uint64_t physical, unsigned size, uint64_t and_mask,
                     uint64_t or_mask);
/* memory = next(memory), one locked access; returns the old value. `next` is pure. */
uint64_t core_hw_update(struct core *, uint64_t physical, unsigned size,
                        uint64_t (*next)(uint64_t old));
/* core_hw_rmw() as one step together with other effects: `fp` has been filled by the caller with what
 * those touch; the events of fp are carried. */
uint64_t core_hw_rmw_with(struct core *, struct footprint *fp, unsigned flags, uint64_t physical,
                          unsigned size, uint64_t and_mask, uint64_t or_mask);

/* A store of the instruction itself, by way of the store buffer; only the address is microcode's. */
void core_hw_store(struct core *, uint64_t physical, unsigned size, uint64_t value);

/* An access of the instruction to its APIC-access page that goes to `physical` instead: an ordinary load or
 * store, or part of the one step of a locked instruction, which its load announces. */
uint64_t core_page_load(struct core *, uint64_t physical, unsigned size);
void core_page_store(struct core *, uint64_t physical, unsigned size, uint64_t value);

uint64_t core_reg(struct core *, int uc_register);
void core_set_reg(struct core *, int uc_register, uint64_t value);
void core_jump(struct core *, uint64_t rip);                /* the next instruction to execute */
void core_skip(struct core *, const struct insn *);         /* go on behind it */
uint64_t core_operand_address(struct core *, const struct insn_operand *, const struct insn *);
/* Value of a register, immediate or memory operand; memory is read as the core sees it. */
uint64_t core_operand_read(struct core *, const struct insn *, unsigned operand);
void core_operand_write(struct core *, const struct insn *, unsigned operand, uint64_t value);
unsigned core_register_number(unsigned reg); /* of a general register, as the manuals count them */

/* Linear to physical by the window; false unless all bytes are inside. */
bool core_translate(const struct core *, uint64_t linear, unsigned size, uint64_t *physical);

/* Delivers an event through the IDT of the current mode; with the first, an interrupt. In guest mode a
 * gate that is missing raises another exception, which may leave the guest. */
void core_deliver(struct core *, unsigned vector, bool has_error, uint32_t error,
                  uint64_t return_rip);
void core_deliver_event(struct core *, const struct delivery *);
void core_fault(struct core *, unsigned vector, uint32_t error); /* of the current instruction */

/* Entering a guest and leaving it: the contexts of the core. */
void core_enter_guest(struct core *, const struct guest_contexts *);
void core_leave_guest(struct core *, struct guest_contexts *);

/* Blocking of events as a control structure gives it (enum shadow, or 0): holds at this boundary and for the
 * instruction behind it. */
void core_set_shadow(struct core *, unsigned shadow);

/* POINT_DRAINED if the knob, whose value 0 is "yes", says that a sequence waits for the store buffer. The first is
 * for the step itself, or that which announces it, and consults the knob; the other for questions. */
unsigned core_drain_flag(struct core *, enum knob);
unsigned core_would_drain(const struct core *, enum knob);

/* Where a guest was interrupted: by an event whose delivery fails, or by the current instruction. */
uint64_t core_interrupted_rip(const struct core *);

/* Ends the run with FINDING_LIMIT: the code did what this model does not know. */
void core_not_modelled(struct core *, const char *what);

/* An NMI that would be taken at this boundary; and taking it, through the IDT. */
bool core_nmi_ready(struct core *);
void core_take_nmi(struct core *);

/* An INIT or a start-up message at this boundary: what taking it touches, and taking it; a guest is left by it
 * without a trace. */
void core_init_next(struct core *, struct footprint *);
enum event_result core_init_take(struct core *);

/* Nesting levels of contexts (sim/visible.h). */
enum context_level core_level(const struct core *);
bool core_in_handler(const struct core *); /* of an interrupt or NMI, outside of a guest */
void core_push_level(struct core *, enum context_level, uint64_t frame_rsp);
void core_pop_level(struct core *);
unsigned core_context(const struct core *);

/* True if an event would be taken at the boundary where the core is suspended. */
bool core_event_ready(struct core *);

/* Where a taken event returns to; a halted core has already retired its hlt. */
static inline uint64_t core_resume_rip(const struct core *c)
{
    return c->exec.resume_rip;
}

/* The core halts until a start-up message; for an application processor that has just been set up. */
void core_wait_for_startup(struct core *);

/* Ends the execution of this core for good (after a finding). Does not return to guest code. */
void core_end(struct core *);

/* RES_CONTROL resources of a core. */
enum core_unit { UNIT_VIRT, UNIT_NMI, UNIT_APIC_TIMER, UNIT_VMX_TIMER, UNIT_APIC_TMR,
                 UNIT_DOORBELL, UNIT_PIT_COPY, UNIT_APIC_PINS, UNIT_GIF };

/* Parts of UNIT_NMI, what a boundary waits for whatever IF is: the latch of NMIs; those of INIT, start-up and
 * SMI. A step that touches the unit without naming one touches both. */
enum { PART_NMI = 1, PART_INIT = 2 };
static inline uint64_t core_control(unsigned core, enum core_unit unit)
{
    return resource_make(RES_CONTROL, (uint64_t)core << 8 | unit);
}
static inline void core_touch_part(struct footprint *fp, unsigned core, unsigned parts,
                                   enum access_mode mode)
{
    footprint_add_access(fp, (struct access){core_control(core, UNIT_NMI), (uint8_t)parts,
                                             (uint8_t)mode, 0, 0, 0});
}

#endif
