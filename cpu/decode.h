/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decode cache: each instruction of the image is looked at once (Capstone), and classified by what
 * the core model has to do about it. Everything else Unicorn executes by itself.
 */
#ifndef CPU_DECODE_H
#define CPU_DECODE_H

#include <capstone/capstone.h>
#include <stdbool.h>
#include <stdint.h>

enum insn_kind {
    INSN_UNKNOWN, /* not decoded yet */
    INSN_PLAIN,
    INSN_LOCKED,  /* LOCK prefix, or xchg with memory */
    INSN_MFENCE,
    INSN_SFENCE,
    INSN_LFENCE,
    INSN_PAUSE,
    INSN_HLT,
    INSN_CLI,
    INSN_STI,
    INSN_PUSHF,
    INSN_POPF,
    INSN_IRET,
    INSN_MOV_SS,
    INSN_INT,     /* int n, int3 */
    INSN_UD2,
    INSN_MARKER,
    INSN_RDMSR,
    INSN_WRMSR,
    INSN_RDTSC,
    INSN_CPUID,
    INSN_IN,
    INSN_OUT,
    INSN_MOV_CR,
    INSN_LGDT,
    INSN_LIDT,
    INSN_LTR,
    INSN_INVLPG,
    INSN_WBINVD,
    INSN_VMX,     /* see `id` for which */
    INSN_SVM,
    INSN_UNSUPPORTED,
};

enum operand_type { OPERAND_NONE, OPERAND_REGISTER, OPERAND_MEMORY, OPERAND_IMMEDIATE };

struct insn_operand {
    uint8_t type;
    uint8_t size;     /* bytes */
    uint8_t scale;
    uint16_t reg;     /* register, or base of a memory operand; Unicorn's number, 0 if none */
    uint16_t index;
    uint16_t segment; /* FS or GS, 0 for flat */
    int64_t value;    /* immediate or displacement */
};

struct insn {
    uint8_t kind;
    uint8_t length;
    uint8_t operands;
    uint8_t sib_index;     /* of a marker: its kind */
    uint16_t id;           /* Capstone's x86_insn */
    uint16_t cost_cycles;
    uint64_t address;
    struct insn_operand operand[2];
};

struct decoder {
    csh capstone;
    const uint8_t *ram;  /* code bytes */
    uint64_t base;       /* linear address of ram[0] */
    uint64_t size;
    uint32_t *index;     /* by address - base; 0: not decoded yet */
    struct insn *insns;
    uint32_t count, capacity;
    uint64_t unlocked; /* an XCHG with memory here locks nothing (cpu/mutation.h); 0: all of them do */
};

void decoder_init(struct decoder *, const uint8_t *ram, uint64_t base, uint64_t size);
void decoder_free(struct decoder *);
const struct insn *decoder_add(struct decoder *, uint64_t address);

/* The instruction at a linear address inside the window. */
static inline const struct insn *decoder_lookup(struct decoder *d, uint64_t address)
{
    uint32_t i = d->index[address - d->base];
    return i ? &d->insns[i] : decoder_add(d, address);
}

/* Begins anew, for who asks from when on what is executed; instructions looked at before stay where they are. */
void decoder_forget(struct decoder *);

/* Has the instruction there been looked at, as each is that was ever about to be executed? */
static inline bool decoder_knows(const struct decoder *d, uint64_t address)
{
    return address - d->base < d->size && d->index[address - d->base];
}

/* "mov qword ptr [rip + 8], rax", for messages and the timeline. */
void decoder_text(struct decoder *, uint64_t address, char *text, size_t size);

#endif
