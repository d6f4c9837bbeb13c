// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/report/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/mapper/report/ratio.h"

namespace spikeloom::mapper {
namespace {

constexpr std::size_t kNameWidth = 11;

/// Shortens a name at its beginning, since the names of a network usually differ at the end.
std::string short_name(const std::string& name) {
  return name.size() <= kNameWidth ? name : ".." + name.substr(name.size() - kNameWidth + 2);
}

std::string layer_table(const MappingReport& report) {
  constexpr const char* kHead = "{:<11}{:>6}{:>7}{:>6}{:>6}{:>6}{:>8}{:>7}{:>8}";
  std::string table =
      fmt::format(kHead, "", "", "lower", "axon", "dend", "syn", "packets", "cores", "expan") +
      fmt::format("{:>15}\n", "as Toeplitz") +
      fmt::format(kHead, "layer", "cores", "bound", "%", "%", "%", "/spike", "/pkt", "entries") +
      fmt::format("{:>8}{:>7}\n", "cores", "/spike");
  for (const LayerReport& layer : report.layers) {
    table += fmt::format(
        "{:<11}{:>6}{:>7.1f}{:>6.1f}{:>6.1f}{:>6.1f}{:>8.2f}{:>7.2f}{:>8}{:>8}{:>7.2f}\n",
        short_name(layer.name), layer.cores, layer.min_cores, 100.0 * layer.axon_utilization,
        100.0 * layer.dendrite_utilization, 100.0 * layer.synapse_utilization,
        layer.packets_per_spike(), layer.multicast_degree(), layer.expansion_entries,
        layer.toeplitz.cores, layer.toeplitz_packets_per_spike());
  }
  table += fmt::format("{:<11}{:>6}{:>7}{:>26.2f}{:>23}{:>7.2f}\n", "all", report.cores,
                       report.min_cores, report.packets_per_spike, report.toeplitz_cores,
                       report.toeplitz_packets_per_spike);
  return table;
}

/// Lower bound and blocks of each layer, and the terms between them.
std::string separation_table(const MappingReport& report, int core_dendrites) {
  constexpr const char* kHead = "{:<11}{:>8}{:>10}{:>10}{:>8}{:>8}{:>10}{:>9}\n";
  std::string table =
      fmt::format(kHead, "cores by", "lower", "+ more", "+ part", "", "", "", "fewest") +
      fmt::format(kHead, "layer", "bound", "groups", "blocks", "+ room", "= cut", "- shared",
                  "cut");
  const auto cores = [&](std::int64_t dendrites) { return ratio(dendrites, core_dendrites); };
  for (const LayerReport& layer : report.layers) {
    const LowerBoundGap& apart = layer.separation;
    table += fmt::format("{:<11}{:>8.1f}{:>10.1f}{:>10.1f}{:>8.1f}{:>8}{:>10.1f}{:>9}\n",
                         short_name(layer.name), layer.min_cores, cores(apart.more_groups),
                         cores(apart.part_blocks), cores(apart.room), layer.blocks, apart.shared,
                         layer.fewest_blocks);
  }
  return table;
}

std::string factor_line(const FactorCost& cost) {
  return fmt::format("factor {}: {} dendrites per weight with core.weight_planes: {}, {} with {}\n",
                     cost.factor, cost.dendrites, cost.weight_planes, cost.min_dendrites,
                     cost.min_planes);
}

}  // namespace

double LayerReport::packets_per_spike() const { return ratio(packets, sources); }

double LayerReport::multicast_degree() const { return ratio(deliveries, packets); }

double LayerReport::toeplitz_packets_per_spike() const { return ratio(toeplitz.packets, sources); }

const CoreReport& MappingReport::busiest() const {
  return *std::max_element(
      core_reports.begin(), core_reports.end(),
      [](const CoreReport& a, const CoreReport& b) { return a.cycles < b.cycles; });
}

std::string format_table(const MappingReport& report) {
  std::string table = layer_table(report) + "\n" + separation_table(report, report.core_dendrites);
  table += fmt::format("\ncores: {} of {} (lower bound {})\n", report.cores, report.cores_available,
                       report.min_cores);
  if (!report.missing_cores.empty()) {
    table += fmt::format("cores not usable: {}\n", report.missing_cores);
  }
  table += format_pareto_front(report.plans);
  table += fmt::format("packets/spike: {:.2f}, to the host: {}\n", report.packets_per_spike,
                       report.output_packets);
  table += fmt::format("most route entries in a core: {}\n", report.max_route_entries);
  table += fmt::format("busiest core: {}, {} cycles/tick expected\n", report.busiest().core,
                       report.busiest().cycles);
  if (report.factor_cost) table += factor_line(*report.factor_cost);
  return table + format_lines(report.traffic);
}

}  // namespace spikeloom::mapper
