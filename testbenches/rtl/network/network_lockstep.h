// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/network/spike_network.h"
#include "spikeloom/hw/trace/network_tracer.h"
#include "testbenches/rtl/network/network_traffic.h"

namespace spikeloom::rtl {

/// All that a network tells sink and observer, in cycles that count on over the ends of ticks.
class NetworkLog final : public hw::SpikeSink, public hw::NetworkObserver {
 public:
  enum class Kind { kEntry, kQueued, kLeft, kDeparture, kDelivery };
  /// What happens at a signal in a cycle. A delivery to core i has number i, one to the host the
  /// number after the last core; all others the number of the router.
  struct Event {
    std::int64_t cycle = 0;
    Kind kind = Kind::kEntry;
    std::size_t number = 0;
    unsigned port = 0;
    std::uint64_t packet = 0;
    std::int64_t arrival = 0;
    std::int64_t free = 0;
    std::uint64_t wire = 0;
  };

  NetworkLog(std::size_t routers, std::size_t cores) : observed_(routers, true), cores_(cores) {}

  void clear();
  void start_tick(std::int64_t cycle);
  /// Tells a tracer everything, too. Null: no longer.
  void trace(hw::NetworkTracer* tracer) { tracer_ = tracer; }
  /// Returns the events since `clear`, by cycle and signal.
  std::vector<Event> sorted() const;

  void deliver_to_core(int core, arch::Packet packet, std::int64_t cycle) override;
  void deliver_to_host(arch::Packet packet, std::int64_t cycle) override;
  /// Each core has a list of another length, up to 10 cycles, at each entry.
  std::int64_t port_cycles(int core, arch::Packet packet) override {
    return (7 * packet.entry() + 3 * core) % 11;
  }
  const std::vector<bool>& observed() const override { return observed_; }
  void tick_started(std::uint64_t /*number*/, std::int64_t /*start_cycle*/) override {}
  void host_sends(std::size_t /*packets*/) override {}
  void entered(std::uint32_t router, unsigned input, arch::Packet packet,
               std::int64_t cycle) override;
  void queued(std::uint32_t router, unsigned input, std::int64_t cycle) override;
  void left(std::uint32_t router, unsigned input, std::int64_t cycle) override;
  void departed(const hw::Departure& departure) override;

 private:
  std::vector<bool> observed_;
  std::size_t cores_;
  std::int64_t start_ = 0;
  std::vector<Event> events_;
  hw::NetworkTracer* tracer_ = nullptr;
};

/// Runs RouterNetwork and another network, with RTL, of the same board side by side, on random
/// ticks.
class NetworkLockstep {
 public:
  /// What both did, in all runs.
  struct Counts {
    std::uint64_t ticks = 0;
    std::uint64_t cycles = 0;  ///< of these ticks
    std::uint64_t packets = 0;
    std::uint64_t entries = 0;
    std::uint64_t departures = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t late = 0;  ///< packets left over at the ends of ticks, each time
  };

  NetworkLockstep(const arch::ChipDescription& chip, const hw::NetworkFactory& rtl);

  /// Runs a few ticks. Returns the first difference, or an empty string if there is none.
  std::string run(std::uint64_t seed);
  /// Does the same and writes the waveforms of both: DIRECTORY/STEM.vcd, and STEM.gtkw, which shows
  /// them one over the other in GTKWave. Throws base::UserError if they cannot be written.
  std::string trace(std::uint64_t seed, const std::string& directory, const std::string& stem);
  const Counts& counts() const { return counts_; }

 private:
  static constexpr std::size_t kCategories = 3;

  /// Calls `visitor` with both networks.
  template <class Visitor>
  void with_both(const Visitor& visitor) {
    visitor(*model_);
    visitor(*rtl_);
  }
  /// Runs a tick, which ends after `length` cycles, or with its last event if that is kForever.
  /// Returns what else than events differs.
  std::string run_tick(const NetworkTick& tick, std::int64_t length, test::Random& random);
  std::string compare_results() const;
  std::string compare_events();

  arch::ChipDescription chip_;
  NetworkLog model_log_;
  NetworkLog rtl_log_;
  std::unique_ptr<hw::SpikeNetwork> model_;
  std::unique_ptr<hw::SpikeNetwork> rtl_;
  std::int64_t start_ = 0;  ///< of the tick
  Counts counts_;
};

}  // namespace spikeloom::rtl
