// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/command_line/board_option.h"
#include "cli/command_line/chip_options.h"
#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "cli/commands/report_directory.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/report/floor_plan.h"
#include "spikeloom/mapper/report/mapping_json.h"
#include "spikeloom/sim/inputs/energy_coefficients.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/results/board_note.h"
#include "spikeloom/sim/results/profile_file.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

arch::ChipDescription load_chip(const options::variables_map& values) {
  std::vector<base::Override> overrides = chip_overrides(values);
  if (const auto setting = board_setting(values)) overrides.push_back(chip_override(*setting));
  return arch::load_chip(values["chip"].as<std::string>(), overrides);
}

arch::Deployment map(const converter::SpikingNetwork& network, const arch::ChipDescription& chip,
                     mapper::MapOptions map_options, mapper::MappingReport& report,
                     base::ProgressSink* sink) {
  base::StoppableProgress progress(sink, "moves");
  map_options.progress = progress.callback();
  return mapper::map_network(network, network.encode(), chip, map_options, &report);
}

int read_effort(const options::variables_map& values) {
  const int effort = values["effort"].as<int>();
  if (effort < 0 || effort > mapper::kMaxEffort) {
    throw base::UserError(
        fmt::format("--effort: got {}, allowed 0..{}", effort, mapper::kMaxEffort));
  }
  return effort;
}

mapper::Objective read_objective(const std::string& text) {
  if (const auto found = base::value_named<mapper::Objective>(text)) return *found;
  throw base::UserError(fmt::format("--objective: got {}, allowed {}", text,
                                    fmt::join(base::all_names<mapper::Objective>(), ", ")));
}

/// Reads the energy file, which the objective "energy" requires and other objectives do not allow.
void read_energy(const options::variables_map& values, const arch::ChipDescription& chip,
                 mapper::MapOptions& map_options) {
  const bool wanted = needs_energy(map_options.objective);
  if (wanted != (values.count("energy") != 0)) {
    throw base::UserError(wanted ? "--objective energy needs an energy file: --energy FILE"
                                 : "--energy: only --objective energy reads an energy file");
  }
  if (!wanted) return;
  map_options.energy =
      sim::energy_coefficients(hw::load_energy(values["energy"].as<std::string>()), chip);
}

CommandLine map_line() {
  CommandLine line{{}, {{"network", sim::kNetworkFiles}}};
  add_chip_options(line.options, "the chip to map onto");
  line.options.add_options()("seed",
                             options::value<std::uint64_t>()->default_value(1)->value_name("N"),
                             "seed of placement")(
      "effort", options::value<int>()->default_value(mapper::kDefaultEffort)->value_name("N"),
      "duration of annealing in placement: time grows with N and the network; 0: none")(
      "profile", options::value<std::string>()->value_name("DIR"),
      "weigh traffic by the spikes of an earlier `spikeloom run` of this network: its results' "
      "directory; otherwise all neurons have the same weight")(
      "output,o", options::value<std::string>()->value_name("FILE"),
      "write the deployment, for `spikeloom run`")(
      "objective",
      options::value<std::string>()
          ->default_value(std::string(mapper::name(mapper::kDefaultObjective)))
          ->value_name(fmt::format("{}", fmt::join(base::all_names<mapper::Objective>(), "|"))),
      "what to minimize: cores, traffic (packets per spike, as far as the board has cores), "
      "energy (of an image, as expected), balance (the busiest core's time in a tick)")(
      "energy", options::value<std::string>()->value_name("ENERGY.yaml"),
      "the energy file, for --objective energy")(
      "report", options::value<std::string>()->value_name("DIR"),
      "write report.json, report.txt and floor_plan.svg to this directory");
  add_board_option(line.options);
  add_output_options(line.options);
  return line;
}

int run_map(const options::variables_map& values) {
  const arch::ChipDescription chip = load_chip(values);
  const converter::SpikingNetwork network = sim::load_network(values["network"].as<std::string>());
  mapper::MapOptions map_options;
  map_options.seed = values["seed"].as<std::uint64_t>();
  map_options.effort = read_effort(values);
  map_options.objective = read_objective(values["objective"].as<std::string>());
  read_energy(values, chip, map_options);
  std::optional<arch::SpikeProfile> profile;
  if (values.count("profile") != 0) {
    profile = sim::load_profile(values["profile"].as<std::string>(), network);
    map_options.profile = &*profile;
  }
  mapper::MappingReport report;
  const arch::Deployment deployment =
      map(network, chip, map_options, report, progress_sink(values));
  if (values.count("output") != 0) {
    const base::StopGuard guard;  // removes the temporary file on a stop
    deployment.save(values["output"].as<std::string>());
  }
  const std::string text =
      fmt::format("{} on {}\n", network.name, chip.name) +
      sim::grown_board_note(chip, deployment.chip) + "\n" + mapper::format_table(report) +
      fmt::format("seed {}, effort {}\n", map_options.seed, map_options.effort);
  if (values.count("report") != 0) {
    write_report(values["report"].as<std::string>(),
                 {{"report.json", base::json_text(mapper::to_json(report, deployment), 2) + "\n"},
                  {"report.txt", text},
                  {"floor_plan.svg", mapper::floor_plan(report, deployment)}});
  }
  print_result(values, text, [&] { return mapper::to_json(report, deployment); });
  return 0;
}

}  // namespace

const Command kMapCommand = {
    "map",
    "Lay a network out on a chip: cores, crossbars, routes",
    "",
    "spikeloom map lenet.snn --chip configs/chips/reference.yaml \\\n"
    "    -o lenet.deployment\n"
    "spikeloom map lenet.snn --chip configs/chips/reference.yaml \\\n"
    "    --set chip.core.axons=2048\n"
    "spikeloom map lenet.snn --chip configs/chips/nc64.yaml \\\n"
    "    --set chip.mesh.rows=4 --board auto\n"
    "spikeloom map lenet.snn --chip configs/chips/reference.yaml --effort 100 \\\n"
    "    --profile results/lenet-fashion-cycle\n"
    "spikeloom map lenet.snn --chip configs/chips/reference.yaml \\\n"
    "    --objective cores --report lenet-report",
    map_line,
    run_map,
};

}  // namespace spikeloom::cli
