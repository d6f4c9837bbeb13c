// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/network/spike_network.h"

namespace spikeloom::hw {

/// The network of the functional timing. Each packet reaches all its receivers in no time and
/// without routers. Cycles, traversals and transfers stay 0.
class IdealNetwork final : public SpikeNetwork {
 public:
  IdealNetwork(const arch::ChipDescription& chip, SpikeSink& sink, std::size_t categories)

      : grid_(chip.grid()), sink_(sink), activity_(categories) {}

  void begin_tick() override;
  void end_tick(std::int64_t /*cycles*/, bool /*cores_late*/) override {}
  Waiting waiting(int /*parity*/) const override { return {}; }
  void inject_from_core(int core, const std::vector<Emission>& emissions) override;
  void inject_more_from_core(int core, const std::vector<Emission>& emissions,
                             std::size_t first) override;
  void inject_from_host(const std::vector<Emission>& emissions) override;
  std::int64_t run(std::int64_t limit) override;
  const std::vector<NetworkActivity>& activity() const override { return activity_; }
  const std::vector<std::uint32_t>& link_packets() const override { return link_packets_; }

 private:
  /// Entries of a list that wait for `run`.
  struct Batch {
    const std::vector<Emission>* emissions;
    std::size_t first;
    std::size_t end;
  };

  void deliver(const Emission& emission);

  arch::MeshDescription grid_;
  SpikeSink& sink_;
  std::vector<Batch> waiting_;
  std::vector<NetworkActivity> activity_;
  std::vector<std::uint32_t> link_packets_;  ///< empty, since there are no links
};

}  // namespace spikeloom::hw
