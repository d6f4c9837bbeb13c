// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/core_dump.h"

#include <algorithm>
#include <regex>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/inspect/crossbar_view.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/verify/deployment_readback.h"

namespace spikeloom::cli {
namespace {

/// Returns the board-wide number of the core that the user selects.
int find_core(const arch::ChipDescription& chip, const std::string& which) {
  static const std::regex kName(R"(chip\d{1,4}\.core_\d{1,4}_\d{1,4})");
  if (std::regex_match(which, kName)) {
    if (const auto core = arch::find_core(chip, which)) return *core;
    throw base::UserError(fmt::format("--dump {}: no such core; the board has {} to {}", which,
                                      arch::core_name(chip, 0),
                                      arch::core_name(chip, chip.grid().cores() - 1)));
  }
  static const std::regex kForm(R"((?:chip(\d{1,4})\.)?core=(\d{1,4}),(\d{1,4}))");
  std::smatch match;
  if (!std::regex_match(which, match, kForm)) {
    throw base::UserError(
        fmt::format("--dump {}: expected a name like chip0.core_3_1, core=X,Y on the board, or "
                    "chipN.core=X,Y on "
                    "one of its chips",
                    which));
  }
  const bool on_chip = match[1].matched;
  const arch::MeshDescription grid = on_chip ? chip.mesh : chip.grid();
  const int x = std::stoi(match[2]);
  const int y = std::stoi(match[3]);
  if (x >= grid.columns || y >= grid.rows) {
    throw base::UserError(fmt::format("--dump {}: got {},{}, allowed 0..{},0..{}", which, x, y,
                                      grid.columns - 1, grid.rows - 1));
  }
  if (!on_chip) return grid.core_at(x, y);
  const int number = std::stoi(match[1]);
  if (const auto core = chip.core_at({number, grid.core_at(x, y)})) return *core;
  throw base::UserError(
      fmt::format("--dump {}: got chip {}, allowed 0..{}", which, number, chip.board.chips() - 1));
}

std::string range(int first, int count) {
  if (count == 0) return "-";
  return count == 1 ? fmt::format("{}", first) : fmt::format("{}..{}", first, first + count - 1);
}

/// Describes the destination of a packet.
std::string target(const arch::ChipDescription& chip, arch::Packet packet) {
  switch (packet.kind()) {
    case arch::PacketKind::kHost:
      return "the host";
    case arch::PacketKind::kCore: {
      const arch::Region region = packet.region();
      if (region.cores() == 1 && chip.grid().contains(region)) {
        return arch::core_name(chip, chip.grid().core_at(region.x0, region.y0));
      }
      return fmt::format("cores {},{}..{},{} ({})", region.x0, region.y0, region.x1, region.y1,
                         region.cores());
    }
  }
  return "nowhere";
}

/// Describes the effect of a packet, for `levels` thresholds of its neuron.
std::string effect(arch::Packet packet, int levels) {
  switch (packet.kind()) {
    case arch::PacketKind::kHost:
      return fmt::format("output {}", range(packet.output(), levels));
    case arch::PacketKind::kCore:
      if (packet.expanded()) {
        return fmt::format("list {}, level {}", packet.entry(), range(packet.level(), levels));
      }
      return fmt::format("group {}, axon {}", packet.group(), range(packet.axon(), levels));
  }
  return "";
}

nlohmann::ordered_json to_json(arch::Packet packet) {
  nlohmann::ordered_json json;
  json["packet"] = fmt::format("{:#018x}", packet.bits());
  if (packet.kind() == arch::PacketKind::kHost) {
    json["to"] = "host";
    json["output"] = packet.output();
    return json;
  }
  const arch::Region region = packet.region();
  json["to"] = packet.valid() ? "cores" : "nowhere";
  json["region"] = {region.x0, region.y0, region.x1, region.y1};
  if (packet.expanded()) {
    json["entry"] = packet.entry();
    json["level"] = packet.level();
  } else {
    json["group"] = packet.group();
    json["axon"] = packet.axon();
  }
  return json;
}

class CoreDump {
 public:
  CoreDump(const InspectedFile& file, const std::string& which, const LineLimit& limit)
      : limit_(limit),
        deployment_(arch::Deployment::decode(file.bytes, file.path)),
        network_(converter::SpikingNetwork::decode(deployment_.spiking_network,
                                                   file.path + ": the network inside")),
        number_(find_core(deployment_.chip, which)),
        memories_(mapper::read_back(deployment_,
                                    [this](const std::string& fault) { note_fault(fault); })) {
    const auto labels =
        std::find_if(deployment_.cores.begin(), deployment_.cores.end(),
                     [this](const arch::CoreLabels& core) { return core.core == number_; });
    const auto memory = memories_.find(number_);
    if (labels == deployment_.cores.end() || memory == memories_.end()) {
      throw base::UserError(
          fmt::format("{}: --dump {}: nothing is loaded into this core", file.path, which));
    }
    labels_ = &*labels;
    core_ = &memory->second;
    if (!has_layers_of_network()) {
      throw base::UserError(
          fmt::format("{}: its layers are not those of the network in it", file.path));
    }
    if (!mapper::fits_tables(*labels_, *core_)) {
      throw base::UserError(fmt::format("{}: {}: its labels do not match its tables", file.path,
                                        arch::core_name(deployment_.chip, number_)));
    }
    for (const arch::GroupEntry& group : core_->groups()) {
      crossbars_.push_back(crossbar_rows(*core_, group));
    }
  }

  Inspection result() const {
    return {head_text() + groups_text() + neurons_text() + routes_text() + expansion_text() +
                crossbar_texts(),
            json()};
  }

 private:
  bool has_layers_of_network() const {
    return std::equal(deployment_.layers.begin(), deployment_.layers.end(), network_.layers.begin(),
                      network_.layers.end(),
                      [](const arch::DeployedLayer& ours, const converter::SpikingLayer& theirs) {
                        return ours.neurons == theirs.output.size();
                      });
  }

  void note_fault(const std::string& fault) {
    const std::string of_core = arch::core_name(deployment_.chip, number_) + ": ";
    if (fault.compare(0, of_core.size(), of_core) == 0) {
      faults_.push_back(fault.substr(of_core.size()));
    }
  }

  const std::string& layer_name(std::size_t layer) const { return deployment_.layers[layer].name; }

  /// Returns channel, row and column of a neuron.
  std::array<int, 3> place(const arch::NeuronLabel& label) const {
    const converter::Shape& shape = network_.layers.at(label.layer).output;
    const int neuron = static_cast<int>(label.neuron);
    const int plane = shape.height * shape.width;
    return {neuron / plane, neuron % plane / shape.width, neuron % shape.width};
  }

  std::string head_text() const {
    const arch::ChipDescription& chip = deployment_.chip;
    const arch::CoreLocation place = chip.place(number_);
    std::string text =
        fmt::format("{} of {} on {}: number {}, unit {}\n", arch::core_name(chip, number_),
                    deployment_.network, chip.name, number_, place.unit);
    for (const std::string& fault : faults_) text += fmt::format("fault: {}\n", fault);
    return text;
  }

  std::string groups_text() const {
    base::TextTable table({"group", "axons", "dendrites", "weights", "dens%", "layer"}, 1, true);
    for (std::size_t g = 0; g < crossbars_.size(); ++g) {
      const arch::GroupEntry& group = core_->groups()[g];
      std::int64_t weights = 0;
      for (const std::string& row : crossbars_[g]) {
        weights += static_cast<std::int64_t>(row.size()) - std::count(row.begin(), row.end(), '.');
      }
      const double points = static_cast<double>(group.axons) * group.dendrites;
      table.add(
          {fmt::format("{}", g), range(0, group.axons),
           range(group.first_dendrite, group.dendrites), fmt::format("{}", weights),
           points > 0 ? fmt::format("{:.1f}", 100.0 * static_cast<double>(weights) / points) : "-",
           layer_name(labels_->group_layers[g])});
    }
    return fmt::format("\n{} groups of axons\n", crossbars_.size()) + table.text();
  }

  std::string neurons_text() const {
    base::TextTable table(
        {"neuron", "layer", "channel", "y", "x", "levels", "gather", "thresholds"}, 2, true);
    const std::size_t count = core_->neurons().size();
    for (std::size_t n = 0; n < limit_.shown(count); ++n) {
      const arch::NeuronLabel& label = labels_->neurons[n];
      const auto [channel, y, x] = place(label);
      table.add({fmt::format("{}", n), base::truncated(layer_name(label.layer), 16),
                 fmt::format("{}", channel), fmt::format("{}", y), fmt::format("{}", x),
                 range(label.first_level, label.levels), base::truncated(gather_text(n), 20),
                 fmt::format("{}", fmt::join(thresholds(n), " "))});
    }
    return fmt::format("\n{} neurons\n", count) + table.text() + limit_.rest(count, "neurons");
  }

  std::vector<arch::GatherEntry> gathers(std::size_t n) const {
    const arch::NeuronEntry& entry = core_->neurons()[n];
    std::vector<arch::GatherEntry> result;
    for (int i = 0; i < entry.gathers; ++i) result.push_back(core_->gathered(entry, i));
    return result;
  }

  bool shifts() const { return deployment_.chip.core.weight_planes > 1; }

  /// Dendrites of a neuron, with their shifts if the chip has weight planes: "0<<2,1<<0".
  std::string gather_text(std::size_t n) const {
    std::vector<std::string> texts;
    for (const auto& [dendrite, shift] : gathers(n)) {
      texts.push_back(shifts() ? fmt::format("{}<<{}", dendrite, shift)
                               : fmt::format("{}", dendrite));
    }
    return fmt::format("{}", fmt::join(texts, ","));
  }

  std::vector<std::int32_t> thresholds(std::size_t n) const {
    const arch::NeuronEntry& entry = core_->neurons()[n];
    std::vector<std::int32_t> result;
    for (int i = 0; i < entry.thresholds; ++i) result.push_back(core_->threshold(entry, i));
    return result;
  }

  std::vector<arch::Packet> routes(std::size_t n) const {
    const arch::NeuronEntry& entry = core_->neurons()[n];
    std::vector<arch::Packet> result;
    for (int i = 0; i < entry.routes; ++i) result.push_back(core_->route(entry, i));
    return result;
  }

  std::string routes_text() const {
    base::TextTable table({"neuron", "packet of level 0", "to", "sets"}, 3, true);
    std::size_t count = 0;
    for (const arch::NeuronEntry& neuron : core_->neurons()) {
      count += static_cast<std::size_t>(neuron.routes);
    }
    std::size_t left = limit_.shown(count);
    for (std::size_t n = 0; n < core_->neurons().size() && left > 0; ++n) {
      for (const arch::Packet packet : routes(n)) {
        if (left == 0) break;
        --left;
        table.add({fmt::format("{}", n), fmt::format("{:#018x}", packet.bits()),
                   target(deployment_.chip, packet),
                   effect(packet, core_->neurons()[n].thresholds)});
      }
    }
    return fmt::format("\n{} route entries\n", count) + table.text() + limit_.rest(count, "routes");
  }

  /// Returns the entries of the expansion table up to the last nonempty one.
  std::vector<arch::ExpansionEntry> expansion() const {
    std::vector<arch::ExpansionEntry> entries;
    std::size_t used = 0;
    for (int i = 0; i < deployment_.chip.core.expansion.entries; ++i) {
      entries.push_back(core_->expansion(i));
      if (entries.back().encode() != 0) used = entries.size();
    }
    entries.resize(used);
    return entries;
  }

  std::string expansion_text() const {
    const std::vector<arch::ExpansionEntry> entries = expansion();
    if (entries.empty()) return "";
    base::TextTable table({"entry", "group", "axon", "last"});
    for (std::size_t i = 0; i < limit_.shown(entries.size()); ++i) {
      table.add({fmt::format("{}", i), fmt::format("{}", entries[i].group),
                 fmt::format("{}", entries[i].axon), entries[i].last ? "yes" : ""});
    }
    return fmt::format("\n{} entries of the expansion table\n", entries.size()) + table.text() +
           limit_.rest(entries.size(), "entries");
  }

  std::string crossbar_texts() const {
    std::string text =
        "\ncrossbar: + and - are weights, . is none; dendrites across, equal rows as one\n";
    for (std::size_t g = 0; g < crossbars_.size(); ++g) {
      const arch::GroupEntry& group = core_->groups()[g];
      if (group.dendrites == 0) continue;
      text += fmt::format("\ngroup {}, {}\n", g, layer_name(labels_->group_layers[g])) +
              crossbar_text(crossbars_[g], group, limit_);
    }
    return text;
  }

  nlohmann::ordered_json json() const {
    const arch::ChipDescription& chip = deployment_.chip;
    nlohmann::ordered_json json;
    json["kind"] = "core";
    json["core"] = number_;
    json["x"] = chip.grid().x(number_);
    json["y"] = chip.grid().y(number_);
    json["chip"] = chip.place(number_).chip;
    json["unit"] = chip.place(number_).unit;
    json["enabled"] = core_->enabled();
    json["groups"] = nlohmann::ordered_json::array();
    for (std::size_t g = 0; g < crossbars_.size(); ++g) {
      const arch::GroupEntry& group = core_->groups()[g];
      json["groups"].push_back({{"layer", layer_name(labels_->group_layers[g])},
                                {"first_dendrite", group.first_dendrite},
                                {"dendrites", group.dendrites},
                                {"axons", group.axons},
                                {"crossbar", crossbars_[g]}});
    }
    json["neurons"] = nlohmann::ordered_json::array();
    for (std::size_t n = 0; n < core_->neurons().size(); ++n) {
      const arch::NeuronLabel& label = labels_->neurons[n];
      nlohmann::ordered_json neuron;
      neuron["layer"] = layer_name(label.layer);
      neuron["neuron"] = label.neuron;
      neuron["place"] = place(label);
      neuron["first_level"] = label.first_level;
      neuron["gather"] = nlohmann::ordered_json::array();
      for (const arch::GatherEntry& entry : gathers(n)) neuron["gather"].push_back(entry.dendrite);
      if (shifts()) {
        neuron["shifts"] = nlohmann::ordered_json::array();
        for (const arch::GatherEntry& entry : gathers(n)) neuron["shifts"].push_back(entry.shift);
      }
      neuron["thresholds"] = thresholds(n);
      neuron["routes"] = nlohmann::ordered_json::array();
      for (const arch::Packet packet : routes(n)) neuron["routes"].push_back(to_json(packet));
      json["neurons"].push_back(std::move(neuron));
    }
    json["expansion"] = nlohmann::ordered_json::array();
    for (const arch::ExpansionEntry& entry : expansion()) {
      json["expansion"].push_back(
          {{"group", entry.group}, {"axon", entry.axon}, {"last", entry.last}});
    }
    json["faults"] = faults_;
    return json;
  }

  const LineLimit& limit_;
  arch::Deployment deployment_;
  converter::SpikingNetwork network_;
  int number_;
  std::vector<std::string> faults_;
  std::map<int, mapper::CoreReadback> memories_;
  const arch::CoreLabels* labels_ = nullptr;
  const mapper::CoreReadback* core_ = nullptr;
  std::vector<std::vector<std::string>> crossbars_;  ///< [group][axon]
};

}  // namespace

Inspection dump_core(const InspectedFile& file, const std::string& which, const LineLimit& limit) {
  return CoreDump(file, which, limit).result();
}

}  // namespace spikeloom::cli
