// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/core/core_memory.h"
#include "spikeloom/hw/energy/events.h"

namespace spikeloom::hw {

/// A neuron that fired in a tick.
struct Firing {
  std::size_t neuron = 0;
  std::uint64_t levels = 0;  ///< bit i: level i is sent
  std::int64_t ready = 0;    ///< cycle from which its packets are ready, from the start of the tick
  int first_route = 0;       ///< its first entry in the core's routing table
  int routes = 0;
};

/// The tables of neurons that compare the sum of a tick with thresholds.
struct ThresholdTables {
  std::vector<arch::NeuronEntry> neurons;
  std::vector<arch::GatherEntry> gather;
  std::vector<std::int32_t> thresholds;
};

/// The neurons of a core: determines from the sums of the dendrites which neurons fire, and when. A
/// neuron model is one class derived from this one. Its tables (the regions of the address map that
/// it reads), its state, its cycles and its energy events are in that class and nowhere else in the
/// core. To add a model, see "Extension points" in docs/architecture.md.
class NeuronUnit {
 public:
  using Fail = std::function<void(const std::string&)>;

  virtual ~NeuronUnit() = default;

  /// Reads the tables of the unit; the bus may have changed any word of `memory` since the last
  /// call. Neurons keep their state. Replaces an entry that is invalid, or has routes that
  /// routes_are_valid refuses, by an empty one, and calls `fail`.
  virtual void load(const CoreMemory& memory, const std::vector<arch::Packet>& routes,
                    const Fail& fail) = 0;
  /// Returns the number of neurons in use.
  virtual std::size_t size() const = 0;

  /// Does the work of a tick: updates all neurons in table order, from cycle `start` on, with
  /// `sums` by dendrite. Fills firings(), fired() and potentials(), and returns the cycle in which
  /// the work ends. Calls `fail` for each value that does not fit its width.
  virtual std::int64_t fire(const std::vector<std::int32_t>& sums, std::int64_t start,
                            const Fail& fail) = 0;
  /// Returns the number of neurons that are updated in parallel. A batch begins at each multiple of
  /// it.
  virtual std::size_t batch() const = 0;
  /// Returns the cycles that the batch of neurons first .. end - 1 takes.
  virtual std::int64_t cycles(std::size_t first, std::size_t end) const = 0;
  /// Adds the events of the tick to the entries of `counts` for the neurons' categories, and all of
  /// them to `all`.
  virtual void add_events(const std::vector<std::uint16_t>& categories,
                          std::vector<EventCounts>& counts, EventCounts& all) const = 0;
  /// Returns the tables if they and the tick's sums alone determine what the neurons fire; null if
  /// anything else does, such as a state or chance.
  virtual const ThresholdTables* stateless() const { return nullptr; }
  /// Returns what a neuron's potential is compared with for a level, for use in messages.
  virtual std::int32_t threshold(std::size_t neuron, int level) const = 0;

  // Results of the last tick.
  /// Returns the neurons that fired, in table order.
  const std::vector<Firing>& firings() const { return firings_; }
  /// Returns a mask for each neuron: bit i of neuron j is set if it fired level i.
  const std::vector<std::uint64_t>& fired() const { return fired_; }
  const std::vector<std::int32_t>& potentials() const { return potentials_; }

 protected:
  std::vector<Firing> firings_;
  std::vector<std::uint64_t> fired_;
  std::vector<std::int32_t> potentials_;
};

/// Makes the neuron unit of the chip's cores. `chip` must outlive it.
std::unique_ptr<NeuronUnit> make_neuron_unit(const arch::ChipDescription& chip);

}  // namespace spikeloom::hw
