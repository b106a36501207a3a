/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCS fields by encoding, and the table of VMCSs.
 * After the SDM vol. 3, 24.11 and appendix B.
 * Left out: shadow VMCSs.
 */
#include "vmx/vmcs.h"

#include <stddef.h>

#include "vmx/controls.h"

static const uint16_t encodings[VMCS_FIELD_COUNT] = {
#define X(name, encoding) encoding,
    VMCS_FIELDS(X)
#undef X
};

static const char *const names[VMCS_FIELD_COUNT] = {
#define X(name, encoding) #name,
    VMCS_FIELDS(X)
#undef X
};

/* Width, type and index of an encoding as a small number. */
enum { INDEX_BITS = 6, SLOTS = 16 << INDEX_BITS };
#define SLOT(e) \
    (((e) >> 13 & 3) << (INDEX_BITS + 2) | ((e) >> 10 & 3) << INDEX_BITS | ((e) >> 1 & 63))

static const uint8_t field_of_slot[SLOTS] = {
#define X(name, encoding) [SLOT(encoding)] = VMCS_##name + 1,
    VMCS_FIELDS(X)
#undef X
};

_Static_assert(VMCS_FIELD_COUNT < 255, "the table above holds bytes");

int vmcs_lookup(uint64_t encoding, bool *high)
{
    *high = encoding & 1;
    if (encoding & ~0x6ffeull & ~1ull)
        return -1; /* reserved bits 12 and 63:15 */
    if ((encoding >> 1 & 0x1ff) >= 1 << INDEX_BITS)
        return -1;
    int f = field_of_slot[SLOT(encoding)] - 1;
    if (f < 0 || (*high && vmcs_width_of((uint32_t)encoding) != VMCS_64))
        return -1;
    assert(encodings[f] == (encoding & ~1ull));
    return f;
}

uint32_t vmcs_encoding(enum vmcs_field f)
{
    assert(f < VMCS_FIELD_COUNT);
    return encodings[f];
}

const char *vmcs_field_name(enum vmcs_field f)
{
    assert(f < VMCS_FIELD_COUNT);
    return names[f];
}

unsigned vmcs_access_read(const struct vmcs *v, uint64_t encoding, uint64_t *value)
{
    bool high;
    int f = vmcs_lookup(encoding, &high);
    if (f < 0)
        return VM_ERROR_UNSUPPORTED_FIELD;
    *value = high ? v->field[f] >> 32 : v->field[f];
    return 0;
}

static uint64_t truncated(enum vmcs_width width, uint64_t value)
{
    if (width == VMCS_16)
        return value & 0xffff;
    return width == VMCS_32 ? value & 0xffffffff : value;
}

unsigned vmcs_access_write(struct vmcs *v, uint64_t encoding, uint64_t value)
{
    bool high;
    int f = vmcs_lookup(encoding, &high);
    if (f < 0)
        return VM_ERROR_UNSUPPORTED_FIELD;
    /* IA32_VMX_MISC[29] is 0 here: the exit-information fields cannot be written. */
    if (vmcs_type_of((uint32_t)encoding) == VMCS_READ_ONLY)
        return VM_ERROR_READ_ONLY_FIELD;
    if (high)
        v->field[f] = (v->field[f] & 0xffffffff) | value << 32;
    else
        v->field[f] = truncated(vmcs_width_of((uint32_t)encoding), value);
    return 0;
}

struct vmcs *vmcs_find(struct vmcs *table, unsigned count, uint64_t address)
{
    struct vmcs *unused = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (table[i].used && table[i].address == address)
            return &table[i];
        if (!table[i].used && !unused)
            unused = &table[i];
    }
    if (unused) {
        unused->used = 1;
        unused->address = address;
    }
    return unused;
}
