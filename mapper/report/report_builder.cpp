// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/report/report_builder.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "spikeloom/arch/core_tables.h"
#include "spikeloom/base/bit_field.h"
#include "spikeloom/base/index.h"
#include "spikeloom/mapper/place/hops.h"
#include "spikeloom/mapper/plan/geometry.h"
#include "spikeloom/mapper/plan/layer_readers.h"
#include "spikeloom/mapper/plan/partition.h"
#include "spikeloom/mapper/report/ratio.h"

namespace spikeloom::mapper {
namespace {

using base::at;

class Builder {
 public:
  Builder(const MappedNetwork& mapped, const std::vector<EmissionCounts>& counts,
          const arch::Deployment& deployment, const PlanReport& plans)
      : mapped_(mapped),
        counts_(counts),
        deployment_(deployment),
        plans_(plans),
        grid_(deployment.chip.grid()),
        hops_(deployment.chip) {}

  MappingReport build() const {
    MappingReport report;
    report.cores = static_cast<int>(deployment_.cores.size());
    const arch::UsableCores usable(deployment_.chip);
    report.cores_available = usable.count();
    report.missing_cores = usable.missing(deployment_.chip);
    report.cut_off = usable.cut_off();
    report.core_dendrites = deployment_.chip.core.ternary_dendrites();
    report.core_reports = core_reports();
    report.plans = plans_;
    std::int64_t min_dendrites = 0;
    const std::int64_t spikes = LayerReaders(mapped_.layers, &LayerMap::geometry).spikes();
    std::int64_t packets = 0;
    std::int64_t toeplitz_packets = 0;
    for (std::size_t l = 0; l < mapped_.layers.size(); ++l) {
      report.layers.push_back(layer(l));
      const LayerReport& added = report.layers.back();
      min_dendrites += added.min_dendrites;
      packets += added.level_packets;
      report.toeplitz_cores += added.toeplitz.cores;
      toeplitz_packets += added.toeplitz.level_packets;
    }
    report.min_cores = static_cast<int>(ceil_div(min_dendrites, report.core_dendrites));
    report.packets_per_spike = ratio(packets, spikes);
    report.toeplitz_packets_per_spike = ratio(toeplitz_packets, spikes);
    report.factor_cost = factor_cost();
    add_output(report);
    for (const CoreReport& core : report.core_reports) {
      report.max_route_entries = std::max(report.max_route_entries, core.route_entries);
      for (const CoreReport::Part& part : core.parts) {
        report.layers[at(part.layer)].separation.shared +=
            1.0 - 1.0 / static_cast<double>(core.parts.size());
      }
    }
    return report;
  }

 private:
  LayerReport layer(std::size_t l) const {
    const LayerMap& map = mapped_.layers[l];
    const EmissionCounts& counts = counts_[l];
    const arch::CoreDescription& core = deployment_.chip.core;
    LayerReport report;
    report.name = deployment_.layers[l].name;
    report.neurons = counts.neurons;
    report.cores = deployment_.layers[l].cores;
    report.dendrites = counts.dendrites;
    report.min_dendrites = min_dendrites(map.geometry());
    report.min_cores = ratio(report.min_dendrites, core.ternary_dendrites());
    report.blocks = map.blocks();
    report.fewest_blocks = plans_.fewest_cores[l];
    report.separation = separation(l, report);
    report.axon_groups = map.groups();
    report.expansion_entries = map.entries();
    report.toeplitz = toeplitz(map.geometry(), core);
    report.axon_utilization = ratio(counts.axons, counts.groups * core.axons);
    const std::int64_t columns = std::int64_t{report.cores} * core.ternary_dendrites();
    report.dendrite_utilization = ratio(counts.dendrites, columns);
    report.synapse_utilization = ratio(counts.synapses, columns * core.axons);
    add_traffic(l, report);
    return report;
  }

  FactorCost cost_of(const WeightPlane& plane) const {
    FactorCost cost;
    cost.factor = plane.factor();
    cost.dendrites = static_cast<int>(plane.shifts.size());
    cost.weight_planes = deployment_.chip.core.weight_planes;
    cost.min_planes =
        std::min(base::bits_for(cost.factor + 1), arch::GatherEntry::kMaxWeightPlanes);
    cost.min_dendrites = static_cast<int>(shifts_of(cost.factor, cost.min_planes).size());
    return cost;
  }

  std::optional<FactorCost> factor_cost() const {
    std::optional<FactorCost> largest;
    for (const LayerMap& layer : mapped_.layers) {
      for (const TermGeometry& term : layer.geometry().terms) {
        for (const WeightPlane& plane : term.planes) {
          const FactorCost cost = cost_of(plane);
          const int saved = cost.dendrites - cost.min_dendrites;
          if (saved > (largest ? largest->dendrites - largest->min_dendrites : 0)) largest = cost;
        }
      }
    }
    return largest;
  }

  void add_traffic(std::size_t l, LayerReport& report) const {
    std::set<int> sources;
    const std::vector<TermGeometry>& terms = mapped_.layers[l].geometry().terms;
    for (std::size_t t = 0; t < terms.size(); ++t) {
      if (sources.insert(terms[t].source).second) report.sources += terms[t].inputs();
      const std::int64_t before = report.packets;
      add_traffic(terms[t], mapped_.routes.into(l, t), report);
      report.level_packets += (report.packets - before) * terms[t].input_levels;
    }
  }

  void add_traffic(const TermGeometry& term, const TermRoutes& routes, LayerReport& report) const {
    std::vector<arch::Packet> packets;
    for (int c = 0; c < term.channels(); ++c) {
      for (int y = 0; y < term.y.inputs; ++y) {
        for (int x = 0; x < term.x.inputs; ++x) {
          packets.clear();
          routes.append(c, y, x, packets);
          for (const arch::Packet& packet : packets) {
            ++report.packets;
            report.deliveries += packet.region().cores();
            report.hops += hops_to(packet.region(), term.source, c, y, x);
          }
        }
      }
    }
  }

  /// Hops to `region` from a neuron of a layer or of the encoder.
  int hops_to(const arch::Region& region, int source, int channel, int y, int x) const {
    if (source == converter::kEncoder) return hops_.from_host(region);
    const int block = mapped_.layers[at(source)].block_of_output(channel, y, x);
    return hops_.to_cores(mapped_.placement[at(source)].core[at(block)], region);
  }

  void add_output(MappingReport& report) const {
    const LayerMap& last = mapped_.layers.back();
    for (int block = 0; block < last.blocks(); ++block) {
      const int core = mapped_.placement.back().core[at(block)];
      const int neurons = last.neurons(last.block_place(block)) / last.geometry().copies;
      report.output_packets += neurons;
      report.output_hops += std::int64_t{neurons} * hops_.to_host(core);
    }
  }

  LowerBoundGap separation(std::size_t l, const LayerReport& report) const {
    const std::int64_t fullest = plans_.works[l].dendrites;
    const std::int64_t blocks = report.blocks;
    return {report.dendrites - report.min_dendrites, blocks * fullest - report.dendrites,
            blocks * (deployment_.chip.core.ternary_dendrites() - fullest), 0.0};
  }

  std::vector<CoreReport> core_reports() const {
    std::map<int, CoreReport> cores;
    for (std::size_t l = 0; l < mapped_.layers.size(); ++l) {
      const LayerMap& map = mapped_.layers[l];
      const auto routes = block_routes(map, static_cast<int>(l), mapped_.routes);
      const std::int64_t cycles = expected_cycles(plans_.works[l], deployment_.chip.core);
      for (int block = 0; block < map.blocks(); ++block) {
        const BlockPlace place = map.block_place(block);
        CoreReport& core = cores[mapped_.placement[l].core[at(block)]];
        core.parts.push_back({static_cast<int>(l), map.dendrites(place)});
        core.dendrites += map.dendrites(place);
        core.neurons += map.neurons(place);
        core.groups += map.groups();
        core.expansion_entries += map.entries();
        core.route_entries += routes[at(block)];
        core.cycles += cycles;
      }
    }
    std::vector<CoreReport> reports;
    for (auto& [number, core] : cores) {
      core.core = number;
      reports.push_back(std::move(core));
    }
    return reports;
  }

  const MappedNetwork& mapped_;
  const std::vector<EmissionCounts>& counts_;
  const arch::Deployment& deployment_;
  const PlanReport& plans_;
  arch::MeshDescription grid_;
  Hops hops_;
};

}  // namespace

std::vector<long long> block_routes(const LayerMap& layer, int number,
                                    const NetworkRoutes& network) {
  std::vector<long long> routes;
  for (int block = 0; block < layer.blocks(); ++block) {
    const BlockPlace place = layer.block_place(block);
    if (!network.has_readers(number)) {
      routes.push_back(layer.neurons(place));
      continue;
    }
    const Span rows = layer.block_rows(place);
    const Span columns = layer.block_columns(place);
    const Span channels = layer.block_channels(place);
    long long sum = 0;
    for (int c = channels.first; c < channels.end; ++c) {
      for (int y = rows.first; y < rows.end; ++y) {
        for (int x = columns.first; x < columns.end; ++x) {
          sum += network.packet_count(number, c, y, x);
        }
      }
    }
    routes.push_back(sum * layer.geometry().copies);
  }
  return routes;
}

MappingReport build_report(const MappedNetwork& mapped, const std::vector<EmissionCounts>& counts,
                           const arch::Deployment& deployment, const PlanReport& plans) {
  return Builder(mapped, counts, deployment, plans).build();
}

}  // namespace spikeloom::mapper
