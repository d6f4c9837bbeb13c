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

/// Result of an access to a core's registers or memory.
enum class AccessResult { kOk, kUnmapped, kReadOnly };

/// Returns the result of an access to a core's registers or memory that covers whole words.
AccessResult check_access(const arch::CoreDescription& core, int region, std::uint64_t offset,
                          std::uint64_t length, bool write);

/// Interface of a core to the rest of the board. CoreModel is the built-in core; a board can be
/// given others (BoardParts), such as synthesizable ones.
///
/// Cycles count from the start of the tick. A core need not follow SystemC's time: the fabric runs
/// it, like the network (SpikeNetwork), up to the next cycle in which anything else happens. With
/// Timing::kFunctional, cycles only define the order of what a core does.
class CoreIf {
 public:
  /// Returned by `begin_tick` and `run` when the work of the tick is done.
  static constexpr std::int64_t kDone = SpikeNetwork::kForever;

  virtual ~CoreIf() = default;

  // Configuration.
  /// Reads or writes `length` bytes at `offset` of a region (arch::CoreRegion). The bus has checked
  /// that they are whole words.
  virtual AccessResult access(int region, std::uint64_t offset, std::uint8_t* data,
                              std::uint64_t length, bool write) = 0;
  /// Returns the result that such an access would have, without any effect.
  virtual AccessResult check(int region, std::uint64_t offset, std::uint64_t length,
                             bool write) const = 0;
  /// Resets to the state after construction, except for the categories, which are not part of the
  /// hardware.
  virtual void reset() = 0;
  /// Returns whether the core takes part in ticks.
  virtual bool enabled() const = 0;

  // Packets.
  /// Returns whether the core follows the link from its router: see depart().
  virtual bool follows_link() const { return false; }
  /// Announces a packet that leaves its last router for the core in this cycle and will arrive at
  /// `arrival`, which can lie in the next tick. `receive` follows. Only for cores that follow the
  /// link, and not called with Timing::kFunctional.
  virtual void depart(arch::Packet /*packet*/, std::int64_t /*arrival*/) {}
  /// Receives a packet at `cycle`, for the next tick. A packet of the previous tick is late and is
  /// treated as sync.late_spikes says. The cycle may lie ahead of the cycles that the core has been
  /// run through, but is never one of them; with Timing::kFunctional it is 0.
  virtual void receive(arch::Packet packet, std::int64_t cycle) = 0;
  /// Returns the number of cycles that an expanded packet occupies the core's port after its
  /// arrival.
  virtual std::int64_t port_cycles(arch::Packet packet) = 0;

  // A tick.
  /// Starts a tick with the packets received in the last one. `length` is the length of the tick in
  /// cycles, or 0 if the barrier ends it; a core that has not finished by its end continues in the
  /// next tick, before that tick's own work. Returns the same as `run`. A core that returns kDone
  /// knows its whole tick already: it has handed out all its emissions and is not run.
  virtual std::int64_t begin_tick(int parity, std::int64_t length) = 0;
  /// Works through all cycles before `limit`. Returns the next cycle, `limit` or later, in which
  /// the core does anything that is visible outside, or kDone if the work of the tick is done.
  virtual std::int64_t run(std::int64_t limit) = 0;
  /// Returns the packets of this tick so far, in the order in which they enter the network; `ready`
  /// never decreases. The list grows during the tick and stays at the same address until the next
  /// one. Packets that `run(limit)` adds are ready no earlier than in cycle limit - 1; an earlier
  /// one is a fault of the board.
  virtual const std::vector<Emission>& emissions() const = 0;

  // Results of the last tick, or of the one just begun if the core knows its whole tick.
  /// Returns the cycle in which the core's work ends; more than the length of a tick of fixed
  /// length if the work is not done at its end.
  virtual std::int64_t busy_cycles() const = 0;
  /// Returns the cycle until which the core reads the axons of the last tick. In a tick of fixed
  /// length, it must not lie after the tick's end.
  virtual std::int64_t integrate_cycles() const = 0;
  /// Returns the number of late packets that have arrived in this tick.
  virtual std::uint64_t late_spikes() const = 0;
  /// Returns the first fault since reset (a packet for an axon that does not exist, a table entry
  /// that points outside another table, an overflow), or an empty string.
  virtual const std::string& fault() const = 0;

  // For reports.
  /// Sets the stat category of the events of each group and of each neuron. Groups and neurons that
  /// are left out have category 0.
  virtual void set_categories(std::vector<std::uint16_t> groups,
                              std::vector<std::uint16_t> neurons) = 0;
  /// Adds the events of the tick to `categories`, which has one entry for each category, and all of
  /// them to `all`. Reads of the routing table are added to `all` only: the network counts them by
  /// category.
  virtual void add_events(std::vector<EventCounts>& categories, EventCounts& all) const = 0;
  /// Returns a mask for each neuron: bit i of neuron j is set if it sent its level i in this tick.
  virtual const std::vector<std::uint64_t>& fired() const = 0;
  /// Returns the number of dendrites in use.
  virtual int dendrites() const = 0;
};

/// Makes core `number` of the board. The description must outlive the core.
using CoreFactory =
    std::function<std::unique_ptr<CoreIf>(const arch::ChipDescription&, int number)>;

}  // namespace spikeloom::hw
