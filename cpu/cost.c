/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/cost.h"

/* Each value is an assumption; none has been fitted to a machine. */
uint16_t cost_of_instruction(enum insn_kind kind)
{
    switch (kind) {
    case INSN_LOCKED: return 20;
    case INSN_MFENCE: return 33;
    case INSN_SFENCE: case INSN_LFENCE: return 6;
    case INSN_PAUSE: return 140;
    case INSN_CLI: case INSN_STI: return 6;
    case INSN_POPF: case INSN_PUSHF: return 10;
    case INSN_IRET: return 50;
    case INSN_RDMSR: case INSN_WRMSR: return 100;
    case INSN_RDTSC: return 25;
    case INSN_CPUID: return 120;
    case INSN_VMX: case INSN_SVM: return 500;
    default: return 1;
    }
}
