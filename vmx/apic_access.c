/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses of a guest to the APIC-access page: virtualized, or an exit.
 * After the SDM vol. 3, 29.4.2, 29.4.3.1, 29.4.3.2; 27.2.1 for the qualification.
 *
 * A virtualized access is an ordinary load or store of the virtual-APIC page, which is write-back
 * memory: the store goes through the store buffer, a locked instruction is one step. What follows the
 * instruction is in apic_write.c.
 *
 * Left out: guest-physical and physical accesses (no EPT, 29.4.6); operands of system instructions that
 * lie on the page, which the core refuses; pages larger than 4 KByte.
 *
 * The 2016 text lets reads of 0B0h and 300h exit unless APIC registers are virtualized; later
 * editions virtualize them under virtual-interrupt delivery as they do writes. Taken is the later
 * one: it is the newer description of the same processors, and the one that tests of hypervisors
 * expect.
 */
#include "vmx/apic_access.h"

#include "vmx/internal.h"

static const struct footprint nothing;

/* A set of 16-byte slots of the page: bit n is offset n * 16. */
#define SLOT(offset) (1ull << ((offset) >> 4))
#define SLOTS(first, last) ((SLOT(last) << 1) - SLOT(first))

/* APIC-register virtualization: any access within the low four bytes of these. */
static const uint64_t registers_read =
    SLOTS(0x020, 0x030) | SLOT(0x080) | SLOT(0x0b0) | SLOTS(0x0d0, 0x0f0) | SLOTS(0x100, 0x170) |
    SLOTS(0x180, 0x1f0) | SLOTS(0x200, 0x270) | SLOT(0x280) | SLOTS(0x300, 0x310) |
    SLOTS(0x320, 0x370) | SLOT(0x380) | SLOT(0x3e0);
static const uint64_t registers_written =
    SLOT(0x020) | SLOT(0x080) | SLOT(0x0b0) | SLOTS(0x0d0, 0x0f0) | SLOT(0x280) |
    SLOTS(0x300, 0x310) | SLOTS(0x320, 0x370) | SLOT(0x380) | SLOT(0x3e0);

/* "Entirely contained within the low 4 bytes of a naturally aligned 16-byte region." */
static bool within_register(unsigned offset, unsigned size)
{
    return (offset & 0xf) + size <= 4;
}

/* "Already virtualized a write": no read, and only the same write once more. */
static bool again(const struct apic_operation *before, enum apic_access_type type, unsigned offset,
                  unsigned size)
{
    if (!before->size)
        return true;
    return type == APIC_ACCESS_WRITE && before->offset == offset && before->size == size;
}

/* Without APIC-register virtualization what counts is where the access begins. */
static bool known_offset(const struct apic_access_controls *k, unsigned offset)
{
    switch (offset) {
    case 0x080: return true;
    case 0x0b0: return k->virtual_interrupt;
    case 0x300: return k->virtual_interrupt || k->ipi_virtualization;
    case 0x310: return k->ipi_virtualization;
    default: return false;
    }
}

bool apic_access_virtualized(const struct apic_access_controls *k, enum apic_access_type type,
                             unsigned offset, unsigned size, const struct apic_operation *before)
{
    assert(offset < 4096);
    assert(size > 0);
    if (!k->tpr_shadow || type == APIC_ACCESS_FETCH || size > 4)
        return false;
    if (!within_register(offset, size) || !again(before, type, offset, size))
        return false;
    if (!k->register_virt)
        return known_offset(k, offset);
    if (offset >= 0x400)
        return false;
    return (type == APIC_ACCESS_WRITE ? registers_written : registers_read) >> (offset >> 4) & 1;
}

/* Reserved bits 31:20, 17:16 and 13, and the delivery status; level (14) and destination mode (11)
 * do not matter. */
bool apic_self_ipi_shape(uint32_t icr_low)
{
    const uint32_t zero = 0xfff00000u | 3u << 16 | 1u << 13 | 1u << 12;
    unsigned shorthand = icr_low >> 18 & 3, trigger = icr_low >> 15 & 1, delivery = icr_low >> 8 & 7;
    return !(icr_low & zero) && shorthand == 1 && !trigger && !delivery && (icr_low & 0xf0);
}

/* ---- On a core ---- */

/* Does IPI virtualization by itself virtualize the ICR? It is asked at accesses to it. */
static bool virtualizes_icr(struct core *c, const struct vmcs *v, unsigned offset)
{
    if (!ipiv_enabled(v) || (offset != VAPIC_VICR_LO && offset != VAPIC_VICR_HI))
        return false;
    return knob_value(&c->m->knobs, KNOB_IPIV_ICR_PAGE) == 0;
}

static bool virtualizes(struct core *c, const struct vmcs *v, enum apic_access_type type,
                        unsigned offset, unsigned size, const struct apic_operation *before)
{
    const struct apic_access_controls k = {
        .tpr_shadow = vmx_proc(v, PROC_TPR_SHADOW),
        .register_virt = vmx_sec(v, SEC_REGISTER_VIRT),
        .virtual_interrupt = vmx_sec(v, SEC_VIRTUAL_INTERRUPT),
        .ipi_virtualization = virtualizes_icr(c, v, offset),
    };
    return apic_access_virtualized(&k, type, offset, size, before);
}

/* Fault-like: the instruction has had no effect, the event goes to the IDT-vectoring information. */
static void leave(struct vmx *x, struct core *c, enum apic_access_type type, unsigned offset)
{
    struct footprint fp;
    unsigned flags = type == APIC_ACCESS_DELIVERY ? 0 : core_access_flags(c);
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    if (!core_point(c, &fp, flags | core_drain_flag(c, KNOB_VM_EXIT_DRAINS)))
        return;
    struct vmx_exit e = {
        .reason = EXIT_APIC_ACCESS,
        .qualification = apic_access_qualification(type, offset),
        .rip = core_interrupted_rip(c),
    };
    if (type <= APIC_ACCESS_WRITE)
        e.instruction_length = decoder_lookup(&c->cpu->decoder, c->exec.pc)->length;
    vmx_exit(x, c, &e);
}

bool vmx_page_access(struct vmx *x, struct core *c, enum page_access how, unsigned offset,
                     unsigned size, uint64_t *value)
{
    struct vmx_core *k = vmx_core(x, c);
    static const enum apic_access_type types[] = {
        [PAGE_READ] = APIC_ACCESS_READ,
        [PAGE_WRITE] = APIC_ACCESS_WRITE,
        [PAGE_FETCH] = APIC_ACCESS_FETCH,
        [PAGE_DELIVERY] = APIC_ACCESS_DELIVERY,
    };
    enum apic_access_type type = types[how];
    if (!virtualizes(c, vmx_current(x, c->id), type, offset, size, &k->operation)) {
        leave(x, c, type, offset);
        return false;
    }
    /* A locked instruction has offered its boundary, and its step must not be divided. */
    if (!c->exec.locked && !core_point(c, &nothing, core_access_flags(c)))
        return false;
    c->exec.spin_broken = 1; /* no part of what a round of a pause loop is compared by */
    machine_say(x->m, STEP_REGISTER, "APIC access: %s %#x", type ? "write" : "read", offset);
    uint64_t physical = vid_page(x, c) + offset;
    if (type == APIC_ACCESS_READ) {
        *value = core_page_load(c, physical, size);
        return true;
    }
    core_page_store(c, physical, size, *value);
    k->operation = (struct apic_operation){(uint16_t)offset, (uint16_t)size};
    c->exec.after = 1;
    return true;
}

void vmx_after_instruction(struct vmx *x, struct core *c)
{
    unsigned offset = vmx_core(x, c)->operation.offset;
    assert(vmx_core(x, c)->operation.size);
    vmx_core(x, c)->operation = (struct apic_operation){0};
    vmx_emulate_apic_write(x, c, offset);
}
