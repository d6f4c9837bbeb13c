// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "cli/terminal/exit_status.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/verify/verify.h"
#include "spikeloom/sim/inputs/network_file.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

struct Verification {
  std::vector<std::string> findings;  ///< the first ones
  mapper::VerifyCounts counts;
};

Verification verify(const arch::Deployment& deployment, const converter::SpikingNetwork& network,
                    std::size_t max_findings, base::ProgressSink* sink) {
  Verification result;
  base::StoppableProgress progress(sink, "checks of cores");
  result.findings =
      mapper::verify(deployment, network, max_findings, &result.counts, progress.callback());
  // The host's layers are not on the chip: the deployment carries them in its spiking network.
  if (deployment.spiking_network != network.encode()) {
    ++result.counts.findings;
    result.findings.insert(result.findings.begin(),
                           "the spiking network inside it, which the host's layers are taken from, "
                           "is a different one");
    if (result.findings.size() > max_findings) result.findings.pop_back();
  }
  return result;
}

std::string checked_text(const mapper::VerifyCounts& counts, int potential_bits) {
  std::string text;
  const auto line = [&text](const char* what, std::uint64_t count, const std::string& about) {
    text += fmt::format("{:<13}{:>12}  {}\n", what, count, about);
  };
  line("transactions", counts.transactions, "replayed: address, alignment, burst, region");
  line("cores", counts.cores, fmt::format("with {} groups, tables within limits", counts.groups));
  line("neurons", counts.neurons, fmt::format("potentials within {} bits", potential_bits));
  line("thresholds", counts.thresholds, "one for each level of each neuron");
  line("synapses", counts.synapses, fmt::format("each once; {} zero weights", counts.zeros));
  line("packets", counts.packets,
       fmt::format("followed to {} axons that need them", counts.axon_writes));
  line("outputs", counts.outputs, "of these packets, to the host");
  return text;
}

std::string findings_text(const Verification& result) {
  if (result.findings.empty()) return "\nno difference\n";
  std::string text = fmt::format("\n{} findings:\n", result.counts.findings);
  for (const std::string& finding : result.findings) text += fmt::format("  {}\n", finding);
  const std::uint64_t more = result.counts.findings - result.findings.size();
  if (more > 0) text += fmt::format("  and {} more\n", more);
  return text;
}

nlohmann::ordered_json to_json(const Verification& result) {
  const mapper::VerifyCounts& counts = result.counts;
  nlohmann::ordered_json json;
  json["matches"] = counts.findings == 0;
  json["checked"] = {{"transactions", counts.transactions},
                     {"cores", counts.cores},
                     {"groups", counts.groups},
                     {"neurons", counts.neurons},
                     {"thresholds", counts.thresholds},
                     {"synapses", counts.synapses},
                     {"zero_weights", counts.zeros},
                     {"packets", counts.packets},
                     {"axon_writes", counts.axon_writes},
                     {"outputs", counts.outputs}};
  json["findings"] = counts.findings;
  json["first_findings"] = result.findings;
  return json;
}

CommandLine verify_line() {
  CommandLine line{{}, {{"deployment", "FILE.deployment"}, {"network", sim::kNetworkFiles}}};
  line.options.add_options()("findings",
                             options::value<std::size_t>()->default_value(20)->value_name("N"),
                             "maximum number of findings to print");
  add_output_options(line.options);
  return line;
}

int run_verify(const options::variables_map& values) {
  const std::string path = values["deployment"].as<std::string>();
  const arch::Deployment deployment = arch::Deployment::load(path);
  const converter::SpikingNetwork network = sim::load_network(values["network"].as<std::string>());
  const Verification result =
      verify(deployment, network, values["findings"].as<std::size_t>(), progress_sink(values));
  print_result(values,
               fmt::format("{} on {}\n\n", deployment.network, deployment.chip.name) +
                   checked_text(result.counts, deployment.chip.core.potential_bits) +
                   findings_text(result),
               [&] { return to_json(result); });
  return result.counts.findings == 0 ? 0 : kDifferent;
}

}  // namespace

const Command kVerifyCommand = {
    "verify",    "Rebuild the network from a deployment alone and compare it with its source",
    "",          "spikeloom verify lenet.deployment configs/networks/lenet-fashion-k1b2.onnx",
    verify_line, run_verify,
};

}  // namespace spikeloom::cli
