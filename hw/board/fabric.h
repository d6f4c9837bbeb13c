// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <systemc>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/core/core_if.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/network/spike_network.h"
#include "spikeloom/hw/sync/cycle_clock.h"
#include "spikeloom/hw/sync/tick_barrier.h"
#include "spikeloom/hw/sync/tick_if.h"

namespace spikeloom::hw {

/// What cores and host port see of the network: called when a tick starts. The host's emissions
/// must stay until the tick's end.
class FabricIf : public virtual sc_core::sc_interface {
 public:
  /// A core has begun the tick: the fabric takes its emissions, and runs it from cycle `next` on
  /// (CoreIf::kDone: not at all), until it is done.
  virtual void core_begins(int core, std::int64_t next) = 0;
  virtual void inject_from_host(const std::vector<Emission>& emissions) = 0;
};

/// The network of a chip as one module. It runs ahead of SystemC's time to the next thing that
/// anybody else has planned, or to the end of the tick; with it run the cores that work cycle by
/// cycle. In a cycle the network comes after the cores: a packet that a core hands out in it, ready
/// at once, can enter in it.
class Fabric : public sc_core::sc_module, public FabricIf, private SpikeSink {
 public:
  sc_core::sc_port<TickIf> tick;

  /// `make_network` makes its network, at each reset anew; an empty one those of the two timings,
  /// RouterNetwork and IdealNetwork.
  Fabric(const sc_core::sc_module_name& name, const arch::ChipDescription& chip, Timing timing,
         std::size_t categories, NetworkObserver* observer = nullptr,
         NetworkFactory make_network = {});

  const char* kind() const override { return "spikeloom::Fabric"; }

  /// Everything is as after elaboration; packets on their way are dropped.
  void reset();

  /// Where core packets go, by core number.
  void connect(std::vector<CoreIf*> cores) { cores_ = std::move(cores); }

  void core_begins(int core, std::int64_t next) override;
  void inject_from_host(const std::vector<Emission>& emissions) override;

  /// Of the tick that runs or ended last.
  const std::vector<NetworkActivity>& activity() const { return network_->activity(); }
  /// Likewise; SpikeNetwork::link_packets.
  const std::vector<std::uint32_t>& link_packets() const { return network_->link_packets(); }
  const std::vector<arch::Packet>& outputs() const { return outputs_; }
  /// Packets of ticks of `parity` that have not arrived.
  Waiting waiting(int parity) const;
  /// Why the network came to a stop with packets in it; empty while it did not.
  const std::string& fault() const { return fault_; }
  /// Late packets that have reached the host in this tick.
  std::uint64_t late_outputs() const { return late_outputs_; }
  /// When the host had its last packet of the tick, in cycles from its start; 0 for none.
  std::int64_t last_output() const { return last_output_; }

 private:
  /// A core that works cycle by cycle.
  struct WorkingCore {
    int core;
    std::int64_t next;      ///< cycle in which it is to be run
    std::size_t emissions;  ///< that the network has
  };

  void on_tick();
  void run();
  void begin_tick();
  /// Runs network and cores through all cycles before `limit`. Returns the next cycle in which
  /// there is work, or SpikeNetwork::kForever.
  std::int64_t advance(std::int64_t limit);
  /// Runs the cores that have work in `cycle`.
  void run_cores(std::int64_t cycle);
  /// A packet that left its last router in one tick and arrives in another.
  struct Overdue {
    int core = kHost;
    arch::Packet packet;
    std::int64_t cycle = 0;
  };
  static constexpr int kHost = -1;

  void deliver_overdue();
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
  std::unique_ptr<SpikeNetwork> network_;
  std::vector<CoreIf*> cores_;
  std::vector<WorkingCore> working_;
  std::vector<Overdue> overdue_;   ///< that arrive in the next tick
  std::vector<Overdue> arriving_;  ///< of the last one, until this tick's first `run`
  std::vector<arch::Packet> outputs_;
  std::string fault_;
  std::uint64_t late_outputs_ = 0;
  std::int64_t last_output_ = 0;
  sc_core::sc_event go_;
  std::int64_t start_cycle_ = 0;
  std::int64_t length_ = 0;          ///< of a tick of fixed length; 0: until all is done
  std::uint64_t tick_ = UINT64_MAX;  ///< the tick that begin_tick was called for
};

}  // namespace spikeloom::hw
