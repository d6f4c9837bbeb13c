// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/energy_report.h"

#include <algorithm>

#include "spikeloom/arch/address_map.h"

namespace spikeloom::sim {
EnergyReport::EnergyReport(const hw::EnergyDescription& description,
                           const arch::Deployment& deployment, const RangeResult& result)
    : result_(result), board_(description, deployment) {
  add_ticks();
  add_steady();
}

std::vector<PartEnergy> EnergyReport::tick_parts(const TickEnergy& tick) const {
  const TickRecord& record = result_.images[tick.image].ticks[tick.tick];
  return board_.parts(record.events, static_cast<double>(record.cycles));
}

void EnergyReport::add_ticks() {
  std::int64_t start = 0;
  for (std::size_t i = 0; i < result_.images.size(); ++i) {
    double& image = images_.emplace_back(0.0);
    for (std::size_t t = 0; t < result_.images[i].ticks.size(); ++t) {
      TickEnergy tick{i, t, start, result_.images[i].ticks[t].cycles, 0.0};
      tick.joule = by_component(tick_parts(tick)).total();
      ticks_.push_back(tick);
      image += tick.joule;
      start += tick.cycles;
    }
  }
}

void EnergyReport::add_steady() {
  std::vector<hw::EventCounts> events(board_.categories());
  std::int64_t cycles = 0;
  for (const ImageRecord& image : result_.images) {
    if (!image.steady) continue;
    ++steady_;
    cycles += image.cycles();
    for (const TickRecord& tick : image.ticks) {
      for (std::size_t a = 0; a < events.size(); ++a) events[a] += tick.events[a];
    }
  }
  steady_parts_ = board_.parts(events, static_cast<double>(cycles));
  for (const hw::EventCounts& core : result_.cores) {
    PartEnergy& part = steady_cores_.emplace_back();
    part.activity.events = core;
    part.activity.add_cores(1.0, static_cast<double>(cycles));
    part.joule = model().energy(part.activity);
  }
}

std::vector<TermShare> EnergyReport::shares() const {
  std::vector<TermShare> shares;
  double total = 0.0;
  for (const PartEnergy& part : steady_parts_) {
    for_each_term(part.activity, model(), [&](std::string_view term, double count, double joule) {
      auto found = std::find_if(shares.begin(), shares.end(),
                                [&](const TermShare& share) { return share.name == term; });
      if (found == shares.end()) found = shares.insert(found, {std::string(term), 0.0});
      found->share += count * joule;
      total += count * joule;
    });
  }
  for (TermShare& share : shares) share.share /= total;
  return shares;
}

double EnergyReport::configuration(const hw::BusCost& cost, hw::Event word) const {
  const double cycles = static_cast<double>(cost.cycles);
  std::vector<PartEnergy> all =
      board_.parts(std::vector<hw::EventCounts>(board_.categories()), cycles);
  PartEnergy& bus = all.emplace_back();
  bus.activity.events[word] = cost.bytes / arch::kBusWordBytes;
  bus.joule = model().energy(bus.activity);
  return by_component(all).total();
}

}  // namespace spikeloom::sim
