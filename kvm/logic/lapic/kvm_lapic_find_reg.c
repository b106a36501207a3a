/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which registers there are in which mode, and which of their bits can be written; see kvm_lapic.h.
 * [SDM tables 10-1, 10-6; figures 10-8 to 10-12]
 */
#include "kvm_lapic.h"

#define R       REG_READ
#define W       REG_WRITE
#define RW      (R | W)
#define X       REG_XAPIC
#define X2      REG_X2APIC
#define BOTH    (X | X2)

static const struct lapic_register registers[] = {
    { APIC_ID, 1, R | BOTH, 0 },
    { APIC_LVR, 1, R | BOTH, 0 },
    { APIC_TASKPRI, 1, RW | BOTH, 0xff },
    { APIC_ARBPRI, 1, R | X, 0 },
    { APIC_PROCPRI, 1, R | BOTH, 0 },
    { APIC_EOI, 1, W | BOTH, 0 },
    { APIC_RRR, 1, R | X, 0 },
    { APIC_LDR, 1, RW | X, 0xff000000 },
    { APIC_LDR, 1, R | X2, 0 },
    { APIC_DFR, 1, RW | X, 0xf0000000 },
    { APIC_SPIV, 1, RW | BOTH, 0x11ff },
    { APIC_ISR, 8, R | BOTH, 0 },
    { APIC_TMR, 8, R | BOTH, 0 },
    { APIC_IRR, 8, R | BOTH, 0 },
    { APIC_ESR, 1, RW | BOTH, 0 },
    { APIC_LVTCMCI, 1, RW | BOTH, 0x107ff },
    { APIC_ICR, 1, RW | X, 0xccfff },
    { APIC_ICR, 1, RW | X2, 0xcdfff },      /* its high dword has no reserved bits */
    { APIC_ICR2, 1, RW | X, 0xff000000 },
    { APIC_LVTT, 1, RW | BOTH, 0x700ff },
    { APIC_LVTTHMR, 2, RW | BOTH, 0x107ff },
    { APIC_LVT0, 2, RW | BOTH, 0x1a7ff },
    { APIC_LVTERR, 1, RW | BOTH, 0x100ff },
    { APIC_TMICT, 1, RW | BOTH, 0xffffffff },
    { APIC_TMCCT, 1, R | BOTH, 0 },
    { APIC_TDCR, 1, RW | BOTH, 0xb },
    { APIC_SELF_IPI, 1, W | X2, 0xff },
};

const struct lapic_register *kvm_lapic_find_reg(struct kvm_lapic *apic, u32 offset)
{
    u8 mode = apic_x2apic_mode(apic) ? X2 : X;

    for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
        const struct lapic_register *reg = &registers[i];

        if ((reg->access & mode) && offset >= reg->first && offset < reg->first + reg->count * 0x10u)
            return reg;
    }
    return NULL;
}
