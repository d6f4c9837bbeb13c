// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <systemc>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/mesh_topology.h"
#include "spikeloom/hw/network/spike_network.h"

namespace spikeloom::bench {

/// When the method of a router runs.
enum class Wake {
  kClock,   ///< at every clock edge
  kArrival  ///< at a clock edge while the router holds packets, otherwise when a packet arrives
};

/// A textbook mesh router with one SC_METHOD, for comparison with hw::RouterNetwork. It takes the
/// same cycles for packets to one core each (docs/timing.md). Neighbouring routers call each other
/// directly, which is faster than signals. The FIFOs report their state at the start of the cycle,
/// so the order in which the methods run has no effect.
class MethodRouter : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock;

  MethodRouter(const sc_core::sc_module_name& name, const arch::ChipDescription& chip,
               const arch::MeshTopology& topology, std::uint32_t number, Wake wake,
               hw::SpikeSink& sink);

  void connect(unsigned output, MethodRouter& next) { next_[output] = &next; }
  /// Sets the packets that the core sends; must be called before the simulation starts. `emissions`
  /// must outlive the router.
  void inject(const std::vector<hw::Emission>& emissions) { emissions_ = &emissions; }
  std::uint64_t traversals() const { return traversals_; }

 private:
  static constexpr unsigned kPorts = arch::MeshTopology::kPorts;

  struct Flit {
    arch::Packet packet;
    arch::MeshTopology::Destination destination;
    std::int64_t eligible = 0;
  };
  struct Fifo {
    std::vector<Flit> places;
    unsigned head = 0;
    unsigned fill = 0;
    std::deque<std::int64_t> freed;  ///< cycles of departures whose places may not be visible yet
    unsigned wanted = 0;             ///< output of the oldest flit, as a bit
  };

  void step();
  void sleep(std::int64_t cycle);
  void enter(std::int64_t cycle);
  void push(unsigned input, const Flit& flit, std::int64_t cycle);
  void pop(unsigned input, std::int64_t cycle);
  /// Returns whether the FIFO had a free place at the start of the cycle. A place becomes visible
  /// as free `credit` + 1 cycles after its flit left.
  bool had_room(unsigned input, std::int64_t cycle, std::int64_t credit);
  void wake_at(std::int64_t at, std::int64_t cycle);

  const arch::ChipDescription& chip_;
  const arch::MeshTopology& topology_;
  std::uint32_t number_;
  arch::MeshTopology::Place place_;
  Wake wake_;
  hw::SpikeSink& sink_;
  std::array<MethodRouter*, 4> next_{};
  std::array<Fifo, kPorts> fifos_;
  std::array<std::int64_t, kPorts> output_free_{};
  std::array<std::uint8_t, kPorts> last_input_{};
  std::int64_t stepped_ = -1;  ///< cycle of the last step
  unsigned occupied_ = 0;      ///< inputs that hold packets, as bits
  const std::vector<hw::Emission>* emissions_ = nullptr;
  std::size_t next_emission_ = 0;
  std::int64_t may_enter_ = 0;  ///< first cycle in which the next packet of the core may enter
  std::uint64_t traversals_ = 0;
  sc_core::sc_event arrival_;
};

/// A mesh of method routers.
class MethodMesh : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock;

  MethodMesh(const sc_core::sc_module_name& name, const arch::ChipDescription& chip, Wake wake,
             hw::SpikeSink& sink);

  /// Period of the clock, whose first edge must be at time 0.
  static constexpr std::uint64_t kPeriod = 2;  ///< in units of SystemC's resolution
  static sc_core::sc_time time(std::int64_t cycle) {
    return sc_core::sc_time::from_value(static_cast<std::uint64_t>(cycle) * kPeriod);
  }
  void inject_from_core(int core, const std::vector<hw::Emission>& emissions) {
    routers_[static_cast<std::size_t>(core)].inject(emissions);
  }
  std::uint64_t traversals() const;

 private:
  arch::ChipDescription chip_;
  arch::MeshTopology topology_;
  sc_core::sc_vector<MethodRouter> routers_;
};

}  // namespace spikeloom::bench
