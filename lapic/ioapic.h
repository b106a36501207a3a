/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One I/O APIC: 24 pins, a redirection entry each, registers at FEC00000h (82093AA data sheet; the EOI
 * register of version 20h as in Intel's I/O controller hubs). It takes one device number of the machine,
 * for its messages; it has no step of its own, unless its requests are remapped.
 */
#ifndef LAPIC_IOAPIC_H
#define LAPIC_IOAPIC_H

#include "lapic/lapic.h"
#include "lapic/msi.h"

enum {
    IOAPIC_ADDRESS = 0xfec00000,
    IOAPIC_SELECT = 0x00, /* IOREGSEL */
    IOAPIC_WINDOW = 0x10, /* IOWIN */
    IOAPIC_EOI = 0x40,    /* directed EOI: the vector */

    IOAPIC_ID = 0,      /* registers behind the window */
    IOAPIC_VERSION = 1,
    IOAPIC_ARBITRATION = 2,
    IOAPIC_ENTRY = 0x10, /* low dword of entry 0, then its high dword, and so on */

    IOAPIC_PINS = 24,
    IOAPIC_VERSION_VALUE = (IOAPIC_PINS - 1) << 16 | 0x20,
};

/* Fields of a redirection entry. */
enum {
    RTE_LOGICAL = 1 << 11,
    RTE_STATUS = 1 << 12,     /* read only; 0: a message leaves at once, unless it is remapped */
    RTE_ACTIVE_LOW = 1 << 13,
    RTE_REMOTE_IRR = 1 << 14, /* read only */
    RTE_LEVEL = 1 << 15,
    RTE_MASKED = 1 << 16,
};

/* Attaches it to machine device `device`. After lapic_new(), before the first core is set up. */
struct ioapic *ioapic_new(struct lapic *, unsigned device);

/* At set-up: who drives this pin drives it low when it asserts. */
void ioapic_wire_active_low(struct ioapic *, unsigned pin);

/* Driver `driver` (below 8) asserts or releases the pin; drivers of one pin are wired together. In a step
 * of message source `source`: may it be made, what does it touch, and the change. */
bool ioapic_can_drive(const struct ioapic *, unsigned source, unsigned driver, unsigned pin,
                      bool asserted);
void ioapic_next_drive(const struct ioapic *, unsigned source, unsigned driver, unsigned pin,
                       bool asserted, struct footprint *);
void ioapic_drive(struct ioapic *, unsigned source, unsigned driver, unsigned pin, bool asserted);

/*
 * Who stands between the I/O APIC and the local APICs (a VT-d unit). Requests then wait, with delivery status "send
 * pending", and leave by steps of the I/O APIC as an agent, which are the remapper's. Set before set-up.
 */
struct ioapic_remapper {
    bool (*can_step)(void *owner);
    void (*next)(void *owner, struct footprint *);
    void (*step)(void *owner);
    const char *(*says)(void *owner); /* what the next step is */
};
void ioapic_set_remapper(struct ioapic *, const struct ioapic_remapper *, void *owner);

/* For the remapper: the lowest pin whose request waits, -1 if there is none; the entry that it was made by; the
 * request has left; and what steps with requests touch. */
int ioapic_waiting_pin(const struct ioapic *);
uint64_t ioapic_request(const struct ioapic *, unsigned pin);
void ioapic_request_leaves(struct ioapic *, unsigned pin);
void ioapic_next_request(const struct ioapic *, struct footprint *);

/* What an entry asks for in compatibility format. Pure. */
struct msi_request ioapic_request_of(uint64_t entry);

/* The message source of the I/O APIC's own device number. */
unsigned ioapic_source(const struct ioapic *);

/* For tests and invariants. */
uint64_t ioapic_entry(const struct ioapic *, unsigned pin);

#endif
