// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "common/chip_description.h"
#include "hw/router/calendar.h"
#include "hw/router/spike_network.h"

namespace spikeloom::hw {

/// A 2-D mesh of routers with XY routing, input FIFOs, credits, round-robin arbitration and
/// multicast to rectangles, cycle by cycle (docs/timing.md).
///
/// A packet runs along its row first; in each column of its rectangle it forks into that column,
/// and there leaves at each row of the rectangle. Columns are entered from rows only, never the
/// other way, and the host's and the cores' ports always accept: no circle of waiting can form. A
/// fork sends each copy as soon as its output is free, and leaves the FIFO with the last one.
///
/// Every decision of a cycle uses the state at its start (a slot freed in cycle c is seen in c +
/// 1), so the order in which routers are visited changes nothing. Cycles without events are
/// skipped.
class MeshNetwork final : public SpikeNetwork {
 public:
  MeshNetwork(const common::ChipDescription& chip, SpikeSink& sink, std::size_t accounts);

  void begin_tick() override;
  void end_tick(std::int64_t cycles) override;
  Waiting waiting(int parity) const override;
  void inject_from_core(int core, const std::vector<Emission>& emissions) override;
  void inject_from_host(const std::vector<Emission>& emissions) override;
  std::int64_t run(std::int64_t limit) override;
  std::int64_t last_event() const override {
    return std::max<std::int64_t>(0, last_event_ - start_);
  }
  const std::vector<NetworkActivity>& activity() const override { return activity_; }

 private:
  /// Ports of a router, inputs and outputs alike. y grows to the south.
  enum Port : unsigned { kNorth, kEast, kSouth, kWest, kCore, kHost };
  static constexpr unsigned kPorts = 6;

  struct Flit {
    std::uint64_t packet;
    std::uint32_t eligible;  ///< first cycle in which it may leave this router
    std::uint16_t account;
  };

  /// One cache line.
  struct alignas(64) Router {
    std::array<std::uint32_t, kPorts> output_free{};  ///< first cycle in which an output may send
    std::array<std::uint8_t, kPorts> head{};          ///< input FIFOs: index of the oldest flit
    std::array<std::uint8_t, kPorts> fill{};
    std::array<std::uint8_t, kPorts> wanted{};      ///< outputs the head flit still has to take
    std::array<std::uint8_t, kPorts> credits{};     ///< free places of the next router's FIFO
    std::array<std::uint8_t, kPorts> last_input{};  ///< round robin: whom an output served last
    std::uint8_t occupied = 0;                      ///< inputs that hold flits
    std::uint8_t starved = 0;                       ///< outputs that wait for a credit
    std::uint8_t due = 0;                           ///< ports at which a packet may enter
    std::uint8_t x = 0;
    std::uint8_t y = 0;
    std::uint32_t wake = 0;  ///< its valid entry in the calendar
  };

  /// Packets that wait to enter at a core's or the host's port.
  struct Source {
    const std::vector<Emission>* emissions = nullptr;
    std::size_t next = 0;
    std::uint32_t free = 0;      ///< first cycle in which the next may enter
    std::vector<Emission> late;  ///< what the last tick has left
  };

  Flit& slot(std::uint32_t router, unsigned port, unsigned index);
  /// The outputs that `packet` takes in a router that it has reached by `input`.
  unsigned outputs(const Router& router, unsigned input, common::Packet packet) const;
  void schedule(std::uint32_t router, std::uint32_t cycle);
  /// Enters the cycle in which the source's next packet may enter.
  void schedule_source(std::uint32_t router, unsigned port);
  void visit(std::uint32_t router, std::uint32_t cycle);
  /// Moves what `input`, the only one with flits, can send.
  void pass(std::uint32_t router, unsigned input, std::uint32_t cycle);
  /// Moves what the outputs, each choosing among the inputs, can send.
  void arbitrate(std::uint32_t router, std::uint32_t cycle);
  void add_emissions(std::uint32_t router, unsigned port, const std::vector<Emission>& emissions);
  /// Keeps what has not entered, for the next tick.
  void keep_late(Source& source, std::int64_t cycles) const;
  void inject(std::uint32_t router, unsigned port, std::uint32_t cycle);
  void send(std::uint32_t router, unsigned output, const Flit& flit, std::uint32_t cycle);
  void deliver(std::uint32_t router, unsigned output, const Flit& flit, std::uint32_t cycle);
  void pop(std::uint32_t router, unsigned input);
  void push(std::uint32_t router, unsigned input, common::Packet packet, std::uint32_t eligible,
            std::uint16_t account);
  void sleep(std::uint32_t router, std::uint32_t cycle);
  void return_credits(std::uint32_t cycle);
  /// Throws std::logic_error where a packet was left behind.
  void check_empty() const;

  Source& source(std::uint32_t router, unsigned port) {
    return port == kHost ? host_source_ : core_sources_[router];
  }
  std::uint32_t source_period(unsigned port) const {
    return static_cast<std::uint32_t>(port == kHost ? chip_.host_port.cycles_per_packet
                                                    : chip_.core.timing.emit_cycles_per_packet);
  }

  const common::ChipDescription& chip_;
  SpikeSink& sink_;
  std::uint32_t host_router_;
  std::uint32_t pipeline_;
  std::uint32_t link_;
  unsigned depth_;
  common::Packet host_place_;               ///< a packet to the host's router
  std::array<std::uint32_t, 4> neighbour_;  ///< what to add to a router for the one at each port
  std::vector<Router> routers_;
  std::vector<Flit> flits_;
  std::vector<Source> core_sources_;
  Source host_source_;
  Calendar calendar_;
  std::vector<std::uint32_t> due_;
  /// Routers and their outputs whose next FIFO got a free place in this cycle: seen from the next
  /// on. One an input at most.
  std::vector<std::uint32_t> credits_;
  std::size_t credit_count_ = 0;
  /// Start of the tick in the network's own cycles, which go on while packets wait at a tick's end.
  std::uint32_t start_ = 0;
  bool goes_on_ = false;
  std::int64_t last_event_ = 0;
  std::vector<NetworkActivity> activity_;
};

}  // namespace spikeloom::hw
