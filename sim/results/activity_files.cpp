// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/activity_files.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/base/csv.h"
#include "spikeloom/sim/results/csv_file.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {
namespace {

/// "conv2;conv3".
std::string layer_names(const arch::CoreLabels& labels, const arch::Deployment& deployment) {
  std::vector<bool> held(deployment.layers.size());
  for (const arch::NeuronLabel& label : labels.neurons) held[label.layer] = true;
  std::vector<std::string> names;
  for (std::size_t l = 0; l < held.size(); ++l) {
    if (held[l]) names.push_back(deployment.layers[l].name);
  }
  return fmt::format("{}", fmt::join(names, ";"));
}

/// The part that determined the length of a tick that the barrier ended.
struct Bound {
  explicit Bound(const TickRecord& tick) {
    for (std::size_t a = 0; a < tick.parts.size(); ++a) {
      update(a, tick.parts[a].core_cycles, "core");
      update(a, tick.parts[a].packet_cycles, "packets");
    }
  }
  void update(std::size_t category, std::int64_t end, const char* kind) {
    if (end <= cycles) return;
    cycles = end;
    part = category;
    what = kind;
  }

  std::int64_t cycles = 0;
  std::size_t part = 0;
  const char* what = "";
};

}  // namespace

void activity_csv(const EnergyReport& energy, const RangeResult& result,
                  const arch::Deployment& deployment, const TextSink& out) {
  out(kActivityCsv.header);
  if (energy.steady() == 0) return;
  const auto per_image = [&energy](std::uint64_t count) {
    return static_cast<double>(count) / static_cast<double>(energy.steady());
  };
  const arch::MeshDescription grid = deployment.chip.grid();
  for (std::size_t i = 0; i < result.core_use.size(); ++i) {
    const arch::CoreLabels& labels = deployment.cores[i];
    const CoreUse& use = result.core_use[i];
    const hw::EventCounts& events = result.cores[i];
    out(fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", labels.core,
                    deployment.chip.place(labels.core).chip, grid.x(labels.core),
                    grid.y(labels.core), base::csv_field(layer_names(labels, deployment)),
                    labels.neurons.size(), use.dendrites, per_image(use.spikes),
                    per_image(events[hw::Event::kRouteRead]),
                    per_image(events[hw::Event::kAccumulate]), per_image(use.busy_cycles)));
  }
}

void links_csv(const EnergyReport& energy, const RangeResult& result,
               const arch::Deployment& deployment, const TextSink& out) {
  out(kLinksCsv.header);
  if (energy.steady() == 0) return;
  const auto per_image = [&energy](std::uint64_t count) {
    return static_cast<double>(count) / static_cast<double>(energy.steady());
  };
  const arch::ChipDescription& chip = deployment.chip;
  for (const arch::Link& link : arch::list_links(chip)) {
    const std::uint64_t packets = result.links[link.index];
    if (packets == 0) continue;
    out(fmt::format("{},{},{},{},{},{},{},{},{}\n", link.from.level, link.from.x, link.from.y,
                    link.to.level, link.to.x, link.to.y, link.between_chips ? 1 : 0,
                    per_image(packets),
                    static_cast<double>(packets) * arch::cycles_per_packet(link, chip) /
                        static_cast<double>(energy.steady_cycles())));
  }
}

void timeline_csv(const RangeResult& result, const arch::Deployment& deployment,
                  const TextSink& out) {
  out(kTimelineCsv.header);
  const bool fixed = deployment.chip.sync.tick_cycles != 0;
  std::size_t number = 0;
  for (const ImageRecord& image : result.images) {
    for (const TickRecord& tick : image.ticks) {
      const Bound bound(tick);
      for (std::size_t a = 0; a < tick.parts.size(); ++a) {
        const PartTiming& part = tick.parts[a];
        out(fmt::format("{},{},{},{},{},{}\n", number,
                        a == kInputCategory ? std::string(arch::kInputPart)
                                            : base::csv_field(deployment.layers[a - 1].name),
                        part.core, part.core_cycles, part.packet_cycles,
                        !fixed && a == bound.part ? bound.what : ""));
      }
      ++number;
    }
  }
}

}  // namespace spikeloom::sim
