// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/core/core_memory.h"
#include "spikeloom/hw/energy/events.h"

namespace spikeloom::hw {

/// A neuron that fired in a tick.
struct Firing {
  std::size_t neuron = 0;
  std::uint64_t levels = 0;  ///< bit i: level i is sent
  std::int64_t ready = 0;    ///< from when on, in cycles from the tick's start
  int first_route = 0;       ///< its entries of the core's routing table
  int routes = 0;
};

/// The neurons of a core: they take the sums of its dendrites and say who fires when. A neuron
/// model is one class derived from this: its tables (the regions of the address map that it reads),
/// its state, its cycles and its energy events are in that class, and nowhere else in the core.
/// Adding one: docs/architecture.md, "Extension points".
class NeuronUnit {
 public:
  using Fail = std::function<void(const std::string&)>;

  virtual ~NeuronUnit() = default;

  /// Reads its tables; the bus may have changed any word of `memory` since the last time. Neurons
  /// keep their state. An entry that is wrong, or names routes that routes_are_valid refuses, comes
  /// out empty, and `fail` is told.
  virtual void load(const CoreMemory& memory, const std::vector<arch::Packet>& routes,
                    const Fail& fail) = 0;
  /// Neurons in use.
  virtual std::size_t size() const = 0;

  /// The work of a tick: all neurons in the order of their table, from cycle `start` on, with the
  /// `sums` by dendrite. Fills firings(), fired() and potentials(); returns the cycle of the end.
  /// `fail` is told of what does not fit its width.
  virtual std::int64_t fire(const std::vector<std::int32_t>& sums, std::int64_t start,
                            const Fail& fail) = 0;
  /// Neurons that work side by side: a batch begins at each multiple of it.
  virtual std::size_t batch() const = 0;
  /// Cycles that the batch of neurons first .. end - 1 takes.
  virtual std::int64_t cycles(std::size_t first, std::size_t end) const = 0;
  /// Adds the events of a tick to the neurons' categories, and all of them to `all`.
  virtual void add_events(const std::vector<std::uint16_t>& categories,
                          std::vector<EventCounts>& counts, EventCounts& all) const = 0;
  /// What a neuron's potential is compared with for a level, for messages.
  virtual std::int32_t threshold(std::size_t neuron, int level) const = 0;

  // The tick just done.
  /// Who fired, in the order of their table.
  const std::vector<Firing>& firings() const { return firings_; }
  /// Bit i of neuron j: it fired with level i.
  const std::vector<std::uint64_t>& fired() const { return fired_; }
  const std::vector<std::int32_t>& potentials() const { return potentials_; }

 protected:
  std::vector<Firing> firings_;
  std::vector<std::uint64_t> fired_;
  std::vector<std::int32_t> potentials_;
};

/// The unit that the chip's cores have. `chip` outlives it.
std::unique_ptr<NeuronUnit> make_neuron_unit(const arch::ChipDescription& chip);

}  // namespace spikeloom::hw
