/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V5: the vCPUs have exchanged their APIC ids, and the IPIs are virtualized all the same. The table goes by the
 * number of the vCPU, so the IPI to id 1, which is vCPU 0 now, is posted to vCPU 1.
 */
