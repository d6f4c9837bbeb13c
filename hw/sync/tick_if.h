// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <systemc>

namespace spikeloom::hw {

/// Interface of the ticks for the modules of a chip. A port of this type is notified when a tick
/// starts; cores and host port then take their spikes and inject packets.
class TickIf : public virtual sc_core::sc_interface {
 public:
  /// Returns the number of the running tick, or of the next one.
  virtual std::uint64_t number() const = 0;
  /// Returns whether a tick is running. A module that is notified of the start of a tick in the
  /// delta cycle of a reset finds that none is.
  virtual bool running() const = 0;
  /// Returns the number of the first tick that the host has not committed yet.
  virtual std::uint64_t committed() const = 0;
  /// Returns the length of every tick in cycles, or 0 if the barrier ends ticks.
  virtual std::int64_t length() const = 0;
  /// Reports that a module has work of its own until `cycle`, counted from the start of the tick.
  virtual void busy_until(std::int64_t cycle) = 0;
  /// Reports that the network's last event of the tick ended in `cycle`, counted from the start of
  /// the tick. The network is empty, or the tick's length is over.
  virtual void network_done(std::int64_t cycle) = 0;
};

}  // namespace spikeloom::hw
