// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/network/spike_network.h"

namespace spikeloom::hw {

/// How an access to a core's registers ended.
enum class AccessResult { kOk, kUnmapped, kReadOnly };

/// A core as the rest of the board knows it. CoreModel is the one that is built in; a board can be
/// given others (BoardParts), for example synthesizable ones.
///
/// Cycles count from the start of the tick. A core need not follow SystemC's time: the fabric runs
/// it, as it runs the network (SpikeNetwork), up to the next cycle in which anything else happens.
/// With Timing::kFunctional cycles only order what a core does.
class CoreIf {
 public:
  /// What `begin_tick` and `run` return where the work of the tick is done.
  static constexpr std::int64_t kDone = SpikeNetwork::kForever;

  virtual ~CoreIf() = default;

  // Configuration.
  /// Reads or writes `length` bytes at `offset` of a region (arch::CoreRegion); whole bus words,
  /// checked by the bus.
  virtual AccessResult access(int region, std::uint64_t offset, std::uint8_t* data,
                              std::uint64_t length, bool write) = 0;
  /// How such an access would end; changes nothing.
  virtual AccessResult check(int region, std::uint64_t offset, std::uint64_t length,
                             bool write) const = 0;
  /// Everything is as after construction, except the categories, which are not part of the
  /// hardware.
  virtual void reset() = 0;
  /// A core that is not takes part in no tick.
  virtual bool enabled() const = 0;

  // Packets.
  /// A packet arrives at `cycle`, for the next tick. One of the tick before is late, and dealt with
  /// as sync.late_spikes says. The cycle may lie ahead of those that the core has been run through,
  /// and is never one of them; with Timing::kFunctional it is 0.
  virtual void receive(arch::Packet packet, std::int64_t cycle) = 0;
  /// Cycles that the core's port is busy with an expanded packet after it has arrived.
  virtual std::int64_t port_cycles(arch::Packet packet) = 0;

  // A tick.
  /// Starts a tick with the packets that came in the last one. `length` is that of the tick in
  /// cycles, 0 where the barrier ends it; a core that has not finished by its end goes on in the
  /// next one, whose own work follows. Returns as `run` does: a core that knows all of its tick now
  /// says so by kDone, has handed out all its emissions, and is not run.
  virtual std::int64_t begin_tick(int parity, std::int64_t length) = 0;
  /// Works through all cycles before `limit`. Returns the next cycle in which the core does
  /// anything that can be seen outside, at least `limit`; kDone when the tick's work is done.
  virtual std::int64_t run(std::int64_t limit) = 0;
  /// The packets of this tick so far, in the order in which they are to enter, `ready` not
  /// decreasing. The list grows while the tick runs, and stays where it is until the next one.
  /// What `run(limit)` adds is ready not before cycle limit - 1; an earlier one is a fault of the
  /// board.
  virtual const std::vector<Emission>& emissions() const = 0;

  // The tick just done, or begun where the core knows all of it.
  /// The end of its work. Where it is not done at the end of a tick of fixed length, more than the
  /// length.
  virtual std::int64_t busy_cycles() const = 0;
  /// Until when it has read the axons of the last tick; in a tick of fixed length not after its
  /// end.
  virtual std::int64_t integrate_cycles() const = 0;
  /// Late packets that have arrived in this tick.
  virtual std::uint64_t late_spikes() const = 0;
  /// The first thing that went wrong since reset (a packet for an axon that is not there, a table
  /// that points outside another, an overflow); empty while nothing did.
  virtual const std::string& fault() const = 0;

  // For reports.
  /// The category of statistics for the events of each group and neuron. Those left out have
  /// category 0.
  virtual void set_categories(std::vector<std::uint16_t> groups,
                              std::vector<std::uint16_t> neurons) = 0;
  /// Adds the tick's events to `categories`, one entry for each category, and all of them to `all`.
  /// Reads of the routing table are in `all` only: the network counts them by category.
  virtual void add_events(std::vector<EventCounts>& categories, EventCounts& all) const = 0;
  /// Bit i of neuron j: it sent its level i in this tick.
  virtual const std::vector<std::uint64_t>& fired() const = 0;
  /// Dendrites in use.
  virtual int dendrites() const = 0;
};

/// Makes core `number` of the board. The description outlives it.
using CoreFactory =
    std::function<std::unique_ptr<CoreIf>(const arch::ChipDescription&, int number)>;

}  // namespace spikeloom::hw
