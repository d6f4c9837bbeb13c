// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <systemc>

namespace spikeloom::hw {

/// What the modules of a chip see of its ticks. A port of it is notified when a tick starts: cores
/// and host port then take their spikes and inject.
class TickIf : public virtual sc_core::sc_interface {
 public:
  /// Number of the running tick, or of the next one.
  virtual std::uint64_t number() const = 0;
  /// Whether a tick runs. A module that is told of a tick's start in the delta cycle of a reset
  /// finds that none does.
  virtual bool running() const = 0;
  /// The first tick that the host has not committed yet.
  virtual std::uint64_t committed() const = 0;
  /// Of every tick, in cycles; 0 where the barrier ends a tick.
  virtual std::int64_t length() const = 0;
  /// A module has work of its own until `cycle`, from the tick's start.
  virtual void busy_until(std::int64_t cycle) = 0;
  /// The network's last event of the tick ended with `cycle`, from the tick's start: it is empty,
  /// or the tick's length is over.
  virtual void network_done(std::int64_t cycle) = 0;
};

}  // namespace spikeloom::hw
