/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of the local APIC's registers and fields (SDM vol. 3, APIC: tables "Local APIC Register
 * Address Map" and "Local APIC Register Address Map Supported by x2APIC"). Numbers are MSR indexes
 * in x2APIC mode; the xAPIC offset is (index - 0x800) << 4. Some exist in one of the modes only.
 */
#ifndef LAPIC_APIC_REGS_H
#define LAPIC_APIC_REGS_H

enum {
    MSR_APIC_BASE = 0x1b,

    APIC_MSR_FIRST = 0x800, /* SDM: 800h to BFFh belong to the x2APIC, unlisted ones fault */
    APIC_MSR_LAST = 0xbff,
    APIC_ID = 0x802,
    APIC_VERSION = 0x803,
    APIC_TPR = 0x808,
    APIC_APR = 0x809, /* of the P6 family; later ones read 0 without an error */
    APIC_PPR = 0x80a,
    APIC_EOI = 0x80b,
    APIC_RRD = 0x80c, /* likewise */
    APIC_LDR = 0x80d,
    APIC_DFR = 0x80e, /* xAPIC */
    APIC_SVR = 0x80f,
    APIC_ISR = 0x810, /* eight */
    APIC_TMR = 0x818, /* eight */
    APIC_IRR = 0x820, /* eight */
    APIC_ESR = 0x828,
    APIC_LVT_CMCI = 0x82f,
    APIC_ICR = 0x830,
    APIC_ICR_HIGH = 0x831, /* xAPIC */
    APIC_LVT_TIMER = 0x832,
    APIC_LVT_THERMAL = 0x833,
    APIC_LVT_PMC = 0x834,
    APIC_LVT_LINT0 = 0x835,
    APIC_LVT_LINT1 = 0x836,
    APIC_LVT_ERROR = 0x837,
    APIC_INITIAL_COUNT = 0x838,
    APIC_CURRENT_COUNT = 0x839,
    APIC_DIVIDE = 0x83e,
    APIC_SELF_IPI = 0x83f, /* x2APIC */
};

enum {
    APIC_BASE_BSP = 1 << 8,
    APIC_BASE_EXTD = 1 << 10,
    APIC_BASE_EN = 1 << 11,
    APIC_BASE_ADDRESS = 0xfee00000,

    APIC_SVR_VECTOR = 0xff,
    APIC_SVR_ENABLE = 1 << 8,
    APIC_SVR_SUPPRESS_EOI = 1 << 12,

    APIC_VERSION_VALUE = 0x01060015, /* integrated, 7 LVT entries, can suppress EOI broadcasts */

    APIC_DFR_RESET = 0xffffffff,
    APIC_DFR_FLAT = 0xf, /* DFR[31:28] */
    APIC_DFR_CLUSTER = 0,

    APIC_ESR_REDIRECTABLE = 1 << 4,
    APIC_ESR_SEND_ILLEGAL = 1 << 5,
    APIC_ESR_RECEIVE_ILLEGAL = 1 << 6,
    APIC_ESR_ILLEGAL_REGISTER = 1 << 7, /* xAPIC */

    APIC_LVT_MASKED = 1 << 16,
    APIC_LVT_REMOTE_IRR = 1 << 14,
    APIC_LVT_LEVEL = 1 << 15,
    APIC_LVT_READ_ONLY = 1 << 12 | APIC_LVT_REMOTE_IRR, /* delivery status */

    APIC_ICR_PENDING = 1 << 12, /* delivery status, read only, xAPIC */
    APIC_ICR_ASSERT = 1 << 14,
    APIC_ICR_LEVEL = 1 << 15,

    APIC_FIRST_VECTOR = 16, /* vectors 0 to 15 are illegal for the APIC */
};

/* ICR and LVT delivery modes, and the kind of a message in flight (struct message). */
enum apic_delivery {
    APIC_FIXED = 0,
    APIC_LOWEST = 1,
    APIC_SMI = 2,
    APIC_NMI = 4,
    APIC_INIT = 5,
    APIC_STARTUP = 6,
    APIC_EXTINT = 7,

    /* Kinds of messages beyond those. */
    APIC_EOI_BROADCAST = 8, /* to the I/O APICs */
    APIC_DOORBELL = 9,      /* lapic/doorbell.h */
    APIC_CARRIED = 10,      /* this and above: the local APICs only carry them (struct fabric_guest) */
};

enum apic_shorthand { APIC_TO_DEST = 0, APIC_TO_SELF = 1, APIC_TO_ALL = 2, APIC_TO_OTHERS = 3 };

enum apic_lvt {
    LVT_CMCI,
    LVT_TIMER,
    LVT_THERMAL,
    LVT_PMC,
    LVT_LINT0,
    LVT_LINT1,
    LVT_ERROR,
    LVT_COUNT,
};

#endif
