/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of the APIC-access page without a core, against a second formulation in the words of the
 * manual, for everything that can be asked (SDM vol. 3, 29.4.2, 29.4.3.1, 29.4.3.2).
 */
#include <criterion/criterion.h>

#include "vmx/apic_access.h"

struct range {
    unsigned first, last; /* offsets */
};

/* 29.4.2: "virtualized if it is entirely within one of the following ranges of offsets". */
static const struct range read_ranges[] = {
    {0x020, 0x023}, {0x030, 0x033}, {0x080, 0x083}, {0x0b0, 0x0b3}, {0x0d0, 0x0d3}, {0x0e0, 0x0e3},
    {0x0f0, 0x0f3}, {0x100, 0x103}, {0x110, 0x113}, {0x120, 0x123}, {0x130, 0x133}, {0x140, 0x143},
    {0x150, 0x153}, {0x160, 0x163}, {0x170, 0x173}, {0x180, 0x183}, {0x190, 0x193}, {0x1a0, 0x1a3},
    {0x1b0, 0x1b3}, {0x1c0, 0x1c3}, {0x1d0, 0x1d3}, {0x1e0, 0x1e3}, {0x1f0, 0x1f3}, {0x200, 0x203},
    {0x210, 0x213}, {0x220, 0x223}, {0x230, 0x233}, {0x240, 0x243}, {0x250, 0x253}, {0x260, 0x263},
    {0x270, 0x273}, {0x280, 0x283}, {0x300, 0x303}, {0x310, 0x313}, {0x320, 0x323}, {0x330, 0x333},
    {0x340, 0x343}, {0x350, 0x353}, {0x360, 0x363}, {0x370, 0x373}, {0x380, 0x383}, {0x3e0, 0x3e3},
};

/* 29.4.3.1 */
static const struct range write_ranges[] = {
    {0x020, 0x023}, {0x080, 0x083}, {0x0b0, 0x0b3}, {0x0d0, 0x0d3}, {0x0e0, 0x0e3}, {0x0f0, 0x0f3},
    {0x280, 0x283}, {0x300, 0x303}, {0x310, 0x313}, {0x320, 0x323}, {0x330, 0x333}, {0x340, 0x343},
    {0x350, 0x353}, {0x360, 0x363}, {0x370, 0x373}, {0x380, 0x383}, {0x3e0, 0x3e3},
};

static bool within_one(const struct range *list, size_t count, unsigned first, unsigned last)
{
    for (size_t i = 0; i < count; i++)
        if (first >= list[i].first && last <= list[i].last)
            return true;
    return false;
}

/* "Bits 3:2 of the access's address are 0, and the same is true of the address of the highest byte
 * accessed", and both lie in one 16-byte region. */
static bool contained(unsigned first, unsigned last)
{
    return !(first & 0xc) && !(last & 0xc) && first / 16 == last / 16;
}

static bool expected(const struct apic_access_controls *k, enum apic_access_type type,
                     unsigned offset, unsigned size, const struct apic_operation *before)
{
    unsigned last = offset + size - 1;
    bool write = type == APIC_ACCESS_WRITE;
    if (!k->tpr_shadow || type == APIC_ACCESS_FETCH || 8 * size > 32 || !contained(offset, last))
        return false;
    if (before->size && (!write || before->offset != offset || before->size != size))
        return false;
    if (k->register_virt && write)
        return within_one(write_ranges, sizeof write_ranges / sizeof *write_ranges, offset, last);
    if (k->register_virt)
        return within_one(read_ranges, sizeof read_ranges / sizeof *read_ranges, offset, last);
    if (write && offset == 0x300 && k->ipi_virtualization) /* a title of later editions: docs/model.md */
        return true;
    if (k->virtual_interrupt)
        return offset == 0x080 || offset == 0x0b0 || offset == 0x300;
    return offset == 0x080;
}

static void compare(const struct apic_access_controls *k, enum apic_access_type type, unsigned size)
{
    for (unsigned offset = 0; offset < 4096; offset++) {
        const struct apic_operation before[] = {
            {0, 0}, {(uint16_t)offset, (uint16_t)size}, {(uint16_t)offset, (uint16_t)(3 - size % 3)},
            {(uint16_t)(offset ^ 0x10), (uint16_t)size}};
        for (unsigned i = 0; i < 4; i++)
            cr_assert_eq(apic_access_virtualized(k, type, offset, size, &before[i]),
                         expected(k, type, offset, size, &before[i]),
                         "type %d, offset %#x, size %u, write before: %#x, %u", type, offset, size,
                         before[i].offset, before[i].size);
    }
}

/* All controls, types, offsets and sizes, and what the operation has written before. */
Test(vmx_apic_rules, V11_accesses)
{
    static const unsigned sizes[] = {1, 2, 3, 4, 8, 16};
    for (unsigned bits = 0; bits < 16; bits++) {
        struct apic_access_controls k = {bits & 1, bits & 2, bits & 4, bits & 8};
        for (unsigned type = APIC_ACCESS_READ; type <= APIC_ACCESS_DELIVERY; type++)
            for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
                compare(&k, (enum apic_access_type)type, sizes[i]);
    }
}

/* 29.4.3.2, item by item. */
static bool expected_self_ipi(uint32_t low)
{
    for (unsigned bit = 20; bit <= 31; bit++)
        if (low >> bit & 1)
            return false;
    if (low & (1 << 17) || low & (1 << 16) || low & (1 << 13) || low & (1 << 12))
        return false;
    bool self = !(low & (1 << 19)) && (low & (1 << 18));
    bool edge = !(low & (1 << 15));
    bool fixed = !(low & (1 << 8)) && !(low & (1 << 9)) && !(low & (1 << 10));
    return self && edge && fixed && (low & 0xff) / 16 != 0;
}

/* Every value of bits 19:0, and with each one of the bits above. */
Test(vmx_apic_rules, V8_self_ipi_shape)
{
    unsigned shapes = 0;
    for (uint32_t low = 0; low < 1 << 20; low++) {
        shapes += apic_self_ipi_shape(low);
        cr_assert_eq(apic_self_ipi_shape(low), expected_self_ipi(low), "%#x", low);
        for (unsigned bit = 20; bit < 32; bit++)
            cr_assert_not(apic_self_ipi_shape(low | 1u << bit), "%#x", low | 1u << bit);
    }
    cr_assert_eq(shapes, 240 * 4, "240 vectors; level and destination mode do not matter");
}
