// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

namespace spikeloom::hw {

/// For b_transport, before a side effect: waits until the initiator's time, `delay` ahead of
/// SystemC's, and sets `delay` to zero. What the chip does at that very time comes first.
inline void synchronize(sc_core::sc_time& delay) {
  if (delay == sc_core::SC_ZERO_TIME) return;
  sc_core::wait(delay);
  sc_core::wait(sc_core::SC_ZERO_TIME);
  delay = sc_core::SC_ZERO_TIME;
}

}  // namespace spikeloom::hw
