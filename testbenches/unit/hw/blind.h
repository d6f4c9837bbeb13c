// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/hw/network/network_observer.h"

namespace spikeloom::test {

/// Sees none of the routers. A network with an observer visits every router on every way.
class Blind : public hw::NetworkObserver {
 public:
  const std::vector<bool>& observed() const override { return observed_; }
  void tick_started(std::uint64_t, std::int64_t) override {}
  void host_sends(std::size_t) override {}
  void entered(std::uint32_t, unsigned, arch::Packet, std::int64_t) override {}
  void queued(std::uint32_t, unsigned, std::int64_t) override {}
  void left(std::uint32_t, unsigned, std::int64_t) override {}
  void departed(const hw::Departure&) override {}

 private:
  static constexpr std::size_t kEnough = 4096;
  std::vector<bool> observed_ = std::vector<bool>(kEnough);
};

}  // namespace spikeloom::test
