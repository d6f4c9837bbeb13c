// SPDX-License-Identifier: Apache-2.0
#include "mapper/report.h"

#include <fmt/format.h>

namespace spikeloom::mapper {
namespace {

constexpr std::size_t kNameWidth = 14;

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// Cut at the front: names of one network differ at the end.
std::string short_name(const std::string& name) {
  return name.size() <= kNameWidth ? name : ".." + name.substr(name.size() - kNameWidth + 2);
}

}  // namespace

double LayerReport::packets_per_spike() const { return ratio(packets, sources); }

double LayerReport::deliveries_per_spike() const { return ratio(deliveries, sources); }

double LayerReport::neurons_per_core() const { return ratio(neurons, cores); }

std::string format_table(const MappingReport& report) {
  std::string table =
      fmt::format("{:<14} {:>5} {:>7} {:>8} {:>6} {:>5} {:>5} {:>5}   {:>6} {:>6}\n", "", "", "",
                  "neurons", "", "dend", "axon", "syn", "packets", "cores");
  table += fmt::format("{:<14} {:>5} {:>7} {:>8} {:>6} {:>5} {:>5} {:>5}   {:>6} {:>6}\n", "layer",
                       "cores", "bound", "a core", "groups", "%", "%", "%", "/spike", "/spike");
  for (const LayerReport& layer : report.layers) {
    table += fmt::format(
        "{:<14} {:>5} {:>7.1f} {:>8.1f} {:>6} {:>5.1f} {:>5.1f} {:>5.1f}   {:>6.2f} {:>6.2f}\n",
        short_name(layer.name), layer.cores, layer.least_cores, layer.neurons_per_core(),
        layer.axon_groups, 100.0 * layer.dendrite_utilization, 100.0 * layer.axon_utilization,
        100.0 * layer.synapse_utilization, layer.packets_per_spike(), layer.deliveries_per_spike());
  }
  table += fmt::format("\ncores: {} of {} (lower bound {})\n", report.cores, report.cores_available,
                       report.least_cores);
  table += fmt::format("packets a spike: {:.2f}, to the host: {}\n", report.packets_per_spike,
                       report.output_packets);
  table += fmt::format("most route entries of a core: {}\n", report.most_route_entries);
  return table + format_lines(report.traffic);
}

}  // namespace spikeloom::mapper
