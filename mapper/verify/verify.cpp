// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/verify/verify.h"

#include <set>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/mapper/verify/deployment_readback.h"
#include "spikeloom/mapper/verify/findings.h"
#include "spikeloom/mapper/verify/neuron_check.h"
#include "spikeloom/mapper/verify/route_check.h"
#include "spikeloom/mapper/verify/verified_core.h"

namespace spikeloom::mapper {
namespace {

using Progress = std::function<void(std::size_t done, std::size_t total)>;

class Verifier {
 public:
  Verifier(const arch::Deployment& deployment, const converter::SpikingNetwork& network,
           Findings& findings, VerifyCounts& counts, const Progress& progress)
      : deployment_(deployment),
        network_(network),
        spikes_(network),
        findings_(findings),
        counts_(counts),
        progress_(progress) {}

  void run() {
    if (!check_layers()) return;
    read_cores();
    if (!check_labels()) return;
    RouteCheck routes(deployment_, network_, spikes_, cores_, findings_, counts_);
    routes.follow_input();
    for (const auto& [number, core] : cores_) {
      routes.follow_core(number, core);
      core_done();
    }
    NeuronCheck neurons(deployment_.chip, network_, spikes_, findings_, counts_);
    for (auto& [number, core] : cores_) {
      neurons.check_core(number, core);
      core_done();
    }
    neurons.check_all_there();
    routes.check_outputs();
  }

 private:
  void core_done() {
    if (progress_) progress_(++done_, 2 * cores_.size());
  }

  bool check_layers() {
    const std::vector<int> depths = network_.depths();
    bool same = deployment_.layers.size() == network_.layers.size();
    for (std::size_t l = 0; same && l < network_.layers.size(); ++l) {
      const arch::DeployedLayer& layer = deployment_.layers[l];
      same = layer.name == network_.layers[l].name && layer.depth == depths[l] &&
             layer.neurons == network_.layers[l].output.size() &&
             layer.levels == network_.layers[l].levels();
    }
    if (!same) findings_.add("its layers differ from those of the network");
    return same;
  }

  void read_cores() {
    memories_ =
        read_back(deployment_, [this](const std::string& what) { findings_.add("{}", what); });
    counts_.transactions = deployment_.transactions.size();
    counts_.cores = memories_.size();
    for (const auto& [number, memory] : memories_) {
      VerifiedCore& core = cores_[number];
      core.tables = &memory;
      counts_.groups += memory.groups().size();
      for (const arch::GroupEntry& group : memory.groups()) {
        const auto axons = static_cast<std::size_t>(group.axons);
        core.arrivals.push_back(
            {std::vector<int>(axons, Arrivals::kNone), std::vector<bool>(axons)});
      }
    }
  }

  bool in_network(const arch::NeuronLabel& label) {
    const bool good = label.layer < network_.layers.size() &&
                      static_cast<int>(label.neuron) < network_.layers[label.layer].output.size() &&
                      label.first_level + label.levels <= network_.layers[label.layer].levels();
    if (!good) findings_.add("layer {} has no neuron {}", label.layer, label.neuron);
    return good;
  }

  bool check_labels() {
    std::vector<std::set<int>> layer_cores(network_.layers.size());
    for (const arch::CoreLabels& labels : deployment_.cores) {
      const auto core = cores_.find(labels.core);
      if (core == cores_.end() || core->second.labels != nullptr ||
          !fits_tables(labels, *core->second.tables)) {
        findings_.add("{}: its labels do not match its tables",
                      arch::core_name(deployment_.chip, labels.core));
        continue;
      }
      core->second.labels = &labels;
      for (const arch::NeuronLabel& label : labels.neurons) {
        if (!in_network(label)) return false;
        layer_cores[label.layer].insert(labels.core);
      }
    }
    for (auto core = cores_.begin(); core != cores_.end();) {
      if (core->second.labels != nullptr) {
        ++core;
        continue;
      }
      findings_.add("{}: it has no labels", arch::core_name(deployment_.chip, core->first));
      core = cores_.erase(core);
    }
    for (std::size_t l = 0; l < layer_cores.size(); ++l) {
      if (static_cast<int>(layer_cores[l].size()) != deployment_.layers[l].cores) {
        findings_.add("layer \"{}\": {} cores hold it, expected {}", deployment_.layers[l].name,
                      layer_cores[l].size(), deployment_.layers[l].cores);
      }
    }
    return true;
  }

  const arch::Deployment& deployment_;
  const converter::SpikingNetwork& network_;
  SpikeIndex spikes_;
  Findings& findings_;
  VerifyCounts& counts_;
  const Progress& progress_;
  std::size_t done_ = 0;  ///< steps done, two per core
  std::map<int, CoreReadback> memories_;
  VerifiedCores cores_;
};

}  // namespace

std::vector<std::string> verify(const arch::Deployment& deployment,
                                const converter::SpikingNetwork& network, std::size_t max_findings,
                                VerifyCounts* counts, const Progress& progress) {
  Findings findings(max_findings);
  VerifyCounts seen;
  Verifier(deployment, network, findings, seen, progress).run();
  seen.findings = findings.count();
  if (counts != nullptr) *counts = seen;
  return findings.take();
}

}  // namespace spikeloom::mapper
