// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include <fmt/format.h>

#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/comparison.h"
#include "testbenches/spikeloom/prepared_run.h"
#include "testbenches/spikeloom/progress.h"
#include "testbenches/spikeloom/simulation.h"

namespace spikeloom::program {
namespace {

namespace options = boost::program_options;

constexpr int kDifferent = 1;

int run(const Command& command, const std::vector<std::string>& arguments) {
  options::options_description description("options");
  add_run_options(description);
  description.add_options()("quiet", "no progress");
  const auto values = parse_arguments(
      command, description, options::positional_options_description().add("run", 1), arguments);
  if (values.count("help") != 0) return 0;
  const PreparedRun prepared = prepare_run(values);
  Comparison comparison(prepared.network, prepared.deployment);
  Progress progress("images", prepared.count, values.count("quiet") != 0);
  const Simulation simulation{prepared.deployment,
                              prepared.network,
                              prepared.data,
                              prepared.config.timing,
                              [&](const Observation& seen) { comparison.observe(seen); },
                              [&] { progress.advance(1); }};
  simulate(simulation, {prepared.first, prepared.count, 0, false});
  if (comparison.first()) {
    std::cout << "first difference: " << comparison.first()->text;
    return kDifferent;
  }
  std::cout << fmt::format("no difference: {} images, {} layers, {} neurons compared, timing {}\n",
                           prepared.count, prepared.network.layers.size(), comparison.compared(),
                           name(prepared.config.timing));
  return 0;
}

}  // namespace

const Command kDiffCommand = {
    "diff", "Compare every layer's spikes on the chip with the exact integer reference",
    "spikeloom diff RUN.yaml [--images N] [--first I] [--timing cycle|functional]\n"
    "                           [--set key=value]...",
    "spikeloom diff configs/runs/lenet-fashion.yaml --images 1000 --timing functional", run};

}  // namespace spikeloom::program
