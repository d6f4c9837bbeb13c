// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <tlm>

namespace spikeloom::hw {

/// An access on the configuration bus. A refused one takes no time.
struct BusAccess {
  bool write = false;
  std::uint64_t address = 0;
  unsigned bytes = 0;
  tlm::tlm_response_status response = tlm::TLM_INCOMPLETE_RESPONSE;
  std::int64_t start_ps = 0;
  std::int64_t end_ps = 0;
};

class BusObserver {
 public:
  virtual ~BusObserver() = default;
  virtual void accessed(const BusAccess& access) = 0;
};

}  // namespace spikeloom::hw
