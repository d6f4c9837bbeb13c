// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/hw/core/neuron_unit.h"

namespace spikeloom::hw {

/// Neurons without state. The potential is the sum of the gathered dendrites of one tick, each
/// shifted as its gather entry says. It is compared with all thresholds of the neuron at once; each
/// threshold i that it reaches sends level i.
class ThresholdUnit : public NeuronUnit {
 public:
  explicit ThresholdUnit(const arch::ChipDescription& chip) : chip_(&chip) {}

  void load(const CoreMemory& memory, const std::vector<arch::Packet>& routes,
            const Fail& fail) override;
  std::size_t size() const override { return tables_.neurons.size(); }
  const ThresholdTables* stateless() const override { return &tables_; }
  std::int64_t fire(const std::vector<std::int32_t>& sums, std::int64_t start,
                    const Fail& fail) override;
  std::size_t batch() const override {
    return static_cast<std::size_t>(chip_->core.timing.neurons_per_cycle);
  }
  std::int64_t cycles(std::size_t first, std::size_t end) const override;
  void add_events(const std::vector<std::uint16_t>& categories, std::vector<EventCounts>& counts,
                  EventCounts& all) const override;
  std::int32_t threshold(std::size_t neuron, int level) const override {
    return tables_
        .thresholds[static_cast<std::size_t>(tables_.neurons[neuron].first_threshold + level)];
  }

 protected:
  /// Returns what is compared with the thresholds of a neuron.
  virtual std::int64_t compared(std::size_t /*neuron*/, std::int64_t potential) const {
    return potential;
  }

 private:
  void load_gather(const CoreMemory& memory, const Fail& fail);
  /// Drops what is behind the last entries of the tables that a neuron names.
  void drop_unused_entries();
  bool valid(const arch::NeuronEntry& neuron, const std::vector<arch::Packet>& routes) const;
  /// Updates the potential and the fired bits of a neuron.
  void update(std::size_t neuron, const std::vector<std::int32_t>& sums, const Fail& fail);

  const arch::ChipDescription* chip_;
  ThresholdTables tables_;
};

}  // namespace spikeloom::hw
