// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/run_vectors.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/base/diagnostics.h"
#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/cosim/rtl_sources.h"
#include "spikeloom/cosim/vectors/core_vectors.h"
#include "spikeloom/cosim/vectors/router_vectors.h"
#include "spikeloom/cosim/vectors/vector_files.h"
#include "spikeloom/sim/run/board_places.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/run/run_ticks.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

/// Cores that a message lists.
constexpr std::size_t kListedCores = 12;

/// Throws base::UserError unless the path is free, or an empty directory.
void check_directory(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return;
  if (!fs::is_directory(path, error)) {
    throw base::UserError(fmt::format("{}: exists, and is no directory", path.string()));
  }
  if (!fs::is_empty(path, error)) {
    throw base::UserError(
        fmt::format("{}: is not empty; name a new or an empty directory", path.string()));
  }
}

/// Returns the core of --core by number. It must hold a part of the network.
int core_number(const std::string& text, const arch::Deployment& deployment) {
  const arch::MeshDescription grid = deployment.chip.grid();
  const std::vector<int> at = place_numbers(text);
  if (at.size() != 2 || at[0] >= grid.columns || at[1] >= grid.rows) {
    throw base::UserError(fmt::format("--core: got {}, allowed X,Y with X in 0..{} and Y in 0..{}",
                                      text, grid.columns - 1, grid.rows - 1));
  }
  const int core = grid.core_at(at[0], at[1]);
  std::vector<std::string> used;
  for (const arch::CoreLabels& labels : deployment.cores) {
    if (labels.core == core) return core;
    if (used.size() < kListedCores) {
      used.push_back(fmt::format("{},{}", grid.x(labels.core), grid.y(labels.core)));
    }
  }
  throw base::UserError(fmt::format(
      "--core: {} holds no part of the network; allowed are {}{}", text, fmt::join(used, "  "),
      used.size() < deployment.cores.size()
          ? fmt::format("  and {} more", deployment.cores.size() - used.size())
          : ""));
}

/// Returns the router of --router by number.
std::uint32_t router_number(const std::string& text, const arch::ChipDescription& chip) {
  if (const auto router = find_router(text, chip)) return *router;
  throw base::UserError(fmt::format("--router: got {}, allowed {}", text, router_places(chip)));
}

/// Returns the tick in which a core receives the run's first image, by the depth of its first
/// layer; without a core, the tick in which the image enters.
std::uint64_t first_tick(const PreparedRun& prepared, std::optional<int> core) {
  const arch::Deployment& deployment = prepared.deployment;
  const std::uint64_t entry = prepared.simulation().schedule().first_tick();
  if (!core) return entry;
  const auto labels = std::find_if(deployment.cores.begin(), deployment.cores.end(),
                                   [core](const auto& other) { return other.core == *core; });
  int depth = INT32_MAX;
  for (const arch::NeuronLabel& neuron : labels->neurons) {
    depth = std::min(depth, deployment.layers[neuron.layer].depth);
  }
  // Without neurons, or of a workload, any tick serves as well.
  if (depth == INT32_MAX || depth == 0) return entry;
  return entry + static_cast<std::uint64_t>(depth) - 1;
}

/// Throws base::UserError if there is no RTL of the chip's cores.
void check_rtl(const PreparedRun& prepared) {
  base::Diagnostics problems;
  for (const cosim::Refusal& refusal :
       cosim::refusals(prepared.deployment.chip, cosim::RtlPart::kCore)) {
    problems.add(
        fmt::format("{}: {}: {}", prepared.config.chip_path, refusal.key, refusal.problem));
  }
  problems.finish();
}

cosim::VectorScope scope_of(const VectorRequest& request, const PreparedRun& prepared) {
  if (!has_cycles(prepared.config.timing)) {
    throw base::UserError("vectors: got timing functional, allowed only timing cycle");
  }
  if (prepared.config.hardware_faults.any()) {
    throw base::UserError(prepared.config.path +
                          ": faults: vectors are of a chip without faults of the hardware");
  }
  cosim::VectorScope scope;
  if (!request.core && !request.router) {
    throw base::UserError("vectors: name a core (--core X,Y), a router (--router X,Y) or both");
  }
  if (request.core) scope.core = core_number(*request.core, prepared.deployment);
  if (request.router) scope.router = router_number(*request.router, prepared.deployment.chip);
  const std::uint64_t ticks = ticks_of(prepared);
  const auto from = tick_number(request.from, "from", ticks);
  scope.from = from ? *from : std::min(first_tick(prepared, scope.core), ticks - 1);
  const auto to = tick_number(request.to, "to", ticks);
  scope.to = to ? *to : std::min(scope.from + 1, ticks - 1);
  if (scope.from > scope.to) {
    throw base::UserError(
        from ? fmt::format("--from: got {}, allowed 0..{} (--to)", scope.from, scope.to)
             : fmt::format("--to: got {}, allowed {}..{} without --from", scope.to, scope.from,
                           ticks - 1));
  }
  return scope;
}

/// Returns the run's images that ticks up to `last` need.
ImageRange images_of(const PreparedRun& prepared, std::uint64_t last) {
  const Schedule schedule = prepared.simulation().schedule();
  const std::uint64_t first = schedule.first_tick();
  const std::uint64_t images = last < first ? 1 : (last - first) / schedule.ticks_per_image() + 1;
  ImageRange range;
  range.first = prepared.first;
  range.count = std::min<std::size_t>(prepared.count, images);
  range.measure_latency = prepared.deployment.chip.sync.pipeline && !prepared.config.workload;
  return range;
}

nlohmann::ordered_json describe_run(const PreparedRun& prepared, const ImageRange& range) {
  return {{"name", prepared.config.name},
          {"network", prepared.deployment.network},
          {prepared.config.workload ? "first_tick" : "first_image", range.first},
          {prepared.config.workload ? "ticks" : "images", range.count},
          {"seed", prepared.config.seed},
          {"settings", prepared.config.settings}};
}

}  // namespace

nlohmann::ordered_json write_vectors(const RunRequest& run, const VectorRequest& request,
                                     base::ProgressSink* progress) {
  const fs::path directory = request.directory;
  check_directory(directory);
  const PreparedRun prepared = prepare_run(run, progress);
  if (request.core) check_rtl(prepared);
  const arch::ChipDescription& chip = prepared.deployment.chip;
  const cosim::VectorScope scope = scope_of(request, prepared);
  const ImageRange range = images_of(prepared, scope.to);
  const base::StopGuard guard;
  cosim::VectorRecorder recorder(chip, scope);
  Simulation simulation = prepared.simulation();
  simulation.vectors = &recorder;
  simulate(simulation, range);

  cosim::VectorFiles files(chip, describe_run(prepared, range));
  if (scope.core) {
    files.add(cosim::core_vectors(chip, prepared.deployment.transactions, *scope.core,
                                  recorder.ticks(), scope.from),
              *scope.core);
  }
  if (scope.router) {
    files.add(cosim::router_vectors(chip, *scope.router, recorder.ticks(), scope.from),
              *scope.router);
  }
  const base::TemporaryDirectory temporary(directory.string() + ".tmp");
  const cosim::Files rtl = cosim::testbench_sources(chip, files.testbenches());
  for (const auto& [name, text] : files.files(rtl, cosim::kFileList)) {
    base::write_file((temporary.path() / name).string(), text);
  }
  std::error_code error;
  fs::rename(temporary.path(), directory, error);
  if (error) throw base::unwritable(directory.string(), error);
  return files.description();
}

}  // namespace spikeloom::sim
