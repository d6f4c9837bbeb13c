// SPDX-License-Identifier: Apache-2.0
#include "mapper/verify.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "mapper/core_readback.h"

namespace spikeloom::mapper {
namespace {

constexpr int kNone = -1;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// What arrives at the axons of a group.
struct Arrivals {
  std::vector<int> source;   ///< of an axon: neuron * levels + level of the layer before, or kNone
  std::vector<bool> wanted;  ///< some neuron of the group has the source in its window
};

/// A source as a neuron sees it.
struct Tap {
  int weight = 0;
  bool expected = false;  ///< the source is in the window
  bool found = false;     ///< some dendrite of the neuron has its axon
};

/// A core with what the deployment says about it.
struct Core {
  const CoreReadback* tables = nullptr;
  const common::CoreLabels* labels = nullptr;
  std::vector<Arrivals> arrivals;  ///< of a group
};

class Verifier {
 public:
  Verifier(const common::Deployment& deployment, const converter::SpikingNetwork& network,
           std::size_t most)
      : deployment_(deployment), network_(network), chip_(deployment.chip), most_(most) {}

  std::vector<std::string> run() {
    if (!check_layers()) return std::move(findings_);
    replay();
    if (check_labels()) {
      follow_input();
      for (auto& [number, core] : cores_) follow_routes(number, core);
      for (auto& [number, core] : cores_) check_neurons(number, core);
      for (const auto& [number, core] : cores_) check_arrivals(number, core);
      check_all_there();
    }
    return std::move(findings_);
  }

 private:
  void report(const std::string& finding) {
    if (findings_.size() < most_) findings_.push_back(finding);
  }
  Finding reporter(int core) {
    return
        [this, core](const std::string& what) { report(fmt::format("core {}: {}", core, what)); };
  }

  /// Levels of the layer's outputs, or of the input for -1.
  int levels(int layer) const {
    return layer < 0 ? network_.encoder.quantizer.levels : network_.layers[at(layer)].levels();
  }
  int last_layer() const { return static_cast<int>(network_.layers.size()) - 1; }

  bool check_layers() {
    bool same = deployment_.layers.size() == network_.layers.size();
    for (std::size_t l = 0; same && l < network_.layers.size(); ++l) {
      const common::DeployedLayer& layer = deployment_.layers[l];
      same = layer.name == network_.layers[l].name &&
             layer.neurons == network_.layers[l].output.size() &&
             layer.levels == network_.layers[l].levels();
    }
    if (!same) report("its layers are not the network's");
    return same;
  }

  void replay() {
    for (const common::Transaction& transaction : deployment_.transactions) {
      const auto address = common::BusAddress::decode(transaction.address);
      const std::optional<int> core =
          address ? chip_.core_at({address->chip, address->unit}) : std::nullopt;
      if (!core) {
        report(fmt::format("a write to {:#x}, where no core is", transaction.address));
        continue;
      }
      const auto memory = memories_.try_emplace(*core, chip_.core).first;
      memory->second.write(*address, transaction.data, chip_.bus, reporter(*core));
    }
    for (auto& [number, memory] : memories_) {
      memory.decode(reporter(number));
      Core& core = cores_[number];
      core.tables = &memory;
      for (const common::GroupEntry& group : memory.groups()) {
        core.arrivals.push_back(
            {std::vector<int>(at(group.axons), kNone), std::vector<bool>(at(group.axons))});
      }
    }
  }

  bool in_network(const common::NeuronLabel& label) {
    const bool good = label.layer < network_.layers.size() &&
                      static_cast<int>(label.neuron) < network_.layers[label.layer].output.size() &&
                      label.first_level + label.levels <= network_.layers[label.layer].levels();
    if (!good) report(fmt::format("layer {} has no neuron {}", label.layer, label.neuron));
    return good;
  }

  bool check_labels() {
    std::vector<std::set<int>> layer_cores(network_.layers.size());
    for (const common::CoreLabels& labels : deployment_.cores) {
      const auto core = cores_.find(labels.core);
      if (core == cores_.end() || core->second.labels != nullptr ||
          labels.neurons.size() != core->second.tables->neurons().size() ||
          labels.group_layers.size() != core->second.tables->groups().size()) {
        report(fmt::format("core {}: its labels are not those of its tables", labels.core));
        continue;
      }
      core->second.labels = &labels;
      for (const common::NeuronLabel& label : labels.neurons) {
        if (!in_network(label)) return false;
        layer_cores[label.layer].insert(labels.core);
      }
    }
    for (auto core = cores_.begin(); core != cores_.end();) {
      if (core->second.labels != nullptr) {
        ++core;
        continue;
      }
      report(fmt::format("core {}: it has no labels", core->first));
      core = cores_.erase(core);
    }
    for (std::size_t l = 0; l < layer_cores.size(); ++l) {
      if (static_cast<int>(layer_cores[l].size()) != deployment_.layers[l].cores) {
        report(fmt::format("layer \"{}\": {} cores hold it, not {}", deployment_.layers[l].name,
                           layer_cores[l].size(), deployment_.layers[l].cores));
      }
    }
    return true;
  }

  void follow_input() {
    const common::InputRoutes& input = deployment_.input;
    const int neurons = network_.encoder.output.size();
    if (input.levels != levels(-1) || input.first.size() != at(neurons) + 1) {
      report("the input routes are not those of the network's input");
      return;
    }
    for (int neuron = 0; neuron < neurons; ++neuron) {
      for (std::uint32_t i = input.first[at(neuron)]; i < input.first[at(neuron) + 1]; ++i) {
        for (int level = 0; level < input.levels; ++level) {
          follow(-1, neuron, level, common::Packet(input.packets[i]).with_level(level));
        }
      }
    }
  }

  void follow_routes(int number, const Core& core) {
    for (std::size_t n = 0; n < core.labels->neurons.size(); ++n) {
      const common::NeuronLabel& label = core.labels->neurons[n];
      const common::NeuronEntry& entry = core.tables->neurons()[n];
      const int neuron = static_cast<int>(label.neuron);
      if (entry.thresholds != label.levels) {
        report(fmt::format("core {}: neuron {} has {} thresholds, its label says {}", number, n,
                           entry.thresholds, label.levels));
        continue;
      }
      for (int i = 0; i < entry.thresholds; ++i) {
        for (int r = 0; r < entry.routes; ++r) {
          follow(label.layer, neuron, label.first_level + i,
                 core.tables->route(entry, r).with_level(i));
        }
      }
    }
  }

  static std::string name(int layer, int neuron, int level) {
    return fmt::format("layer {}, neuron {}, level {}", layer, neuron, level);
  }

  /// A packet of a neuron of `layer`, the input being layer -1.
  void follow(int layer, int neuron, int level, common::Packet packet) {
    const int source = neuron * levels(layer) + level;
    if (packet.valid() && packet.kind() == common::PacketKind::kHost) {
      if (layer != last_layer() || packet.output() != source) {
        report(fmt::format("{} reaches the host as output {}", name(layer, neuron, level),
                           packet.output()));
      } else if (!outputs_.insert(source).second) {
        report(fmt::format("{} reaches the host twice", name(layer, neuron, level)));
      }
      return;
    }
    const common::Region region = packet.region();
    if (!packet.valid() || packet.parity() != 0 || !chip_.grid().contains(region)) {
      report(fmt::format("{} sends a packet to nowhere", name(layer, neuron, level)));
      return;
    }
    for (int y = region.y0; y <= region.y1; ++y) {
      for (int x = region.x0; x <= region.x1; ++x) {
        arrive(layer, source, chip_.grid().core_at(x, y), packet);
      }
    }
  }

  /// A packet to one core: to its own axon, or to those of its list.
  void arrive(int layer, int source, int number, common::Packet packet) {
    if (!packet.expanded()) {
      arrive_at(layer, source, number, packet.group(), packet.axon());
      return;
    }
    std::vector<common::ExpansionEntry> places;
    const auto core = cores_.find(number);
    if (core == cores_.end() || !core->second.tables->expand(packet.entry(), places)) {
      report(fmt::format("core {}: entry {} of its expansion table has no end", number,
                         packet.entry()));
      return;
    }
    for (const common::ExpansionEntry& place : places) {
      arrive_at(layer, source, number, place.group, place.axon + packet.level());
    }
  }

  void arrive_at(int layer, int source, int number, int group, int axon) {
    const auto from = [&] { return name(layer, source / levels(layer), source % levels(layer)); };
    const auto core = cores_.find(number);
    if (core == cores_.end() || at(group) >= core->second.arrivals.size() ||
        core->second.labels->group_layers[at(group)] != layer + 1 ||
        axon >= static_cast<int>(core->second.arrivals[at(group)].source.size())) {
      report(fmt::format("{} reaches core {}, group {}, axon {}, which is not of the next layer",
                         from(), number, group, axon));
      return;
    }
    int& taken = core->second.arrivals[at(group)].source[at(axon)];
    if (taken != kNone) {
      report(fmt::format("{} reaches core {}, group {}, axon {}, which {} feeds already", from(),
                         number, group, axon, taken));
    }
    taken = source;
  }

  /// Marks the sources in the window of the label's neuron with their weights, zeros included.
  void expect_synapses(const common::NeuronLabel& label) {
    const converter::SpikingLayer& layer = network_.layers[label.layer];
    const int plane = layer.output.height * layer.output.width;
    const int neuron = static_cast<int>(label.neuron);
    converter::collect_synapses(layer, neuron / plane, neuron % plane / layer.output.width,
                                neuron % layer.output.width, synapses_);
    window_.resize(std::max(window_.size(), at(layer.input.size() * layer.input_levels)));
    sources_.clear();
    for (const converter::Synapse& synapse : synapses_) {
      for (int level = 0; level < layer.input_levels; ++level) {
        if (layer.kind == converter::LayerKind::kMaxPool && level != label.first_level) continue;
        sources_.push_back(synapse.input * layer.input_levels + level);
        window_[at(sources_.back())] = {synapse.weight, true, false};
      }
    }
    positive_ = 0;
    negative_ = 0;
  }

  /// After the neuron's dendrites: what was not there?
  void settle_synapses(const std::string& who) {
    for (const int source : sources_) {
      Tap& tap = window_[at(source)];
      if (tap.weight != 0 && !tap.found) {
        report(fmt::format("{} has no synapse from source {}", who, source));
      }
      tap = {};
    }
    const std::int64_t limit = std::int64_t{1} << (chip_.core.potential_bits - 1);
    if (positive_ >= limit || negative_ > limit) {
      report(fmt::format("{} may exceed {} bits", who, chip_.core.potential_bits));
    }
  }

  void check_neurons(int number, Core& core) {
    for (std::size_t n = 0; n < core.labels->neurons.size(); ++n) {
      const common::NeuronLabel& label = core.labels->neurons[n];
      const std::string who =
          fmt::format("core {}: {}", number,
                      name(label.layer, static_cast<int>(label.neuron), label.first_level));
      check_thresholds(core, n, who);
      expect_synapses(label);
      const common::NeuronEntry& entry = core.tables->neurons()[n];
      for (int i = 0; i < entry.gathers; ++i) {
        const int dendrite = core.tables->gathered(entry, i);
        if (core.labels->group_layers[at(core.tables->group_of(dendrite))] != label.layer) {
          report(fmt::format("{} gathers a dendrite of another layer", who));
        }
        read_dendrite(core, dendrite, who);
      }
      settle_synapses(who);
    }
  }

  void read_dendrite(Core& core, int dendrite, const std::string& who) {
    Arrivals& arrivals = core.arrivals[at(core.tables->group_of(dendrite))];
    for (int row = 0; row < chip_.core.axons; ++row) {
      const int weight = core.tables->weight(row, dendrite);
      const int source = at(row) < arrivals.source.size() ? arrivals.source[at(row)] : kNone;
      const bool inside =
          source != kNone && at(source) < window_.size() && window_[at(source)].expected;
      if (!inside) {
        if (weight != 0) report(fmt::format("{} has a weight on row {} too many", who, row));
        continue;
      }
      arrivals.wanted[at(row)] = true;
      Tap& tap = window_[at(source)];
      if (tap.found) report(fmt::format("{} has two synapses from source {}", who, source));
      tap.found = true;
      if (weight != tap.weight) {
        report(fmt::format("{} has weight {} from source {}, not {}", who, weight, source,
                           tap.weight));
      }
      if (weight != 0) ++(weight > 0 ? positive_ : negative_);
    }
  }

  void check_thresholds(const Core& core, std::size_t n, const std::string& who) {
    const common::NeuronLabel& label = core.labels->neurons[n];
    const converter::SpikingLayer& layer = network_.layers[label.layer];
    const common::NeuronEntry& entry = core.tables->neurons()[n];
    const int channel = static_cast<int>(label.neuron) / (layer.output.height * layer.output.width);
    for (int i = 0; i < entry.thresholds; ++i) {
      const int level = label.first_level + i;
      const std::int32_t expected = layer.kind == converter::LayerKind::kMaxPool
                                        ? 1
                                        : layer.thresholds[at(channel * layer.levels() + level)];
      const std::int32_t found = core.tables->threshold(entry, i);
      if (found != expected) {
        report(
            fmt::format("{} has threshold {} for level {}, not {}", who, found, level, expected));
      }
      if (!neurons_.insert({label.layer, static_cast<int>(label.neuron) * layer.levels() + level})
               .second) {
        report(fmt::format("{} has level {} twice", who, level));
      }
    }
  }

  void check_arrivals(int number, const Core& core) {
    for (std::size_t g = 0; g < core.arrivals.size(); ++g) {
      const Arrivals& arrivals = core.arrivals[g];
      for (std::size_t axon = 0; axon < arrivals.source.size(); ++axon) {
        if (arrivals.source[axon] != kNone && !arrivals.wanted[axon]) {
          report(fmt::format("core {}: nothing wants what reaches group {}, axon {}", number, g,
                             axon));
        }
      }
    }
  }

  void check_all_there() {
    std::size_t expected = 0;
    for (const converter::SpikingLayer& layer : network_.layers) {
      expected += at(layer.output.size() * layer.levels());
    }
    if (neurons_.size() != expected) {
      report(fmt::format("{} levels of neurons, not {}", neurons_.size(), expected));
    }
    const converter::SpikingLayer& last = network_.layers.back();
    if (outputs_.size() != at(last.output.size() * last.levels())) {
      report(fmt::format("{} outputs reach the host, not {}", outputs_.size(),
                         last.output.size() * last.levels()));
    }
  }

  const common::Deployment& deployment_;
  const converter::SpikingNetwork& network_;
  const common::ChipDescription& chip_;
  std::size_t most_;
  std::vector<std::string> findings_;
  std::map<int, CoreReadback> memories_;
  std::map<int, Core> cores_;
  std::vector<converter::Synapse> synapses_;
  std::vector<Tap> window_;   ///< by source; empty but for the neuron at hand
  std::vector<int> sources_;  ///< expected ones of that neuron
  std::int64_t positive_ = 0;
  std::int64_t negative_ = 0;
  std::set<int> outputs_;                  ///< neuron * levels + level of the last layer
  std::set<std::pair<int, int>> neurons_;  ///< layer; neuron * levels + level
};

}  // namespace

std::vector<std::string> verify(const common::Deployment& deployment,
                                const converter::SpikingNetwork& network, std::size_t most) {
  return Verifier(deployment, network, most).run();
}

}  // namespace spikeloom::mapper
