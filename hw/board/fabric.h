// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <systemc>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/core/core_if.h"
#include "spikeloom/hw/faults/packet_faults.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/network/number_set.h"
#include "spikeloom/hw/network/spike_network.h"
#include "spikeloom/hw/sync/cycle_clock.h"
#include "spikeloom/hw/sync/tick_barrier.h"
#include "spikeloom/hw/sync/tick_if.h"

namespace spikeloom::hw {

/// Interface of the network for cores and host port, which call it when a tick starts. The list of
/// the host's emissions must stay valid until the end of the tick.
class FabricIf : public virtual sc_core::sc_interface {
 public:
  /// Reports that a core has begun the tick. The fabric takes the core's emissions and runs the
  /// core from cycle `next` until it is done, or not at all if `next` is CoreIf::kDone.
  virtual void core_begins(int core, std::int64_t next) = 0;
  virtual void inject_from_host(const std::vector<Emission>& emissions) = 0;
};

/// The network of a board as one module. It runs ahead of SystemC's time, up to the next time for
/// which any other process has planned activity or to the end of the tick. It also runs the cores
/// that work cycle by cycle. In each cycle the cores run before the network, so a packet that is
/// ready in the cycle in which a core hands it out can enter in that cycle.
class Fabric : public sc_core::sc_module, public FabricIf, private SpikeSink {
 public:
  sc_core::sc_port<TickIf> tick;

  /// `make_network` makes the network, initially and again at each reset. If it is empty, the
  /// network is the built-in one of the timing: RouterNetwork or IdealNetwork. `faults` may be
  /// null.
  Fabric(const sc_core::sc_module_name& name, const arch::ChipDescription& chip, Timing timing,
         std::size_t categories, NetworkObserver* observer = nullptr,
         NetworkFactory make_network = {}, PacketFaults* faults = nullptr);

  const char* kind() const override { return "spikeloom::Fabric"; }

  /// Resets to the state after elaboration; packets on their way are dropped.
  void reset();

  /// Sets the cores that receive packets, by core number.
  void connect(std::vector<CoreIf*> cores);

  void core_begins(int core, std::int64_t next) override;
  void inject_from_host(const std::vector<Emission>& emissions) override;

  /// Returns the activity of the running or last tick.
  const std::vector<NetworkActivity>& activity() const { return network_->activity(); }
  /// Returns SpikeNetwork::link_packets of the running or last tick.
  const std::vector<std::uint32_t>& link_packets() const { return network_->link_packets(); }
  /// Calls SpikeNetwork::add_link_packets for the running or last tick.
  void add_link_packets(std::vector<std::uint64_t>& sums) const {
    network_->add_link_packets(sums);
  }
  /// Sets `cores` to those that have begun a tick or received a packet since the last call, in
  /// ascending order.
  void take_involved(std::vector<int>& cores);
  const std::vector<arch::Packet>& outputs() const { return outputs_; }
  /// Returns the packets of ticks with `parity` that have not arrived.
  Waiting waiting(int parity) const;
  /// Returns why the network stopped with packets in it, or an empty string if it did not.
  const std::string& fault() const { return fault_; }
  /// Returns the number of late packets that have reached the host in this tick.
  std::uint64_t late_outputs() const { return late_outputs_; }
  /// Returns the cycle in which the last packet of the tick reached the host, counted from the
  /// start of the tick; 0 if there was none.
  std::int64_t last_output() const { return last_output_; }

 private:
  /// A core that works cycle by cycle.
  struct WorkingCore {
    int core;
    std::int64_t next;      ///< cycle in which it must run next
    std::size_t emissions;  ///< number of emissions that the network has
  };

  void on_tick();
  void run();
  void begin_tick();
  /// Runs network and cores through all cycles before `limit`. Returns the next cycle in which
  /// there is work, or SpikeNetwork::kForever.
  std::int64_t advance(std::int64_t limit);
  /// Whether the work of a core goes on after a tick of fixed length.
  bool cores_late() const;
  /// Runs the cores that have work in `cycle`.
  void run_cores(std::int64_t cycle);
  /// A packet that leaves its last router in one tick and arrives in another.
  struct Overdue {
    int core = kHost;
    arch::Packet packet;
    std::int64_t cycle = 0;
  };
  static constexpr int kHost = -1;

  void deliver_overdue();
  void arrive_at_core(int core, arch::Packet packet, std::int64_t cycle);
  /// Whether the packet arrives at a core or PacketFaults::kHost; as what, the faults decide.
  bool arrives(int receiver, arch::Packet& packet);
  /// The packet arrives at `cycle`, or in a later tick.
  void reach_host(arch::Packet packet, std::int64_t cycle);
  void arrive_at_host(arch::Packet packet, std::int64_t cycle);
  void deliver_to_core(int core, arch::Packet packet, std::int64_t cycle) override;
  void deliver_to_host(arch::Packet packet, std::int64_t cycle) override;
  std::int64_t port_cycles(int core, arch::Packet packet) override {
    return cores_[static_cast<std::size_t>(core)]->port_cycles(packet);
  }

  const arch::ChipDescription& chip_;
  CycleClock clock_;
  Timing timing_;
  std::size_t categories_;
  NetworkObserver* observer_;
  NetworkFactory make_network_;
  PacketFaults* faults_;
  std::unique_ptr<SpikeNetwork> network_;
  std::vector<CoreIf*> cores_;
  NumberSet involved_;
  bool links_followed_ = false;  ///< whether packets are announced: see CoreIf::depart
  std::vector<WorkingCore> working_;
  std::vector<Overdue> overdue_;   ///< packets that arrive in the next tick
  std::vector<Overdue> arriving_;  ///< from the last tick, until this tick's first `run`
  std::vector<arch::Packet> outputs_;
  std::string fault_;
  std::uint64_t late_outputs_ = 0;
  std::int64_t last_output_ = 0;
  sc_core::sc_event go_;
  std::int64_t start_cycle_ = 0;
  std::int64_t length_ = 0;  ///< length of a tick of fixed length; 0 if the barrier ends ticks
  std::uint64_t tick_ = UINT64_MAX;  ///< tick for which begin_tick was called last
};

}  // namespace spikeloom::hw
