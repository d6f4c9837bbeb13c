// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/result_files.h"

#include <cstdint>
#include <deque>
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

/// An image of images.csv, whose latency is known once the images behind it have entered.
struct ImageLine {
  std::string begin;  ///< all columns but the last
  std::int64_t cycles = 0;
  std::optional<std::int64_t> latency_cycles;
};

}  // namespace

void images_csv(const RangeResult& result, const arch::Deployment& deployment,
                const EnergyReport* energy, const TextSink& out) {
  out(kImagesCsv.header);
  const auto depth = static_cast<std::size_t>(deployment.layers.back().depth);
  const Schedule schedule(deployment.chip.sync, depth);
  const bool pipelined = deployment.driven() && deployment.chip.sync.pipeline;
  std::deque<ImageLine> waiting;
  const auto write_first = [&] {
    const std::optional<std::int64_t>& cycles = waiting.front().latency_cycles;
    out(fmt::format(
        "{}{}\n", waiting.front().begin,
        cycles
            ? fmt::format("{:.9g}", to_milli(deployment.chip.seconds(static_cast<double>(*cycles))))
            : ""));
    waiting.pop_front();
  };
  for (const ImageRecord& image : result.images) {
    ImageLine& line = waiting.emplace_back();
    line.begin = fmt::format(
        "{},{},{},{},{},{},", image.index, image.label ? fmt::format("{}", *image.label) : "",
        image.predicted ? fmt::format("{}", *image.predicted) : "",
        energy != nullptr ? fmt::format("{}", image.cycles()) : "",
        energy != nullptr ? fmt::format("{:.9g}", to_milli(energy->joule(image))) : "",
        image.steady ? 1 : 0);
    line.cycles = image.cycles();
    if (energy == nullptr || !deployment.driven()) {
      write_first();
    } else if (!pipelined) {
      line.latency_cycles = image.latency_cycles;
      write_first();
    } else if (waiting.size() > schedule.images_behind()) {
      // The first one leaves while this one enters.
      const std::size_t tick = depth % schedule.ticks_per_image();
      std::int64_t latency = image.ticks[tick].last_output - image.cycles();
      for (const ImageLine& each : waiting) latency += each.cycles;
      for (std::size_t i = 0; i < tick; ++i) latency += image.ticks[i].cycles;
      waiting.front().latency_cycles = latency;
      write_first();
    }
  }
  // The last images of a pipeline leave while no others enter.
  while (!waiting.empty()) write_first();
}

void events_csv(const EnergyReport& energy, const TextSink& out) {
  out(kEventsCsv.header);
  for (std::size_t p = 0; p < energy.steady_parts().size(); ++p) {
    const std::string part = base::csv_field(energy.part_names()[p]);
    for_each_term(energy.steady_parts()[p].activity, energy.model(),
                  [&](std::string_view term, double count, double /*joule*/) {
                    out(fmt::format("{},{},{}\n", part, term, count));
                  });
  }
}

void energy_csv(const EnergyReport& energy, const TextSink& out) {
  out(kEnergyCsv.header);
  for (std::size_t p = 0; p < energy.steady_parts().size(); ++p) {
    const std::string part = base::csv_field(energy.part_names()[p]);
    for_each_component(energy.steady_parts()[p].joule, energy.steady(),
                       [&](std::string_view component, double mj) {
                         out(fmt::format("{},{},{}\n", part, component, mj));
                       });
  }
}

void cores_csv(const EnergyReport& energy, const arch::Deployment& deployment,
               const TextSink& out) {
  out(kCoresCsv.header);
  const arch::MeshDescription grid = deployment.chip.grid();
  for (std::size_t i = 0; i < energy.steady_cores().size(); ++i) {
    const int core = deployment.cores[i].core;
    for_each_component(
        energy.steady_cores()[i].joule, energy.steady(),
        [&](std::string_view component, double mj) {
          out(fmt::format("{},{},{},{},{},{}\n", core, deployment.chip.place(core).chip,
                          grid.x(core), grid.y(core), component, mj));
        });
  }
}

void power_csv(const EnergyReport& energy, const RangeResult& result,
               const arch::ChipDescription& chip, const TextSink& out) {
  out(kPowerCsv.header);
  std::size_t number = 0;
  std::int64_t start = 0;
  for (const ImageRecord& image : result.images) {
    for (const TickRecord& tick : image.ticks) {
      const double joule = energy.joule(tick);
      const double seconds = chip.seconds(static_cast<double>(tick.cycles));
      out(fmt::format("{},{},{},{},{},{},{}\n", number++, image.index,
                      to_milli(chip.seconds(static_cast<double>(start))), tick.cycles,
                      to_milli(joule), to_milli(joule / seconds), image.steady ? 1 : 0));
      start += tick.cycles;
    }
  }
}

void ticks_csv(const EnergyReport& energy, const RangeResult& result, const TextSink& out) {
  out(kTicksCsv.header);
  std::size_t number = 0;
  for (const ImageRecord& image : result.images) {
    for (const TickRecord& tick : image.ticks) {
      const std::vector<PartEnergy> parts = energy.parts(tick);
      for (std::size_t p = 0; p < parts.size(); ++p) {
        const std::string part = base::csv_field(energy.part_names()[p]);
        for_each_term(parts[p].activity, energy.model(),
                      [&](std::string_view term, double count, double joule) {
                        out(fmt::format("{},{},{},{},{}\n", number, part, term, count,
                                        to_milli(count * joule)));
                      });
      }
      ++number;
    }
  }
}

}  // namespace spikeloom::sim
