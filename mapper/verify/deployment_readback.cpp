// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/verify/deployment_readback.h"

#include <optional>
#include <set>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/names.h"

namespace spikeloom::mapper {

std::map<int, CoreReadback> read_back(const arch::Deployment& deployment, const Finding& finding) {
  const arch::ChipDescription& chip = deployment.chip;
  std::map<int, CoreReadback> cores;
  const auto of_core = [&](int core) {
    return [&, core](const std::string& what) {
      finding(fmt::format("{}: {}", arch::core_name(chip, core), what));
    };
  };
  for (const arch::Transaction& transaction : deployment.transactions) {
    const auto address = arch::BusAddress::decode(transaction.address);
    const std::optional<int> core =
        address ? chip.core_at({address->chip, address->unit}) : std::nullopt;
    if (!core) {
      finding(fmt::format("a write to {:#x}, where there is no core", transaction.address));
      continue;
    }
    if (cores.count(*core) == 0 && chip.is_dead(*core)) of_core (*core)("is written, but is dead");
    cores.try_emplace(*core, chip.core)
        .first->second.write(*address, transaction.data, chip.bus, of_core(*core));
  }
  for (auto& [number, core] : cores) core.decode(of_core(number));
  return cores;
}

bool fits_tables(const arch::CoreLabels& labels, const CoreReadback& tables) {
  return labels.neurons.size() == tables.neurons().size() &&
         labels.group_layers.size() == tables.groups().size();
}

std::vector<std::string> loading_faults(const arch::Deployment& deployment) {
  std::vector<std::string> faults;
  const auto cores =
      read_back(deployment, [&faults](const std::string& finding) { faults.push_back(finding); });
  for (std::size_t i = 0; i < deployment.input.packets.size(); ++i) {
    const arch::Packet packet(deployment.input.packets[i]);
    if (packet.valid() && !packet.addresses_host() &&
        deployment.chip.can_deliver_to(packet.region(), true)) {
      continue;
    }
    faults.push_back(fmt::format(
        "input: packet {} is {:#018x}, which the host port does not deliver", i, packet.bits()));
  }
  std::set<int> labelled;
  std::vector<std::set<int>> layer_cores(deployment.layers.size());
  for (const arch::CoreLabels& labels : deployment.cores) {
    const auto core = cores.find(labels.core);
    const bool first = labelled.insert(labels.core).second;
    for (const arch::NeuronLabel& label : labels.neurons) {
      layer_cores[label.layer].insert(labels.core);
    }
    if (first && core != cores.end() && fits_tables(labels, core->second)) continue;
    faults.push_back(fmt::format("{}: its labels {}", arch::core_name(deployment.chip, labels.core),
                                 !first                ? "are given twice"
                                 : core == cores.end() ? "are of a core that nothing is loaded into"
                                                       : "do not match its tables"));
  }
  for (const auto& [number, core] : cores) {
    if (labelled.count(number) != 0) continue;
    faults.push_back(fmt::format("{}: it has no labels", arch::core_name(deployment.chip, number)));
  }
  for (std::size_t l = 0; l < layer_cores.size(); ++l) {
    const arch::DeployedLayer& layer = deployment.layers[l];
    if (static_cast<int>(layer_cores[l].size()) == layer.cores) continue;
    faults.push_back(fmt::format("layer \"{}\": {} cores hold it, expected {}", layer.name,
                                 layer_cores[l].size(), layer.cores));
  }
  return faults;
}

}  // namespace spikeloom::mapper
