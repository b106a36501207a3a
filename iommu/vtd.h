/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VT-d unit (VT-d specification, rev. 5.10): interrupt remapping and posting. Its registers are
 * memory-mapped, its table, queue and descriptors are in memory; what it does by itself (obeying a
 * command, taking descriptors off the queue, sending its own events) are steps of an agent of its
 * own. The requests that it remaps belong to the devices that send them (iommu/msi.h).
 *
 * During set-up there are no agents: what a register write asks for is then done at once.
 */
#ifndef IOMMU_VTD_H
#define IOMMU_VTD_H

#include "iommu/entry_cache.h"
#include "iommu/remap.h"
#include "lapic/lapic.h"

#define VTD_BASE 0xfed90000ull /* physical address of the registers, one page */

/* Offsets of registers (11.4). Those of DMA remapping but RTADDR are left out. */
enum vtd_offset {
    VTD_VER = 0x00,
    VTD_CAP = 0x08,
    VTD_ECAP = 0x10,
    VTD_GCMD = 0x18,
    VTD_GSTS = 0x1c,
    VTD_FSTS = 0x34,
    VTD_FECTL = 0x38,
    VTD_FEDATA = 0x3c,
    VTD_FEADDR = 0x40,
    VTD_FEUADDR = 0x44,
    VTD_IQH = 0x80,
    VTD_IQT = 0x88,
    VTD_IQA = 0x90,
    VTD_ICS = 0x9c,
    VTD_IECTL = 0xa0,
    VTD_IEDATA = 0xa4,
    VTD_IEADDR = 0xa8,
    VTD_IEUADDR = 0xac,
    VTD_IQERCD = 0xb0,
    VTD_IRTA = 0xb8,
    VTD_FRCD = 0x200, /* fault recording registers, 16 bytes each */
};

enum { VTD_RECORDS = 2, VTD_MHMV = 15 };

#define VTD_CAP_PI (1ull << 59)
/* Posting; VTD_RECORDS fault records at VTD_FRCD. CM = 0: entries that fault are not cached. */
#define VTD_CAP_VALUE                                                                             \
    (VTD_CAP_PI | (uint64_t)(VTD_RECORDS - 1) << 40 | (uint64_t)(VTD_FRCD / 16) << 24)
/* Coherent, queued invalidation, interrupt remapping, extended mode; any mask of handles. */
#define VTD_ECAP_VALUE (1ull << 0 | 1ull << 1 | 1ull << 3 | 1ull << 4 | (uint64_t)VTD_MHMV << 20)

/* GCMD and GSTS: the same bits. */
#define VTD_TE (1u << 31)
#define VTD_SRTP (1u << 30)
#define VTD_QIE (1u << 26)
#define VTD_IRE (1u << 25)
#define VTD_SIRTP (1u << 24)
#define VTD_CFI (1u << 23)

#define VTD_IRTA_EIME (1ull << 11)

/* FSTS */
#define VTD_FSTS_PFO (1u << 0) /* a fault found no free record */
#define VTD_FSTS_PPF (1u << 1) /* some record is in use */
#define VTD_FSTS_IQE (1u << 4) /* invalidation queue error */

/* FECTL and IECTL; the second bit of a record's upper half. */
#define VTD_EVENT_IM (1u << 31) /* masked */
#define VTD_EVENT_IP (1u << 30) /* pending */
#define VTD_ICS_IWC (1u << 0)
#define VTD_FRCD_F (1ull << 63)

/* Why a request was blocked (5.1.4.1, "Interrupt Remapping Fault Conditions"). */
enum vtd_reason {
    VTD_OK = 0,
    VTD_REQUEST_RESERVED = 0x20,
    VTD_INDEX_TOO_LARGE = 0x21,
    VTD_NOT_PRESENT = 0x22,
    VTD_TABLE_ERROR = 0x23,
    VTD_ENTRY_RESERVED = 0x24,
    VTD_COMPATIBILITY_BLOCKED = 0x25,
    VTD_SOURCE_REFUSED = 0x26,
    VTD_DESCRIPTOR_ERROR = 0x27,
    VTD_DESCRIPTOR_RESERVED = 0x28,
};

enum vtd_form { VTD_BLOCKED, VTD_COMPATIBILITY, VTD_REMAPPED, VTD_POSTED };

/* What becomes of a request. Plain data: kept in the arena until it is acted upon. */
struct vtd_outcome {
    uint32_t form;   /* enum vtd_form */
    uint32_t reason; /* enum vtd_reason of VTD_BLOCKED */
    uint32_t index;  /* of the entry; 0 in compatibility format */
    uint8_t silent;  /* VTD_BLOCKED: a qualified fault, and FPD forbids to report it */
    uint8_t extended;    /* EIME: x2APIC ids */
    uint8_t vector;      /* remapped: physical; posted: bit of PIR */
    uint8_t delivery;    /* remapped: enum apic_delivery */
    uint8_t logical;     /* remapped: DM */
    uint8_t redirection; /* remapped: RH */
    uint8_t level;       /* remapped: TM */
    uint8_t urgent;      /* posted */
    uint8_t looked_up;   /* an entry was read, from the cache or from memory */
    uint32_t destination; /* remapped: APIC id or logical id, as large as the mode has them */
    uint64_t descriptor;  /* posted: physical address */
};

struct vtd;

/* Attaches a unit whose agent is device `index`. Before cores are set up; `cpu` may be NULL. */
struct vtd *vtd_new(struct machine *, struct cpu *, struct lapic *, unsigned index);
void vtd_free(struct vtd *);

/* ---- Pure rules (iommu/vtd_irte.c) ---- */

/* 5.1.3: the index of the entry, 0 to FFFFh + FFFFh. False: reserved bits are set. */
bool vtd_decode_request(const struct interrupt_request *, uint32_t *index);

/* 5.1.2: does bit 4 of the address say remappable format? */
static inline bool vtd_is_remappable(uint64_t address)
{
    return address >> 4 & 1;
}

/* 9.9, 9.10: fills the outcome from an entry, or blocks the request. */
void vtd_judge_entry(const struct table_entry *, uint16_t requester, bool extended,
                     struct vtd_outcome *);

/* 9.11: NDST of a descriptor's control word, by the mode; false if reserved bits are set. */
uint32_t vtd_notification_destination(uint64_t control, bool extended);
bool vtd_descriptor_is_clean(uint64_t control, bool extended);

/* What it is to devices (iommu/vtd_request.c). */
struct remapper vtd_remapper(struct vtd *);

/* A register as software would read it, for tests. */
uint64_t vtd_register(const struct vtd *, unsigned offset);

#endif
