// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::sim {

/// Tells AddressSanitizer, if the program is built with it, where the stack of this thread is. To
/// be called after sc_start: SystemC 2.3.4 tells it of each switch between stacks, but not where
/// the one is that it comes back to, and an exception would then leave marks that look like errors
/// later.
void restore_stack_bounds();

}  // namespace spikeloom::sim
