// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <tlm>

namespace spikeloom::hw {

/// An access on the configuration bus, in cycles of the chip's clock. A refused access takes no
/// time.
struct BusAccess {
  bool write = false;
  std::uint64_t address = 0;
  unsigned bytes = 0;
  std::int64_t start_cycle = 0;
};

class BusObserver {
 public:
  virtual ~BusObserver() = default;
  virtual void started(const BusAccess& access) = 0;
  /// Called after `started`. The cycles of both calls may lie ahead of SystemC's time, by the delay
  /// that the initiator annotates.
  virtual void ended(tlm::tlm_response_status response, std::int64_t cycle) = 0;
};

}  // namespace spikeloom::hw
