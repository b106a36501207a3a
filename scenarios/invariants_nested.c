/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants of a guest hypervisor whose APIC virtualization goes off and on, on Intel. After the dossier of races (A2): see
 * scenarios/nested-apicv-update/README.md. (N-1, which controls go together, is what VM entry checks: vmx/checks.c. N-5 is of AVIC.)
 *
 * vCPU 0 is on core 0. Its own VMCS, vmcs01, is the one that names its virtual-APIC page, the state vapic0; any other
 * that the core enters is vmcs02. Controls are the core's own, and so are bit, flag and vmcs12: no question is asked of others.
 */
#include <stdio.h>

#include "kvm/runtime/marker.h"
#include "scenarios/invariants_internal.h"
#include "scenarios/states.h"
#include "vmx/controls.h"

enum { CORE = 0 };

static bool is_vmcs01(const struct look *l, const struct vmcs *v)
{
    return v && vmcs_get(v, VMCS_VIRTUAL_APIC) == l->s->states.vapic->address;
}

static uint64_t own(const struct look *l, const struct image_state *state, unsigned size)
{
    return state_read_as(l->s, CORE, state->address, size);
}

/* The VMCS that core 0 enters with in this step; NULL if it is a step of another. */
static const struct vmcs *entered(const struct look *l)
{
    return step_writes(l->footprint, core_control(CORE, UNIT_VIRT)) ? vmx_current(l->s->vmx, CORE) : NULL;
}

/* N-2: where core 0 enters the vCPU's own guest, not a guest of that guest, virtual-interrupt delivery is on if and only if KVM
 * takes APICv to be on. */
bool nested2_vmx(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    const struct vmcs *v = entered(&l);
    (void)m;
    if (!is_vmcs01(&l, v))
        return true;
    bool on = vmx_sec(v, SEC_VIRTUAL_INTERRUPT), active = own(&l, l.s->states.apicv[0].active, 1);
    if (on == active)
        return true;
    snprintf(message, size, "CPU%u enters L1 with virtual-interrupt delivery %s in vmcs01, and KVM takes APICv to be %s", CORE,
             on ? "on" : "off", active ? "on" : "off");
    return false;
}

/* N-3: where core 0 enters a guest of the guest, the controls of APIC virtualization in vmcs02 are those of vmcs12. */
bool nested3(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    const uint32_t secondary = SEC_X2APIC | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT;
    struct look l = {context, fp};
    const struct vmcs *v = entered(&l);
    (void)m;
    if (!v || is_vmcs01(&l, v))
        return true;
    uint32_t pin = (uint32_t)own(&l, l.s->states.vmcs12_pin, 4), proc = (uint32_t)own(&l, l.s->states.vmcs12_proc, 4);
    uint32_t wanted = (uint32_t)own(&l, l.s->states.vmcs12_secondary, 4) & secondary;
    if (vmx_pin(v, PIN_POSTED_INTERRUPTS) == !!(pin & PIN_POSTED_INTERRUPTS) &&
        vmx_proc(v, PROC_TPR_SHADOW) == !!(proc & PROC_TPR_SHADOW) && (vmx_secondary(v) & secondary) == wanted)
        return true;
    snprintf(message, size, "CPU%u enters L2 with controls in vmcs02 that L1 has not asked for: secondary %#x, in vmcs12 %#x",
             CORE, vmx_secondary(v) & secondary, wanted);
    return false;
}

/* N-4: where the request has been served, vmcs01 is as the bit says, or a flag says that it is yet to be. */
bool nested4(void *context, struct machine *m, struct footprint *fp, char *message, size_t size)
{
    struct look l = {context, fp};
    const struct vmcs *v = vmx_vmcs_of_page(l.s->vmx, l.s->states.vapic->address);
    (void)m;
    if (!v || !step_writes(fp, region_resource(CORE, REGION_APICV)))
        return true;
    bool on = vmx_sec(v, SEC_VIRTUAL_INTERRUPT), active = own(&l, l.s->states.apicv[0].active, 1);
    if (on == active || own(&l, l.s->states.deferred, 1))
        return true;
    snprintf(message, size, "the update of APICv to %s is done as far as KVM knows, vmcs01 has it %s, and nothing is left that "
             "would change that", active ? "on" : "off", on ? "on" : "off");
    return false;
}

bool nested_prepare(struct session *s, struct invariant *inv, char *error)
{
    if (!s->vmx) {
        snprintf(error, SCENARIO_ERROR, "variant %.40s: invariant %s is for machines with vendor: intel",
                 s->variant->name, inv->name);
        return false;
    }
    if (!state_find(s, "vapic0", 4096, &s->states.vapic, error) ||
        !state_find(s, "vcpu0.apicv_active", 1, &s->states.apicv[0].active, error) ||
        !state_find(s, "nested.update_apicv", 1, &s->states.deferred, error) ||
        !state_find(s, "vmcs12.pin", 4, &s->states.vmcs12_pin, error) ||
        !state_find(s, "vmcs12.cpu", 4, &s->states.vmcs12_proc, error) ||
        !state_find(s, "vmcs12.secondary", 4, &s->states.vmcs12_secondary, error))
        return false;
    watch(inv, s->states.apicv[0].active, 1);
    s->m->region_watch |= INSIDE(REGION_APICV);
    return true;
}
