# SPDX-License-Identifier: GPL-2.0-or-later
# The loop of the fast path in front of the entry without one.
irqweave_image_uses(icr-fastpath logic/fastpath)
