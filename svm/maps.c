/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The permission maps of a guest: MSRs and ports that are intercepted (APM vol. 2, 15.10, 15.11).
 *
 * They are memory, read at each access, and not cached here: software that changes a map while the guest runs may be
 * noticed at once, as a processor may.
 */
#include "svm/avic.h"
#include "svm/internal.h"

enum {
    MSRPM_RANGE = 0x2000,
    MSRPM_RANGE_BYTES = 0x800,
    IOIO_IN = 1 << 0,
    IOIO_SIZE_SHIFT = 4, /* one bit of three: 1, 2, 4 bytes */
    IOIO_A64 = 1 << 9,
    IOIO_PORT_SHIFT = 16,
};

static int range_of(uint32_t msr)
{
    switch (msr & ~(uint32_t)(MSRPM_RANGE - 1)) {
    case 0: return 0;
    case 0xc0000000: return 1;
    case 0xc0010000: return 2;
    default: return -1;
    }
}

/* 15.11: two bits an MSR, reads and writes; MSRs outside the ranges are always intercepted. */
static bool msr_intercepted(struct core *c, const struct vmcb_copy *g, uint32_t msr, bool write)
{
    int range = range_of(msr);
    uint64_t base = vmcb_get(g, VMCB_MSRPM_BASE) & ~0xfffull;
    if (!svm_intercepts(g, VMEXIT_MSR))
        return false;
    if (range < 0)
        return true;
    unsigned bit = 2 * (msr & (MSRPM_RANGE - 1)) + write;
    uint64_t byte = base + (unsigned)range * MSRPM_RANGE_BYTES + bit / 8;
    return core_hw_read(c, byte, 1) >> bit % 8 & 1;
}

bool svm_guest_msr(struct svm *s, struct core *c, const struct insn *in, bool write)
{
    uint32_t msr = (uint32_t)core_reg(c, UC_X86_REG_RCX);
    if (!msr_intercepted(c, svm_current(s, c), msr, write))
        return avic_msr(s, c, in, write);
    svm_exit_instruction(s, c, in, VMEXIT_MSR, write, 0);
    return true;
}

/* 15.10.1: a bit a port; an access of more bytes looks at as many. */
static bool port_intercepted(struct core *c, const struct vmcb_copy *g, uint64_t port, unsigned size)
{
    uint64_t base = vmcb_get(g, VMCB_IOPM_BASE) & ~0xfffull;
    if (!svm_intercepts(g, VMEXIT_IOIO))
        return false;
    uint64_t bits = core_hw_read(c, base + port / 8, 1) | core_hw_read(c, base + port / 8 + 1, 1) << 8;
    return bits >> port % 8 & ((1u << size) - 1);
}

/* 15.10.2 */
bool svm_guest_port(struct svm *s, struct core *c, const struct insn *in, bool write)
{
    uint64_t port = core_operand_read(c, in, write ? 0 : 1) & 0xffff;
    unsigned size = in->operand[write ? 1 : 0].size;
    if (!port_intercepted(c, svm_current(s, c), port, size))
        return false;
    uint64_t info = port << IOIO_PORT_SHIFT | IOIO_A64 | (uint64_t)size << IOIO_SIZE_SHIFT |
                    (write ? 0 : IOIO_IN);
    svm_exit_instruction(s, c, in, VMEXIT_IOIO, info, in->address + in->length);
    return true;
}
