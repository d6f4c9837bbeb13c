// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/result_files.h"

#include <cstdint>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/base/csv.h"
#include "spikeloom/base/units.h"
#include "spikeloom/sim/results/csv_file.h"
#include "spikeloom/sim/simulation/schedule.h"

namespace spikeloom::sim {

using base::to_milli;

namespace {

/// Calls `visit(name, mJ per image)` for each component with nonzero energy.
template <typename Visit>
void for_each_component(const hw::EnergyByComponent& energy, std::size_t images,
                        const Visit& visit) {
  for (std::size_t c = 0; c < hw::kComponents; ++c) {
    const double joule = energy[static_cast<hw::Component>(c)];
    if (joule == 0.0) continue;
    visit(name(static_cast<hw::Component>(c)), to_milli(joule) / static_cast<double>(images));
  }
}

/// Returns the cycles from the start of the tick in which an image enters to its last output at the
/// host. Unknown for the last images of a pipeline, which leave while no further images enter, and
/// without input.
std::vector<std::optional<std::int64_t>> image_latencies(const RangeResult& result,
                                                         const arch::Deployment& deployment) {
  const auto depth = static_cast<std::size_t>(deployment.layers.back().depth);
  const Schedule schedule(deployment.chip.sync, depth);
  std::vector<std::optional<std::int64_t>> latencies;
  if (!deployment.driven()) {
    latencies.resize(result.images.size());
    return latencies;
  }
  for (std::size_t i = 0; i < result.images.size(); ++i) {
    std::optional<std::int64_t>& latency = latencies.emplace_back();
    const std::size_t last = i + schedule.images_behind();
    if (!deployment.chip.sync.pipeline) {
      latency = result.images[i].latency_cycles;
    } else if (last < result.images.size()) {
      const std::vector<TickRecord>& ticks = result.images[last].ticks;
      const std::size_t tick = depth % schedule.ticks_per_image();
      latency = ticks[tick].last_output;
      for (std::size_t j = i; j < last; ++j) *latency += result.images[j].cycles();
      for (std::size_t j = 0; j < tick; ++j) *latency += ticks[j].cycles;
    }
  }
  return latencies;
}

}  // namespace

std::string images_csv(const RangeResult& result, const arch::Deployment& deployment,
                       const EnergyReport* energy) {
  std::string text(kImagesCsv.header);
  std::vector<std::optional<std::int64_t>> latencies;
  if (energy != nullptr) latencies = image_latencies(result, deployment);
  for (std::size_t i = 0; i < result.images.size(); ++i) {
    const ImageRecord& image = result.images[i];
    text += fmt::format(
        "{},{},{},{},{},{},{}\n", image.index, image.label ? fmt::format("{}", *image.label) : "",
        image.predicted ? fmt::format("{}", *image.predicted) : "",
        energy != nullptr ? fmt::format("{}", image.cycles()) : "",
        energy != nullptr ? fmt::format("{:.9g}", to_milli(energy->image(i))) : "",
        image.steady ? 1 : 0,
        energy != nullptr && latencies[i]
            ? fmt::format("{:.9g}",
                          to_milli(deployment.chip.seconds(static_cast<double>(*latencies[i]))))
            : "");
  }
  return text;
}

std::string events_csv(const EnergyReport& energy) {
  std::string text(kEventsCsv.header);
  for (std::size_t p = 0; p < energy.steady_parts().size(); ++p) {
    const std::string part = base::csv_field(energy.part_names()[p]);
    for_each_term(energy.steady_parts()[p].activity, energy.model(),
                  [&](std::string_view term, double count, double /*joule*/) {
                    text += fmt::format("{},{},{}\n", part, term, count);
                  });
  }
  return text;
}

std::string energy_csv(const EnergyReport& energy) {
  std::string text(kEnergyCsv.header);
  for (std::size_t p = 0; p < energy.steady_parts().size(); ++p) {
    const std::string part = base::csv_field(energy.part_names()[p]);
    for_each_component(energy.steady_parts()[p].joule, energy.steady(),
                       [&](std::string_view component, double mj) {
                         text += fmt::format("{},{},{}\n", part, component, mj);
                       });
  }
  return text;
}

std::string cores_csv(const EnergyReport& energy, const arch::Deployment& deployment) {
  std::string text(kCoresCsv.header);
  const arch::MeshDescription grid = deployment.chip.grid();
  for (std::size_t i = 0; i < energy.steady_cores().size(); ++i) {
    const int core = deployment.cores[i].core;
    for_each_component(energy.steady_cores()[i].joule, energy.steady(),
                       [&](std::string_view component, double mj) {
                         text += fmt::format("{},{},{},{},{},{}\n", core,
                                             deployment.chip.place(core).chip, grid.x(core),
                                             grid.y(core), component, mj);
                       });
  }
  return text;
}

std::string power_csv(const EnergyReport& energy, const RangeResult& result,
                      const arch::ChipDescription& chip) {
  std::string text(kPowerCsv.header);
  for (std::size_t t = 0; t < energy.ticks().size(); ++t) {
    const TickEnergy& tick = energy.ticks()[t];
    const ImageRecord& image = result.images[tick.image];
    const double seconds = chip.seconds(static_cast<double>(tick.cycles));
    text += fmt::format("{},{},{},{},{},{},{}\n", t, image.index,
                        to_milli(chip.seconds(static_cast<double>(tick.start_cycle))), tick.cycles,
                        to_milli(tick.joule), to_milli(tick.joule / seconds), image.steady ? 1 : 0);
  }
  return text;
}

std::string ticks_csv(const EnergyReport& energy) {
  std::string text(kTicksCsv.header);
  for (std::size_t t = 0; t < energy.ticks().size(); ++t) {
    const std::vector<PartEnergy> parts = energy.tick_parts(energy.ticks()[t]);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const std::string part = base::csv_field(energy.part_names()[p]);
      for_each_term(parts[p].activity, energy.model(),
                    [&](std::string_view term, double count, double joule) {
                      text += fmt::format("{},{},{},{},{}\n", t, part, term, count,
                                          to_milli(count * joule));
                    });
    }
  }
  return text;
}

}  // namespace spikeloom::sim
