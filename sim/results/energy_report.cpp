// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/energy_report.h"

#include <algorithm>

#include "spikeloom/arch/address_map.h"

namespace spikeloom::sim {

EnergyReport::EnergyReport(const hw::EnergyDescription& description,
                           const arch::Deployment& deployment, const RangeResult& result)
    : board_(description, deployment) {
  std::vector<hw::EventCounts> events(board_.categories());
  for (const ImageRecord& image : result.images) {
    if (!image.steady) continue;
    ++steady_;
    steady_cycles_ += image.cycles();
    for (const TickRecord& tick : image.ticks) {
      for (std::size_t a = 0; a < events.size(); ++a) events[a] += tick.events[a];
    }
  }
  const auto cycles = static_cast<double>(steady_cycles_);
  steady_parts_ = board_.parts(events, cycles);
  for (const hw::EventCounts& core : result.cores) {
    PartEnergy& part = steady_cores_.emplace_back();
    part.activity.events = core;
    part.activity.add_cores(1.0, cycles);
    part.joule = model().energy(part.activity);
  }
}

std::vector<PartEnergy> EnergyReport::parts(const TickRecord& tick) const {
  return board_.parts(tick.events, static_cast<double>(tick.cycles));
}

double EnergyReport::joule(const TickRecord& tick) const {
  return by_component(parts(tick)).total();
}

double EnergyReport::joule(const ImageRecord& image) const {
  double sum = 0.0;
  for (const TickRecord& tick : image.ticks) sum += joule(tick);
  return sum;
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
