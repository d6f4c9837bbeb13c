// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/report/traffic_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/mapper/place/core_orders.h"
#include "spikeloom/mapper/place/traffic_cost.h"

namespace spikeloom::mapper {
namespace {

/// Formats a relative change as "-34.5 %", or "-" if `from` is zero.
std::string change(double from, double to) {
  return from > 0.0 ? fmt::format("{:+.1f} %", 100.0 * (to - from) / from) : "-";
}

/// Returns those of `order` that can be used.
std::vector<int> usable(const arch::UsableCores& cores, std::vector<int> order) {
  order.erase(std::remove_if(order.begin(), order.end(),
                             [&cores](int core) { return !cores.usable(core); }),
              order.end());
  return order;
}

}  // namespace

double TrafficReport::cycles(const LinkLoad& link) const {
  return packets(link) * link.cycles_per_packet;
}

const LinkLoad* TrafficReport::busiest() const {
  const auto found = std::max_element(
      links.begin(), links.end(),
      [this](const LinkLoad& a, const LinkLoad& b) { return cycles(a) < cycles(b); });
  return found == links.end() ? nullptr : &*found;
}

TrafficReport report_traffic(const Traffic& traffic, const Slots& start, const Slots& slots,
                             const arch::ChipDescription& chip, std::uint64_t seed,
                             std::uint64_t images) {
  TrafficReport report;
  report.measured = images > 0;
  report.images = report.measured ? static_cast<double>(images) : 1.0;
  report.links = link_loads(traffic, slots, chip);
  for (const LinkLoad& link : report.links) {
    report.packet_hops += report.packets(link);
  }
  TrafficCost cost(traffic, chip, link_cycles(chip));
  const auto of = [&](const Slots& other) {
    cost.evaluate(other);
    return static_cast<double>(cost.total()) / report.images;
  };
  report.link_cycles = of(slots);
  report.start_link_cycles = of(start);
  const arch::UsableCores cores(chip);
  report.hilbert_link_cycles = of(laid_along(slots, usable(cores, hilbert_order(chip.grid()))));
  report.random_link_cycles = of(laid_along(slots, usable(cores, random_order(chip.grid(), seed))));
  return report;
}

std::string format_lines(const TrafficReport& report) {
  std::string text = fmt::format("links crossed per image, {}: {:.0f}\n",
                                 report.measured ? "as measured" : "if every neuron spikes once",
                                 report.packet_hops);
  const LinkLoad* const busiest = report.busiest();
  if (busiest != nullptr) {
    text += fmt::format("busiest link: {}{}\nits load per image: {:.0f} packets, {:.0f} cycles\n",
                        mapper::text(*busiest), busiest->between_chips ? ", between chips" : "",
                        report.packets(*busiest), report.cycles(*busiest));
  }
  text +=
      fmt::format("cycles on links: {:.0f}\nrelative to start {}, Hilbert order {}, random {}\n",
                  report.link_cycles, change(report.start_link_cycles, report.link_cycles),
                  change(report.hilbert_link_cycles, report.link_cycles),
                  change(report.random_link_cycles, report.link_cycles));
  return text;
}

}  // namespace spikeloom::mapper
