// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/workload_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/base/diagnostics.h"
#include "spikeloom/base/parse_number.h"
#include "spikeloom/base/units.h"

namespace spikeloom::sim {
namespace {

constexpr int kMaxSide = arch::Packet::kMaxCoordinate + 1;
constexpr int kMaxTicks = 1 << 30;

void read_rate(const base::ConfigMap& map, base::ConfigFile& file, WorkloadConfig& workload) {
  const std::string text = map.text("firing_rate");
  if (text.empty()) return;
  if (const auto rate = base::parse_number<double>(text); rate && *rate >= 0.0 && *rate <= 1.0) {
    workload.firing_rate = *rate;
    return;
  }
  workload.firing_hz = base::parse_quantity(text, base::Unit::kHertz);
  if (workload.firing_hz && *workload.firing_hz >= 0.0) return;
  file.error(map.path("firing_rate"),
             fmt::format("got {}, allowed 0..1, spikes of a neuron in a tick, or a frequency such "
                         "as 20 Hz",
                         text));
}

/// Checks a workload against a chip and collects what is wrong.
class ChipCheck {
 public:
  ChipCheck(WorkloadConfig& workload, const arch::ChipDescription& chip,
            const std::string& chip_path)
      : workload_(workload), chip_(chip), chip_path_(chip_path) {}

  void run() {
    fit("cores", workload_.cores, chip_.grid().cores(), "mesh, board");
    if (chip_.defects.any()) check_usable();
    const arch::CoreDescription& core = chip_.core;
    const bool few_routes = core.route_entries < core.max_neurons();
    fit("neurons", workload_.neurons, std::min(core.max_neurons(), core.route_entries),
        few_routes ? "core.route_entries" : "core.dendrites");
    if (workload_.active_synapses > workload_.neurons) {
      refuse("active_synapses", fmt::format("got {}, allowed 0..{} (neurons)",
                                            workload_.active_synapses, workload_.neurons));
    }
    if (workload_.firing_hz) convert_rate(*workload_.firing_hz);
    if (chip_.sync.ticks_per_image != 1) {
      problems_.add(
          fmt::format("{}: chip.sync.ticks_per_image: got {}, allowed 1 with a workload, "
                      "each of whose ticks counts as an image",
                      chip_path_, chip_.sync.ticks_per_image));
    }
    problems_.finish();
  }

 private:
  /// A workload takes the first cores by number, and its targets depend on their places.
  void check_usable() {
    const arch::UsableCores usable(chip_);
    int first = 0;
    while (first < chip_.grid().cores() && usable.usable(first)) ++first;
    if (workload_.cores <= first) return;
    problems_.add(fmt::format(
        "{}: chip.defects: {} cannot be used, and a workload takes the first cores by number: got "
        "workload.cores {}, allowed {}",
        chip_path_, arch::core_name(chip_, first), workload_.cores,
        first == 0 ? "none" : fmt::format("1..{}", first)));
  }

  void refuse(const std::string& key, const std::string& problem) {
    problems_.add(fmt::format("{}: workload.{}: {}", workload_.locations[key], key, problem));
  }

  /// Sets a number that is not given to the highest one that is allowed.
  void fit(const char* key, int& value, int allowed, const char* because) {
    if (value > allowed) {
      refuse(key, fmt::format("got {}, allowed 1..{} ({})", value, allowed, because));
    }
    if (value == 0) value = allowed;
  }

  void convert_rate(double hertz) {
    const std::string given = base::format_quantity(hertz, base::Unit::kHertz);
    if (chip_.sync.tick_cycles == 0) {
      refuse("firing_rate",
             fmt::format("got {}, but the ticks have no fixed length (chip.sync.tick_cycles): "
                         "allowed 0..1, spikes of a neuron in a tick",
                         given));
      return;
    }
    const double tick = chip_.seconds(chip_.sync.tick_cycles);
    workload_.firing_rate = hertz * tick;
    // Rounding errors are tolerated.
    if (workload_.firing_rate > 1.0 + 1e-9) {
      refuse("firing_rate",
             fmt::format("got {}, allowed up to {}, a spike in each tick of {}", given,
                         base::format_quantity(1.0 / tick, base::Unit::kHertz),
                         base::format_quantity(tick, base::Unit::kSecond)));
    }
    workload_.firing_rate = std::min(workload_.firing_rate, 1.0);
  }

  WorkloadConfig& workload_;
  const arch::ChipDescription& chip_;
  const std::string& chip_path_;
  base::Diagnostics problems_;
};

}  // namespace

WorkloadConfig read_workload(const base::ConfigMap& map, base::ConfigFile& file) {
  const auto whole = [&map](const char* key, int min, int max,
                            std::optional<std::int64_t> default_value = std::nullopt) {
    return static_cast<int>(map.integer(key, {min, max}, default_value));
  };
  WorkloadConfig workload;
  read_rate(map, file, workload);
  workload.active_synapses = whole("active_synapses", 0, arch::Packet::kMaxAxons);
  workload.destinations = map.choice<Destinations>("destinations", workload.destinations);
  const bool local = workload.destinations == Destinations::kLocal;
  workload.radius = whole("radius", 0, arch::Packet::kMaxCoordinate,
                          local ? std::nullopt : std::optional<std::int64_t>(0));
  if (map.has("cores")) workload.cores = whole("cores", 1, kMaxSide * kMaxSide);
  if (map.has("neurons")) workload.neurons = whole("neurons", 1, arch::Packet::kMaxAxons);
  // Keys that are not given are known, too.
  for (const char* key : {"cores", "neurons"}) map.skip(key);
  workload.ticks = whole("ticks", 1, kMaxTicks);
  workload.warm_up = whole("warm_up", 1, kMaxTicks, 1);
  workload.seed = static_cast<std::uint64_t>(map.integer("seed", {0, INT64_MAX}, 1));
  for (const std::string& key : map.keys()) workload.locations[key] = map.location(key);
  return workload;
}

void fit_to_chip(WorkloadConfig& workload, const arch::ChipDescription& chip,
                 const std::string& chip_path) {
  ChipCheck(workload, chip, chip_path).run();
}

}  // namespace spikeloom::sim
