// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/attachment.h"
#include "spikeloom/cosim/verilated_library.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/network/rate_limiter.h"
#include "spikeloom/hw/network/spike_network.h"

namespace spikeloom::cosim {

/// Returns what VerilatedLibrary builds for the network of a board.
VerilatedSource rtl_network_source(const arch::ChipDescription& chip);

/// The network of a board in RTL: the Verilated module `network`, run cycle by cycle. It takes the
/// place of hw::RouterNetwork and calls sink and observer with the same values; within a cycle, in
/// another order. It does itself what belongs to cores and host port: when packets may enter, and
/// how long a delivery occupies the port.
class RtlNetwork final : public hw::SpikeNetwork {
 public:
  /// `library` is that of rtl_network_source(chip). `observer` may be null. `chip`, `sink` and
  /// `observer` must outlive the network.
  RtlNetwork(const arch::ChipDescription& chip, hw::SpikeSink& sink, std::size_t categories,
             hw::NetworkObserver* observer, std::shared_ptr<const VerilatedLibrary> library);
  ~RtlNetwork() override;

  void begin_tick() override;
  void end_tick(std::int64_t cycles, bool cores_late) override;
  hw::Waiting waiting(int parity) const override;
  void inject_from_core(int core, const std::vector<hw::Emission>& emissions) override;
  void inject_more_from_core(int core, const std::vector<hw::Emission>& emissions,
                             std::size_t first) override;
  void inject_from_host(const std::vector<hw::Emission>& emissions) override;
  /// Throws hw::NetworkStuck if packets wait and none of them moves any more. Throws
  /// std::runtime_error if pins contradict what has gone into the network and come out of it.
  std::int64_t run(std::int64_t limit) override;
  const std::vector<hw::NetworkActivity>& activity() const override { return activity_; }
  const std::vector<std::uint32_t>& link_packets() const override { return link_packets_; }
  /// Returns the cycles that the RTL has been run for.
  std::uint64_t rtl_cycles() const { return rtl_cycles_; }

 private:
  /// Packets that wait to enter at the port of a core or the host. Cycles count as those of the
  /// network.
  struct Source {
    arch::Attachment at{};
    const std::vector<hw::Emission>* emissions = nullptr;
    std::size_t next = 0;
    std::int64_t free = 0;           ///< first cycle in which the next packet may enter
    std::vector<hw::Emission> late;  ///< packets left over from the last tick, then later ones

    bool empty() const { return emissions == nullptr || next == emissions->size(); }
  };

  /// What an output leads to.
  struct Output {
    enum class Kind { kLink, kCore, kHost } kind = Kind::kLink;
    int core = 0;
    bool between_chips = false;
    bool is_trunk = false;
    std::vector<std::size_t> fifos;  ///< of a link: the FIFO at its end, for each input
  };

  struct Pins;

  template <class Topology>
  void connect(const Topology& topology);

  // Cycles.
  /// Returns the first cycle, not before `cycle_`, in which anything can happen; kForever if
  /// nothing is left to do.
  std::int64_t next_cycle() const;
  /// Ends the current cycle, if there is one, and lets idle cycles pass until `cycle` begins.
  void pass_idle(std::int64_t cycle);
  /// Works through cycle `cycle_`.
  void step();
  /// Ends a cycle: a rising edge of the clock.
  void end_cycle();
  /// Drives the pins of sources and receivers.
  void offer();
  /// Drives the pins of the sources as if they had no packets.
  void withdraw();
  void take_entries();
  void enter(Source& source);
  /// Takes a copy that leaves a router: `number` is router * ports + output.
  void depart(std::size_t number);
  /// Takes a packet that has left a FIFO with its last copy.
  void take_from(std::size_t fifo);
  void check_pin(const char* name, const VerilatedPin& pin, std::uint64_t expected) const;
  void check_progress() const;

  std::int64_t in_tick(std::int64_t cycle) const { return cycle - start_; }
  std::int64_t due(const Source& source) const;
  void add_emissions(Source& source, const std::vector<hw::Emission>& emissions, std::size_t first);
  void keep_late(Source& source, std::int64_t cycles) const;
  void put(std::size_t fifo, arch::Packet packet);
  bool observes(std::size_t router) const { return observer_ != nullptr && observed_[router]; }

  const arch::ChipDescription& chip_;
  hw::SpikeSink& sink_;
  hw::NetworkObserver* observer_;
  std::vector<bool> observed_;
  VerilatedModule module_;
  std::unique_ptr<Pins> pins_;

  std::size_t ports_ = 0;
  std::size_t inputs_ = 0;
  std::uint64_t wire_bits_ = 0;  ///< of a packet on a link that the topology uses
  std::vector<Output> outputs_;  ///< [router * ports + output]
  std::vector<Source> core_sources_;
  Source host_source_;
  std::vector<std::int64_t> core_free_;  ///< first cycle in which the port of a core is free
  std::int64_t host_free_ = 0;
  hw::RateLimiter host_input_;
  hw::RateLimiter host_output_;
  hw::RateLimiter trunk_;  ///< for the arrivals that the observer is told

  /// Packets in the FIFOs and on the links to them, [router * inputs + input].
  std::vector<std::deque<arch::Packet>> fifos_;
  std::array<std::uint64_t, 2> held_{};  ///< packets in them by parity
  std::int64_t cycle_ = 0;               ///< next cycle to work through
  std::int64_t start_ = 0;               ///< start of the tick
  std::int64_t last_move_ = 0;           ///< last cycle in which a packet moved
  std::int64_t last_arrival_ = 0;        ///< end of the last delivery
  std::int64_t settling_;                ///< idle cycles until no credit is under way
  bool in_cycle_ = false;                ///< the clock edge that ends cycle_ - 1 is still to come
  bool goes_on_ = false;                 ///< packets are late
  std::uint64_t rtl_cycles_ = 0;
  std::vector<hw::NetworkActivity> activity_;
  std::vector<std::uint32_t> link_packets_;
};

/// Returns a factory of RtlNetworks, with `library` as there.
hw::NetworkFactory rtl_network(std::shared_ptr<const VerilatedLibrary> library);

}  // namespace spikeloom::cosim
