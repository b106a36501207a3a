/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged: request first, word second, all under the lock. kvm/logic/apicv is this variant.
 */
