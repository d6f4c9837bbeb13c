// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/deployment_inspection.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/units.h"
#include "spikeloom/mapper/verify/deployment_readback.h"

namespace spikeloom::cli {
namespace {

/// Writes to one region, summed over all cores.
struct RegionWrites {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

/// Contents of a core.
struct CoreContent {
  int core = 0;
  std::vector<std::string> layers;
  std::size_t groups = 0;
  std::int64_t axons = 0;
  std::int64_t dendrites = 0;
  std::size_t neurons = 0;
  std::int64_t thresholds = 0;
  std::int64_t routes = 0;
  std::uint64_t synapses = 0;
};

class DeploymentInspection {
 public:
  DeploymentInspection(const InspectedFile& file, const LineLimit& limit)
      : file_(file),
        limit_(limit),
        deployment_(arch::Deployment::decode(file.bytes, file.path)),
        chip_(deployment_.chip) {
    read_regions();
    read_cores();
  }

  Inspection result() const {
    return {
        head_text() + layers_text() + input_text() + regions_text() + cores_text() + faults_text(),
        json()};
  }

 private:
  void read_regions() {
    for (const arch::Transaction& transaction : deployment_.transactions) {
      const auto address = arch::BusAddress::decode(transaction.address);
      if (!address || static_cast<std::size_t>(address->region) >= regions_.size()) continue;
      RegionWrites& writes = regions_[static_cast<std::size_t>(address->region)];
      ++writes.count;
      writes.bytes += transaction.data.size();
    }
    for (const RegionWrites& writes : regions_) bytes_ += writes.bytes;
  }

  void read_cores() {
    const auto memories = mapper::read_back(
        deployment_, [this](const std::string& finding) { faults_.push_back(finding); });
    std::map<int, std::set<int>> layers;
    for (const arch::CoreLabels& labels : deployment_.cores) {
      layers[labels.core].insert(labels.group_layers.begin(), labels.group_layers.end());
    }
    for (const auto& [number, memory] : memories) {
      CoreContent content;
      content.core = number;
      for (const int layer : layers[number]) {
        content.layers.push_back(deployment_.layers[static_cast<std::size_t>(layer)].name);
      }
      content.groups = memory.groups().size();
      for (const arch::GroupEntry& group : memory.groups()) {
        content.axons += group.axons;
        content.dendrites += group.dendrites;
      }
      content.neurons = memory.neurons().size();
      for (const arch::NeuronEntry& neuron : memory.neurons()) {
        content.thresholds += neuron.thresholds;
        content.routes += neuron.routes;
      }
      content.synapses = memory.synapses();
      cores_.push_back(std::move(content));
    }
  }

  std::string head_text() const {
    const arch::BoardDescription& board = chip_.board;
    std::string text = fmt::format("deployment, version {}, {} bytes\n\n",
                                   arch::Deployment::kVersion, file_.bytes.size());
    const auto line = [&text](const char* what, const std::string& value) {
      text += fmt::format("{:<9}{}\n", what, base::truncated(value, base::TextTable::kWidth - 9));
    };
    line("network", fmt::format("{} (its spiking network of {} bytes is inside)",
                                deployment_.network, deployment_.spiking_network.size()));
    line("chip",
         fmt::format("{}: {} x {} cores, {}, {:g} V", chip_.name, chip_.mesh.columns,
                     chip_.mesh.rows, base::format_quantity(chip_.clock_hz, base::Unit::kHertz),
                     chip_.voltage_v));
    line("board", fmt::format("{} x {} chips, one {}", board.columns, board.rows,
                              arch::name(chip_.topology)));
    line("core", fmt::format("{} axons x {} dendrites, {} groups, {} route entries",
                             chip_.core.axons, chip_.core.ternary_dendrites(),
                             chip_.core.fan_in_groups, chip_.core.route_entries));
    if (chip_.core.weight_planes > 1)
      line("planes", fmt::format("{} of weights", chip_.core.weight_planes));
    line("seed", fmt::format("{}", deployment_.seed));
    return text + "\n";
  }

  /// Returns the bounding rectangle of a layer's cores on the board.
  std::string area(std::size_t layer) const {
    std::optional<arch::Region> around;
    for (const arch::CoreLabels& labels : deployment_.cores) {
      if (std::find(labels.group_layers.begin(), labels.group_layers.end(), layer) ==
          labels.group_layers.end()) {
        continue;
      }
      const int x = chip_.grid().x(labels.core);
      const int y = chip_.grid().y(labels.core);
      if (!around) around = arch::Region{x, y, x, y};
      around = arch::Region{std::min(around->x0, x), std::min(around->y0, y),
                            std::max(around->x1, x), std::max(around->y1, y)};
    }
    if (!around) return "-";
    return fmt::format("{},{}..{},{}", around->x0, around->y0, around->x1, around->y1);
  }

  std::string layers_text() const {
    base::TextTable table({"layer", "depth", "neurons", "levels", "spiking", "cores", "within"});
    for (std::size_t l = 0; l < deployment_.layers.size(); ++l) {
      const arch::DeployedLayer& layer = deployment_.layers[l];
      table.add({layer.name, fmt::format("{}", layer.depth), fmt::format("{}", layer.neurons),
                 fmt::format("{}", layer.levels),
                 fmt::format("{}", std::int64_t{layer.neurons} * layer.levels),
                 fmt::format("{}", layer.cores), area(l)});
    }
    return table.text() + "\n";
  }

  std::string input_text() const {
    const arch::InputRoutes& input = deployment_.input;
    return fmt::format("input: {} neurons with {} levels, {} packets per level\n\n",
                       input.first.size() - 1, input.levels, input.packets.size());
  }

  std::string regions_text() const {
    base::TextTable table({"region", "writes", "bytes"});
    for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
      const RegionWrites& writes = regions_[static_cast<std::size_t>(info.region)];
      if (writes.count == 0) continue;
      table.add({std::string(name(info.region)), fmt::format("{}", writes.count),
                 fmt::format("{}", writes.bytes)});
    }
    table.add(
        {"total", fmt::format("{}", deployment_.transactions.size()), fmt::format("{}", bytes_)});
    return table.text() + "\n";
  }

  std::string cores_text() const {
    base::TextTable table({"core", "groups", "axons", "dendrites", "neurons", "thresholds",
                           "routes", "synapses", "layers"},
                          1, true);
    for (std::size_t i = 0; i < limit_.shown(cores_.size()); ++i) {
      const CoreContent& core = cores_[i];
      table.add({fmt::format("{},{}", chip_.grid().x(core.core), chip_.grid().y(core.core)),
                 fmt::format("{}", core.groups), fmt::format("{}", core.axons),
                 fmt::format("{}", core.dendrites), fmt::format("{}", core.neurons),
                 fmt::format("{}", core.thresholds), fmt::format("{}", core.routes),
                 fmt::format("{}", core.synapses),
                 fmt::format("{}", fmt::join(core.layers, ", "))});
    }
    return table.text() + limit_.rest(cores_.size(), "cores") +
           fmt::format("\n{} of {} cores in use{}; --dump chipC.core_X_Y shows one\n",
                       cores_.size(), chip_.grid().cores(),
                       chip_.defects.cores.empty()
                           ? ""
                           : fmt::format(", {} dead", chip_.defects.cores.size()));
  }

  std::string faults_text() const {
    if (faults_.empty()) return "";
    std::string text = fmt::format("\nthe chip would refuse it, {} faults:\n", faults_.size());
    for (std::size_t i = 0; i < limit_.shown(faults_.size()); ++i) {
      text += "  " + base::truncated(faults_[i], base::TextTable::kWidth - 2) + "\n";
    }
    return text + limit_.rest(faults_.size(), "faults");
  }

  nlohmann::ordered_json json() const {
    nlohmann::ordered_json json;
    json["kind"] = "deployment";
    json["version"] = arch::Deployment::kVersion;
    json["bytes"] = file_.bytes.size();
    json["network"] = deployment_.network;
    json["seed"] = deployment_.seed;
    json["chip"] = arch::to_json(chip_);
    json["layers"] = nlohmann::ordered_json::array();
    for (const arch::DeployedLayer& layer : deployment_.layers) {
      json["layers"].push_back({{"name", layer.name},
                                {"depth", layer.depth},
                                {"neurons", layer.neurons},
                                {"levels", layer.levels},
                                {"cores", layer.cores}});
    }
    json["input"] = {{"neurons", deployment_.input.first.size() - 1},
                     {"levels", deployment_.input.levels},
                     {"packets", deployment_.input.packets.size()}};
    nlohmann::ordered_json regions;
    for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
      const RegionWrites& writes = regions_[static_cast<std::size_t>(info.region)];
      regions[std::string(name(info.region))] = {{"count", writes.count}, {"bytes", writes.bytes}};
    }
    json["transactions"] = {
        {"count", deployment_.transactions.size()}, {"bytes", bytes_}, {"regions", regions}};
    json["cores"] = nlohmann::ordered_json::array();
    for (const CoreContent& core : cores_) {
      const arch::CoreLocation place = chip_.place(core.core);
      json["cores"].push_back({{"core", core.core},
                               {"x", chip_.grid().x(core.core)},
                               {"y", chip_.grid().y(core.core)},
                               {"chip", place.chip},
                               {"unit", place.unit},
                               {"layers", core.layers},
                               {"groups", core.groups},
                               {"axons", core.axons},
                               {"dendrites", core.dendrites},
                               {"neurons", core.neurons},
                               {"thresholds", core.thresholds},
                               {"routes", core.routes},
                               {"synapses", core.synapses}});
    }
    json["spiking_network_bytes"] = deployment_.spiking_network.size();
    json["faults"] = faults_;
    return json;
  }

  const InspectedFile& file_;
  const LineLimit& limit_;
  arch::Deployment deployment_;
  const arch::ChipDescription& chip_;
  std::array<RegionWrites, arch::kCoreRegions.size()> regions_;
  std::uint64_t bytes_ = 0;
  std::vector<CoreContent> cores_;
  std::vector<std::string> faults_;
};

}  // namespace

Inspection inspect_deployment(const InspectedFile& file, const LineLimit& limit) {
  return DeploymentInspection(file, limit).result();
}

}  // namespace spikeloom::cli
