/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An AMD IOMMU (AMD I/O Virtualization Technology specification, publication 48882, rev. 3.11, as far as
 * public sources report it): interrupt remapping with 32-bit and 128-bit entries, and guest virtual APIC
 * mode. Its registers are memory-mapped; its device table, interrupt remapping tables, command buffer and
 * logs are in memory. Taking commands out of the buffer are steps of an agent of its own. The requests
 * that it remaps belong to the devices that send them (iommu/msi.h).
 *
 * During set-up there are no agents: what a register write asks for is then done at once.
 */
#ifndef IOMMU_AMDVI_H
#define IOMMU_AMDVI_H

#include "iommu/entry_cache.h"
#include "iommu/remap.h"
#include "lapic/lapic.h"
#include "lapic/msi.h"

#define AMDVI_BASE 0xfeb80000ull /* physical address of the registers */

/* Offsets of registers (MMIO registers). Of 64 bits, but for those of the MSI capability. */
enum amdvi_offset {
    AMDVI_DEVICE_TABLE = 0x0000,   /* base 51:12; size 8:0, 4 KiB units - 1 */
    AMDVI_COMMAND_BUFFER = 0x0008, /* base 51:12; length 59:56, 2^n entries of 16 bytes, 8 to 15 */
    AMDVI_EVENT_LOG = 0x0010,      /* the same */
    AMDVI_CONTROL = 0x0018,
    AMDVI_EFR = 0x0030,
    AMDVI_GA_LOG = 0x00e0,         /* base 51:12; length 59:56, 8: 512 entries of 8 bytes */
    AMDVI_GA_TAIL_ADDRESS = 0x00e8, /* 51:3: where the tail is written to, too */
    AMDVI_MSI_HEADER = 0x0158,     /* bit 16: enable */
    AMDVI_MSI_ADDRESS = 0x015c,
    AMDVI_MSI_UPPER = 0x0160,
    AMDVI_MSI_DATA = 0x0164,
    AMDVI_XT_GENERAL = 0x0170,     /* event log and COMPLETION_WAIT, with IntCapXTEn */
    AMDVI_XT_GA = 0x0180,
    AMDVI_EFR2 = 0x01a0,
    AMDVI_COMMAND_HEAD = 0x2000,
    AMDVI_COMMAND_TAIL = 0x2008,
    AMDVI_EVENT_HEAD = 0x2010,
    AMDVI_EVENT_TAIL = 0x2018,
    AMDVI_STATUS = 0x2020,
    AMDVI_GA_HEAD = 0x2040,
    AMDVI_GA_TAIL = 0x2048,
};

/* CONTROL */
#define AMDVI_IOMMU_EN (1ull << 0)
#define AMDVI_EVENT_LOG_EN (1ull << 2)
#define AMDVI_EVENT_INT_EN (1ull << 3)
#define AMDVI_WAIT_INT_EN (1ull << 4)
#define AMDVI_COMMAND_EN (1ull << 12)
#define AMDVI_GA_EN (1ull << 17)
#define AMDVI_GAM_EN (1ull << 25) /* of 27:25: 1, posting to a vAPIC */
#define AMDVI_GAM_MASK (7ull << 25)
#define AMDVI_GA_LOG_EN (1ull << 28)
#define AMDVI_GA_INT_EN (1ull << 29)
#define AMDVI_REMAP_2048 (1ull << 43) /* of 44:43: whatever kind data 10:8 would say, it is index */
#define AMDVI_REMAP_MASK (3ull << 43)
#define AMDVI_XT_EN (1ull << 50)
#define AMDVI_INT_CAP_XT_EN (1ull << 51)
#define AMDVI_GAPPI_EN (1ull << 55)
#define AMDVI_IRT_CACHE_DIS (1ull << 59)

/* EFR: XTSup, GAPPISup, IASup, GASup, GAMSup = 1, MsiCapMmioSup. EFR2: GAPPIDisSup, NumIntRemapSup = 1. */
#define AMDVI_EFR_VALUE (1ull << 2 | 1ull << 5 | 1ull << 6 | 1ull << 7 | 1ull << 21 | 1ull << 46)
#define AMDVI_EFR2_VALUE (1ull << 4 | 1ull << 8)

/* STATUS */
enum {
    AMDVI_EVENT_OVERFLOW = 1 << 0,
    AMDVI_EVENT_INT = 1 << 1,
    AMDVI_WAIT_INT = 1 << 2,
    AMDVI_EVENT_RUN = 1 << 3,
    AMDVI_COMMAND_RUN = 1 << 4,
    AMDVI_GA_RUN = 1 << 8,
    AMDVI_GA_OVERFLOW = 1 << 9,
    AMDVI_GA_INT = 1 << 10,
};

/* Commands: opcode in 63:60 of the first quadword. */
enum amdvi_command {
    AMDVI_COMPLETION_WAIT = 1, /* s 0, i 1, f 2, address 51:3; data in the second quadword */
    AMDVI_INVALIDATE_DEVTAB_ENTRY = 2, /* DeviceID 15:0 */
    AMDVI_INVALIDATE_IOMMU_PAGES = 3,
    AMDVI_INVALIDATE_INTERRUPT_TABLE = 5, /* DeviceID 15:0 */
    AMDVI_INVALIDATE_IOMMU_ALL = 8,
};

#define AMDVI_WAIT_STORES (1ull << 0)
#define AMDVI_WAIT_INTERRUPTS (1ull << 1)

/* Entries of the event log: DeviceID 15:0, flags and the code of the event; address of the cause. */
enum amdvi_event {
    AMDVI_NO_EVENT = 0,
    AMDVI_ILLEGAL_DEV_TABLE_ENTRY = 1,
    AMDVI_IO_PAGE_FAULT = 2,
    AMDVI_DEV_TAB_HARDWARE_ERROR = 3,
    AMDVI_PAGE_TAB_HARDWARE_ERROR = 4,
    AMDVI_ILLEGAL_COMMAND_ERROR = 5,
    AMDVI_COMMAND_HARDWARE_ERROR = 6,
};

#define AMDVI_EVENT_CODE(q) ((unsigned)((q) >> 60))
#define AMDVI_EVENT_I (1ull << 51)  /* an interrupt request */
#define AMDVI_EVENT_PR (1ull << 52) /* its entry has RemapEn = 1 */
#define AMDVI_EVENT_RZ (1ull << 55) /* a reserved bit or value */

/* Entries of the GA log: GATag 31:0, DeviceID 47:32, type 63:60. */
#define AMDVI_GA_GUEST_INTERRUPT (1ull << 60)

/* Device table entry, third quadword (bits 191:128). */
#define DTE_IV (1ull << 0)
#define DTE_IG (1ull << 5)
#define DTE_TABLE 0x000fffffffffffc0ull
#define DTE_INIT_PASS (1ull << 56)
#define DTE_EINT_PASS (1ull << 57)
#define DTE_NMI_PASS (1ull << 58)

enum { DTE_BYTES = 32, DTE_INTERRUPTS = 16, INT_TAB_LEN_MAX = 11 };
enum { INT_CTL_ABORT = 0, INT_CTL_FORWARD = 1, INT_CTL_REMAP = 2 };

static inline unsigned dte_int_tab_len(uint64_t dte)
{
    return dte >> 1 & 15;
}

static inline unsigned dte_int_ctl(uint64_t dte)
{
    return dte >> 60 & 3;
}

/* Interrupt remapping table entry, lower quadword. */
enum {
    IRTE_REMAP_EN = 1 << 0,
    IRTE_SUP_IOPF = 1 << 1,
    IRTE_GA_LOG_INTR = 1 << 2, /* with GuestMode; IntType is in 4:2 without */
    IRTE_GAPPI_DIS = 1 << 5,
    IRTE_RQ_EOI = 1 << 5,
    IRTE_IS_RUN = 1 << 6,
    IRTE_DM = 1 << 6,
    IRTE_GUEST_MODE = 1 << 7,
};

/* What the control register says about entries. */
struct amdvi_mode {
    bool ga;    /* entries of 128 bits */
    bool guest; /* GuestMode may be set */
    bool xt;    /* destinations of 32 bits, not of 8 */
    bool gappi;
};

enum amdvi_form { AMDVI_BLOCKED, AMDVI_UNMAPPED, AMDVI_REMAPPED, AMDVI_GUEST };

/* What becomes of a request: by the device table entry, then by the remapping entry. Plain data. */
struct amdvi_outcome {
    uint32_t form;        /* enum amdvi_form */
    uint32_t event;       /* of AMDVI_BLOCKED: enum amdvi_event; AMDVI_NO_EVENT: not logged */
    uint64_t flags;       /* of the event */
    uint64_t page;        /* guest: vAPIC backing page */
    uint32_t destination; /* remapped */
    uint8_t vector, delivery, logical, level; /* guest: the vector alone */
};

/* The fields that are read again for each interrupt, as they are in memory then. */
struct amdvi_live {
    bool is_run, ga_log_intr, gappi_dis;
    uint32_t destination, tag;
};

struct amdvi;

/* Attaches a unit whose agent is device `index`. Before cores are set up; `cpu` may be NULL. */
struct amdvi *amdvi_new(struct machine *, struct cpu *, struct lapic *, unsigned index);
void amdvi_free(struct amdvi *);

/* What it is to devices (iommu/amdvi_request.c). */
struct remapper amdvi_remapper(struct amdvi *);

/* ---- Pure rules (iommu/amdvi_entry.c) ---- */

/* The entry of an MSI: data 10:0. */
static inline uint32_t amdvi_index(uint32_t data)
{
    return data & 0x7ff;
}

/* "Interrupt Remapping", DTE fields: may the request be looked up in the table (AMDVI_REMAPPED), or what
 * else becomes of it? `all_kinds`: AMDVI_REMAP_2048; `iv_0_aborts`, `aborts_silently`: the knobs. */
struct amdvi_outcome amdvi_judge_device(const struct table_entry *interrupts, uint32_t data,
                                        bool all_kinds, bool iv_0_aborts, bool aborts_silently);

/* "Interrupt Remapping Tables": a 32-bit entry is in the low half. */
struct amdvi_outcome amdvi_judge_entry(const struct table_entry *, struct amdvi_mode);

struct amdvi_live amdvi_live_fields(const struct table_entry *, struct amdvi_mode);

/* A register as software would read it, for tests. */
uint64_t amdvi_register(const struct amdvi *, unsigned offset);

#endif
