/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPI virtualization: the PID-pointer table, the two updates of the target's descriptor, and the
 * notification.
 * After the SDM vol. 3, later editions: "IPI Virtualization", "APIC-Write Emulation", "Virtualizing
 * MSR-Based APIC Accesses"; "Controls for APIC Virtualization" for the fields.
 *
 * PIR and the control word change by a locked access each, in this order, and the notification
 * leaves after the second: another agent may come between any two. (The IOMMU needs one access for
 * both words.) A locked access waits for the store buffer: what the guest has stored before is
 * visible when its IPI is.
 *
 * Left out: SENDUIPI. The notification does not change what software reads from the physical ICR;
 * the SDM says only what an IPI it is.
 */
#include "vmx/ipiv.h"

#include "lapic/notify.h"
#include "vmx/internal.h"
#include "vmx/posted.h"

/* ---- Pure rules ---- */

bool ipiv_shape(uint32_t icr_low)
{
    const uint32_t shorthand = 3u << 18, trigger = 1u << 15, status = 1u << 12, mode = 1u << 11,
                   delivery = 7u << 8;
    return !(icr_low & (IPIV_ICR_RESERVED | shorthand | trigger | status | mode | delivery));
}

bool ipiv_entry_valid(uint64_t entry)
{
    return !(entry >> VMX_PHYSICAL_BITS) && (entry & 0x3f) == IPIV_ENTRY_VALID;
}

bool ipiv_table_in_range(const struct vmcs *v)
{
    uint64_t table = vmcs_get(v, VMCS_PID_POINTER_TABLE);
    uint64_t last = table + IPIV_ENTRY_SIZE * vmcs_get(v, VMCS_LAST_PID_INDEX);
    return !(table & 7) && !(table >> VMX_PHYSICAL_BITS) && !(last >> VMX_PHYSICAL_BITS);
}

bool ipiv_enabled(const struct vmcs *v)
{
    return vmx_tertiary(v) & TER_IPI_VIRTUALIZATION;
}

/* ---- VM entry ---- */

static const struct entry_row table_row = {
    ENTRY_FAILS_CONTROLS,
    "IPI virtualization: the PID-pointer table is 8-byte aligned and all of it in range", NULL};

static const struct entry_row tpr_shadow_row = {
    ENTRY_FAILS_CONTROLS, "IPI virtualization needs TPR shadow", NULL};

/* The knob is asked wherever the control is 1, which is the core's own affair. */
const struct entry_row *ipiv_check_entry(struct vmx *x, const struct vmcs *v)
{
    if (!ipiv_enabled(v))
        return NULL;
    unsigned checked = knob_value(&x->m->knobs, KNOB_IPIV_ENTRY_CHECKS);
    if (checked != 2 && !ipiv_table_in_range(v))
        return &table_row;
    return checked == 1 && !vmx_proc(v, PROC_TPR_SHADOW) ? &tpr_shadow_row : NULL;
}

/* ---- On a core ---- */

static uint64_t in_memory(struct core *c, uint64_t address, unsigned size)
{
    if (address + size > c->m->memory.size)
        core_not_modelled(c, "IPI virtualization with a table or descriptor outside memory");
    return address;
}

/* The target's descriptor; false if the table has none for it. */
static bool look_up(struct vmx *x, struct core *c, uint32_t target, uint64_t *pid)
{
    const struct vmcs *v = vmx_current(x, c->id);
    if (target > vmcs_get(v, VMCS_LAST_PID_INDEX))
        return false;
    uint64_t at = vmcs_get(v, VMCS_PID_POINTER_TABLE) + IPIV_ENTRY_SIZE * (uint64_t)target;
    uint64_t entry = core_hw_read(c, in_memory(c, at, IPIV_ENTRY_SIZE), IPIV_ENTRY_SIZE);
    machine_say(x->m, STEP_VMX, "IPIv: entry %u of the PID-pointer table is %#llx", target,
                (unsigned long long)entry);
    if (!ipiv_entry_valid(entry))
        return false;
    *pid = in_memory(c, entry & ~0x3full, sizeof(struct posted_descriptor));
    return true;
}

/* Another agent may find ON = 0 or 1 until the access itself is made: it decides. */
static uint64_t claim_notification(uint64_t control)
{
    return control & (PID_ON | PID_SN) ? control : control | PID_ON;
}

static void notify(struct vmx *x, struct core *c, uint64_t control)
{
    struct footprint fp;
    unsigned flags = 0;
    footprint_clear(&fp);
    lapic_next_notification(x->lapic, c->id, pid_nv(control), pid_ndst(control), &fp, &flags);
    core_point(c, &fp, flags);
    lapic_notify(x->lapic, c, pid_nv(control), pid_ndst(control));
}

static void post(struct vmx *x, struct core *c, uint64_t pid, unsigned vector)
{
    core_hw_rmw(c, pid + 8 * (vector / 64), 8, ~0ull, 1ull << (vector % 64));
    machine_say(x->m, STEP_SEND, "IPIv: posts %#x", vector);
    uint64_t control = core_hw_update(c, pid + PID_CONTROL, 8, claim_notification);
    if (claim_notification(control) == control) {
        machine_say(x->m, STEP_VMX, "IPIv: %s", control & PID_ON ? "ON was 1" : "SN is 1");
        return;
    }
    machine_say(x->m, STEP_VMX, "IPIv: ON = 1");
    notify(x, c, control);
}

bool ipiv_write_icr(struct vmx *x, struct core *c, uint32_t icr_low, uint32_t target)
{
    unsigned vector = icr_low & 0xff;
    assert(ipiv_enabled(vmx_current(x, c->id)));
    if (!ipiv_shape(icr_low) || vector < 16)
        return false;
    uint64_t pid;
    if (!look_up(x, c, target, &pid))
        return false;
    post(x, c, pid, vector);
    c->state->cycles += VMX_IPIV_CYCLES;
    return true;
}
