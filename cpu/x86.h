/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that both vendors' manuals share: exception vectors, bits of RFLAGS, CR0, CR4 and EFER. */
#ifndef CPU_X86_H
#define CPU_X86_H

enum exception_vector {
    VECTOR_DB = 1,
    VECTOR_NMI = 2,
    VECTOR_BP = 3,
    VECTOR_OF = 4,
    VECTOR_BR = 5,
    VECTOR_UD = 6,
    VECTOR_DF = 8,
    VECTOR_TS = 10,
    VECTOR_NP = 11,
    VECTOR_GP = 13,
    VECTOR_PF = 14,
    VECTOR_MC = 18,
    VECTOR_SX = 30, /* AMD's security exception */
};

enum rflags_bit {
    RFLAGS_CF = 1 << 0,
    RFLAGS_FIXED = 1 << 1,
    RFLAGS_PF = 1 << 2,
    RFLAGS_AF = 1 << 4,
    RFLAGS_ZF = 1 << 6,
    RFLAGS_SF = 1 << 7,
    RFLAGS_TF = 1 << 8,
    RFLAGS_IF = 1 << 9,
    RFLAGS_OF = 1 << 11,
    RFLAGS_NT = 1 << 14,
    RFLAGS_RF = 1 << 16,
    RFLAGS_VM = 1 << 17,
};

enum control_bit {
    CR0_PE = 1 << 0,
    CR0_NW = 1 << 29,
    CR0_CD = 1 << 30,
    CR4_PAE = 1 << 5,
    EFER_LME = 1 << 8,
    EFER_LMA = 1 << 10,
    EFER_SVME = 1 << 12,
};
#define CR0_PG 0x80000000u

/* SDM vol. 3, table 6-1; APM vol. 2, 8.2: exceptions that push an error code. */
static inline _Bool vector_has_error(unsigned vector)
{
    return vector == VECTOR_DF || (vector >= VECTOR_TS && vector <= VECTOR_PF) || vector == 17;
}

#endif
