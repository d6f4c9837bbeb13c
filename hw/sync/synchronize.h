// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

namespace spikeloom::hw {

/// Waits until the initiator's time, which is `delay` ahead of SystemC's, and sets `delay` to zero.
/// b_transport calls it before a side effect. What the chip does at exactly that time comes first.
inline void synchronize(sc_core::sc_time& delay) {
  if (delay == sc_core::SC_ZERO_TIME) return;
  sc_core::wait(delay);
  sc_core::wait(sc_core::SC_ZERO_TIME);
  delay = sc_core::SC_ZERO_TIME;
}

}  // namespace spikeloom::hw
