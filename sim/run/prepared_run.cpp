// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/prepared_run.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/list_text.h"
#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/base/units.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/verify/deployment_readback.h"
#include "spikeloom/sim/inputs/data_check.h"
#include "spikeloom/sim/inputs/energy_coefficients.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/run/mapping_name.h"
#include "spikeloom/sim/workload/workload.h"

namespace spikeloom::sim {
namespace {

/// Throws base::UserError for settings that a recorded input determines.
void check_replay(const std::vector<std::string>& settings) {
  for (const std::string& text : settings) {
    const std::string key = base::parse_override(text).path;
    if (key != "images" && key != "first") continue;
    throw base::UserError(fmt::format(
        "--set {}: a replay runs the images of its trace; to record other images: spikeloom run "
        "--record-spikes FILE --set {}",
        text, text));
  }
}

bool has_same_depths(const std::vector<int>& depths,
                     const std::vector<arch::DeployedLayer>& layers) {
  return std::equal(
      depths.begin(), depths.end(), layers.begin(),
      [](int depth, const arch::DeployedLayer& layer) { return depth == layer.depth; });
}

/// Whether a deployment's layers and input have the same names, sizes and depths as the network's.
bool has_same_sizes(const converter::SpikingNetwork& network, const arch::Deployment& deployment) {
  const arch::InputRoutes& input = deployment.input;
  return input.levels == network.encoder.quantizer.levels &&
         input.first.size() == static_cast<std::size_t>(network.encoder.output.size()) + 1 &&
         std::equal(network.layers.begin(), network.layers.end(), deployment.layers.begin(),
                    deployment.layers.end(),
                    [](const converter::SpikingLayer& ours, const arch::DeployedLayer& theirs) {
                      return ours.name == theirs.name && ours.output.size() == theirs.neurons &&
                             ours.levels() == theirs.levels;
                    }) &&
         has_same_depths(network.depths(), deployment.layers);
}

/// Loads an existing deployment and checks that it was made from the run's network.
arch::Deployment load_deployment(const RunConfig& config,
                                 const converter::SpikingNetwork& network) {
  arch::Deployment deployment = arch::Deployment::load(config.deployment);
  if (deployment.spiking_network != network.encode()) {
    throw base::UserError(fmt::format("{}: was made from another network than {}",
                                      config.deployment, config.network));
  }
  if (!has_same_sizes(network, deployment)) {
    throw base::UserError(fmt::format(
        "{}: names or sizes of its layers or its input are not those of the network in it",
        config.deployment));
  }
  const std::vector<std::string> faults = mapper::loading_faults(deployment);
  if (!faults.empty()) {
    throw base::UserError(
        fmt::format("{}: cannot be loaded:\n{}", config.deployment, base::list_text(faults, "\n")));
  }
  return deployment;
}

/// Replaces the deployment's chip by the run's. Throws base::UserError if they differ in a key that
/// affects the mapping.
void use_chip_of_run(arch::Deployment& deployment, const RunConfig& config) {
  arch::ChipDescription chip = config.chip;
  if (chip.board.grow) chip.board = deployment.chip.board;
  const nlohmann::json ours = arch::to_json(mapper::mapped_subset(chip));
  const nlohmann::json theirs = arch::to_json(mapper::mapped_subset(deployment.chip));
  const nlohmann::json changes = nlohmann::json::diff(ours, theirs);
  if (!changes.empty()) {
    throw base::UserError(fmt::format(
        "{}: was made for another chip than {}: {} is {}", config.deployment, config.chip_path,
        changes[0]["path"].get<std::string>(), changes[0].value("value", nlohmann::json()).dump()));
  }
  deployment.chip = chip;
}

/// Input faults change the number of a neuron's spikes at arbitrary levels. A sum depends only on
/// the number, but max pooling ORs the spikes of each level.
void check_faults(const RunConfig& config, const converter::SpikingNetwork& network) {
  if (!config.faults.any()) return;
  for (const converter::SpikingLayer& layer : network.layers) {
    const bool of_input = layer.terms.front().source == converter::kEncoder;
    if (!of_input || !pools(layer.kind)) continue;
    throw base::UserError(fmt::format(
        "{}: faults: layer \"{}\" of {} pools the input's spikes level by level; input faults "
        "need a network whose first layers are sums",
        config.path, layer.name, config.network));
  }
}

/// Throws base::UserError if ticks of a fixed length exceed the simulated time that can be
/// represented. With ticks of variable length the chip stops when that happens.
void check_time(const RunConfig& config, const Schedule& schedule, std::size_t images) {
  const arch::SyncDescription& sync = config.chip.sync;
  if (!has_cycles(config.timing) || sync.tick_cycles == 0) return;
  const std::size_t ticks =
      schedule.first_tick() + schedule.entries(images) * schedule.ticks_per_image();
  const std::int64_t longest = base::PicosecondClock(config.chip.clock_hz).last_cycle();
  const std::int64_t allowed = longest / static_cast<std::int64_t>(ticks);
  if (sync.tick_cycles <= allowed) return;
  throw base::UserError(fmt::format(
      "{}: sync.tick_cycles: got {}, allowed 0..{}: at clock {} a simulation can last {} cycles, "
      "and {} {} take {} ticks",
      config.chip_path, sync.tick_cycles, allowed,
      base::format_quantity(config.chip.clock_hz, base::Unit::kHertz), longest, images,
      config.workload ? "ticks with their warm-up" : "images", ticks));
}

Schedule schedule_of(const RunConfig& config, const converter::SpikingNetwork& network) {
  return {config.chip.sync, static_cast<std::size_t>(network.depth())};
}

void check_images(const RunConfig& config, const DataSet& data) {
  const auto size = static_cast<std::int64_t>(data.size());
  if (config.first >= size) {
    throw base::UserError(fmt::format("first: got {}, allowed 0..{} ({} has {} test images)",
                                      config.first, size - 1, config.data.name(), size));
  }
  const std::int64_t left = size - config.first;
  if (config.images > left) {
    throw base::UserError(fmt::format(
        "images: got {}, allowed 1..{} from image {} on, or 0 for all ({} has {} test images)",
        config.images, left, config.first, config.data.name(), size));
  }
}

std::size_t image_count(const RunConfig& config, const DataSet& data) {
  return config.images == 0 ? data.size() - static_cast<std::size_t>(config.first)
                            : static_cast<std::size_t>(config.images);
}

/// Maps the network, unless the cache has the mapping of an earlier run.
void add_mapping(PreparedRun& run, base::ProgressSink* sink, const MappingCache* cache) {
  run.mapping = MappingOrigin::kMapped;
  std::string name;
  if (cache != nullptr) {
    name = mapping_name(run.config, base::content_hash(run.network.encode()));
    MappingCache::Found found = cache->find(name);
    if (found.state == MappingCache::State::kFound) {
      run.deployment = std::move(found.deployment);
      use_chip_of_run(run.deployment, run.config);
      run.mapping = MappingOrigin::kCache;
      return;
    }
    if (found.state == MappingCache::State::kDamaged) run.mapping = MappingOrigin::kRemapped;
  }
  run.deployment = map_run(run.config, run.network, sink);
  if (cache != nullptr) cache->keep(name, run.deployment);
}

void add_deployment(PreparedRun& run, base::ProgressSink* sink, const MappingCache* cache) {
  if (run.config.deployment.empty()) {
    add_mapping(run, sink, cache);
    return;
  }
  run.deployment = load_deployment(run.config, run.network);
  use_chip_of_run(run.deployment, run.config);
}

const MappingCache* cache_of(const RunRequest& request) {
  return request.cache ? &*request.cache : nullptr;
}

/// Prepares a run whose input is a recorded spike trace. The data set is not read.
PreparedRun prepare_replay(const RunRequest& request, base::ProgressSink* sink) {
  check_replay(request.settings);
  PreparedRun run;
  run.config = load_run(request.run, request.settings);
  require_network(run.config);
  run.network = load_network(run.config.network);
  run.recorded = RecordedInput::read(request.trace, run.network);
  run.first = run.recorded->first;
  run.count = run.recorded->spikes.size();
  check_time(run.config, schedule_of(run.config, run.network), run.count);
  run.config.first = static_cast<std::int64_t>(run.first);
  run.config.images = static_cast<std::int64_t>(run.count);
  if (!run.recorded->labels.empty()) {
    run.data.labels.resize(run.first);
    run.data.labels.insert(run.data.labels.end(), run.recorded->labels.begin(),
                           run.recorded->labels.end());
  }
  add_deployment(run, sink, cache_of(request));
  return run;
}

}  // namespace

void check_run(const RunConfig& config, const converter::SpikingNetwork& network,
               const DataSet& data) {
  check_data_set(config.data, data, network, config.network);
  check_faults(config, network);
  check_images(config, data);
  check_time(config, schedule_of(config, network), image_count(config, data));
}

void check_workload(const RunConfig& config) {
  check_time(config, Schedule::of_ticks(static_cast<std::size_t>(config.workload->warm_up)),
             static_cast<std::size_t>(config.workload->ticks));
}

void require_network(const RunConfig& config) {
  if (!config.workload) return;
  throw base::UserError(
      fmt::format("{}: has a workload, which is for run, sweep and validate: this needs a network",
                  config.path));
}

arch::Deployment map_run(const RunConfig& config, const converter::SpikingNetwork& network,
                         base::ProgressSink* sink, mapper::MappingReport* report) {
  mapper::MapOptions map_options;
  map_options.seed = config.seed;
  map_options.objective = config.objective;
  map_options.effort = config.effort;
  map_options.energy = energy_coefficients(config.energy, config.chip);
  base::StoppableProgress progress(sink, "moves");
  map_options.progress = progress.callback();
  return mapper::map_network(network, network.encode(), config.chip, map_options, report);
}

Simulation PreparedRun::simulation() const {
  Simulation simulation{deployment, network, data, config.timing, nullptr, nullptr};
  simulation.faults = config.faults;
  simulation.hardware_faults = config.hardware_faults;
  if (recorded) simulation.recorded = &*recorded;
  if (config.workload) simulation.workload = &*config.workload;
  return simulation;
}

PreparedRun prepare_run(const RunRequest& request, base::ProgressSink* sink) {
  if (!request.trace.empty()) return prepare_replay(request, sink);
  RunConfig config = load_run(request.run, request.settings);
  if (config.workload) return prepare_workload(std::move(config));
  converter::SpikingNetwork network = load_network(config.network);
  DataSet data = load_data_set(config.data, config.path);
  return prepare_run(std::move(config), std::move(network), std::move(data), std::nullopt, sink,
                     cache_of(request));
}

PreparedRun prepare_workload(RunConfig config) {
  check_workload(config);
  PreparedRun run;
  run.config = std::move(config);
  run.count = static_cast<std::size_t>(run.config.workload->ticks);
  run.deployment = make_workload(*run.config.workload, run.config.chip);
  return run;
}

PreparedRun prepare_run(RunConfig config, converter::SpikingNetwork network, DataSet data,
                        std::optional<arch::Deployment> deployment, base::ProgressSink* sink,
                        const MappingCache* cache) {
  PreparedRun run;
  run.config = std::move(config);
  run.network = std::move(network);
  run.data = std::move(data);
  run.config.files.insert(run.config.files.end(), run.data.files.begin(), run.data.files.end());
  check_run(run.config, run.network, run.data);
  run.first = static_cast<std::size_t>(run.config.first);
  run.count = image_count(run.config, run.data);
  if (deployment) {
    run.deployment = std::move(*deployment);
    use_chip_of_run(run.deployment, run.config);
  } else {
    add_deployment(run, sink, cache);
  }
  return run;
}

}  // namespace spikeloom::sim
