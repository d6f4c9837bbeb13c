// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/loaded_tables.h"

#include <utility>

#include <fmt/format.h>

namespace spikeloom::hw {
namespace {

using arch::CoreRegion;

std::size_t to_size(int value) { return static_cast<std::size_t>(value); }

class TableLoader {
 public:
  TableLoader(const CoreMemory& memory, const arch::ChipDescription& chip,
              const std::function<void(const std::string&)>& fail)
      : memory_(memory), chip_(chip), fail_(fail) {}

  LoadedTables load() {
    const std::size_t groups =
        entries_in_use(arch::core_control::kGroups, chip_.core.fan_in_groups, "groups");
    const std::size_t neurons =
        entries_in_use(arch::core_control::kNeurons, chip_.core.max_neurons(), "neurons");
    load_groups(groups);
    load_gather();
    tables_.thresholds =
        memory_.table<std::int32_t>(CoreRegion::kThresholds, to_size(chip_.core.max_thresholds()));
    for (const std::uint64_t entry :
         memory_.table<std::uint64_t>(CoreRegion::kRoutes, to_size(chip_.core.route_entries))) {
      tables_.routes.emplace_back(entry);
    }
    for (const std::uint32_t entry : memory_.table<std::uint32_t>(
             CoreRegion::kExpansion, to_size(chip_.core.expansion.entries))) {
      tables_.expansion.push_back(arch::ExpansionEntry::decode(entry));
    }
    load_neurons(neurons);
    return std::move(tables_);
  }

 private:
  /// The value of a control register, at most `most`.
  std::size_t entries_in_use(std::uint64_t reg, int maximum, const char* what) const {
    const std::uint64_t value = memory_.word(CoreRegion::kControl, reg);
    if (value <= to_size(maximum)) return value;
    fail_(fmt::format("its control register asks for {} {}, it has {}", value, what, maximum));
    return 0;
  }

  void load_groups(std::size_t count) {
    for (const std::uint64_t entry : memory_.table<std::uint64_t>(CoreRegion::kGroups, count)) {
      arch::GroupEntry group = arch::GroupEntry::decode(entry);
      if (group.first_dendrite + group.dendrites > chip_.core.ternary_dendrites() ||
          group.axons > chip_.core.axons) {
        fail_(fmt::format("group {} lies outside the crossbar", tables_.groups.size()));
        group = {};
      }
      tables_.groups.push_back(group);
    }
  }

  void load_gather() {
    tables_.gather =
        memory_.table<std::uint16_t>(CoreRegion::kGather, to_size(chip_.core.ternary_dendrites()));
    for (std::uint16_t& dendrite : tables_.gather) {
      if (dendrite < chip_.core.ternary_dendrites()) continue;
      fail_(fmt::format("the gather table names dendrite {}", dendrite));
      dendrite = 0;
    }
  }

  void load_neurons(std::size_t count) {
    const auto words = memory_.table<std::uint64_t>(CoreRegion::kNeurons, count * 2);
    for (std::size_t i = 0; i < count; ++i) {
      arch::NeuronEntry neuron = arch::NeuronEntry::decode(words[2 * i], words[2 * i + 1]);
      if (!good(neuron)) {
        fail_(fmt::format(
            "neuron {} points outside its tables, or to a packet that cannot be routed", i));
        neuron = {};
      }
      tables_.neurons.push_back(neuron);
    }
  }

  bool good(const arch::NeuronEntry& neuron) const {
    if (to_size(neuron.first_gather + neuron.gathers) > tables_.gather.size() ||
        to_size(neuron.first_threshold + neuron.thresholds) > tables_.thresholds.size() ||
        to_size(neuron.first_route + neuron.routes) > tables_.routes.size() ||
        neuron.thresholds > chip_.core.thresholds_per_dendrite) {
      return false;
    }
    for (int r = 0; r < neuron.routes; ++r) {
      const arch::Packet route = tables_.routes[to_size(neuron.first_route + r)];
      if (!route.holds_levels(neuron.thresholds) || !has_receiver(route)) return false;
    }
    return true;
  }

  bool has_receiver(arch::Packet route) const {
    switch (route.kind()) {
      case arch::PacketKind::kCore:
        return chip_.reaches(route.region());
      case arch::PacketKind::kHost:
        return true;
    }
    return false;
  }

  const CoreMemory& memory_;
  const arch::ChipDescription& chip_;
  const std::function<void(const std::string&)>& fail_;
  LoadedTables tables_;
};

}  // namespace

LoadedTables load_tables(const CoreMemory& memory, const arch::ChipDescription& chip,
                         const std::function<void(const std::string&)>& fail) {
  return TableLoader(memory, chip, fail).load();
}

}  // namespace spikeloom::hw
