// SPDX-License-Identifier: Apache-2.0
#include "mapper/report_builder.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mapper/hops.h"
#include "mapper/partition.h"

namespace spikeloom::mapper {
namespace {

constexpr int kHost = -1;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

class Builder {
 public:
  Builder(const MappedNetwork& mapped, const std::vector<EmissionCounts>& counts,
          const common::Deployment& deployment, const PlanReport& plans)
      : mapped_(mapped),
        counts_(counts),
        deployment_(deployment),
        plans_(plans),
        grid_(deployment.chip.grid()),
        hops_(deployment.chip) {}

  MappingReport build() const {
    MappingReport report;
    report.cores = static_cast<int>(deployment_.cores.size());
    report.cores_available = grid_.cores();
    report.core_dendrites = deployment_.chip.core.ternary_dendrites();
    report.core_reports = core_reports();
    report.plans = plans_;
    std::int64_t least_dendrites = 0;
    std::int64_t spikes = 0;
    std::int64_t packets = 0;
    std::int64_t toeplitz_packets = 0;
    for (std::size_t l = 0; l < mapped_.layers.size(); ++l) {
      report.layers.push_back(layer(l));
      const LayerReport& added = report.layers.back();
      const int levels = mapped_.layers[l].geometry().input_levels;
      least_dendrites += added.least_dendrites;
      spikes += added.sources * levels;
      packets += added.packets * levels;
      report.toeplitz_cores += added.toeplitz.cores;
      toeplitz_packets += added.toeplitz.packets * levels;
    }
    const std::int64_t dendrites = deployment_.chip.core.ternary_dendrites();
    report.least_cores = static_cast<int>((least_dendrites + dendrites - 1) / dendrites);
    report.packets_per_spike = ratio(packets, spikes);
    report.toeplitz_packets_per_spike = ratio(toeplitz_packets, spikes);
    add_output(report);
    for (const CoreReport& core : report.core_reports) {
      report.most_route_entries = std::max(report.most_route_entries, core.route_entries);
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
    const common::CoreDescription& core = deployment_.chip.core;
    LayerReport report;
    report.name = deployment_.layers[l].name;
    report.neurons = counts.neurons;
    report.cores = deployment_.layers[l].cores;
    report.dendrites = counts.dendrites;
    report.least_dendrites = least_dendrites(map.geometry());
    report.least_cores = ratio(report.least_dendrites, core.ternary_dendrites());
    report.blocks = map.blocks();
    report.fewest_blocks = plans_.fewest_cores[l];
    report.separation = separation(l, report);
    report.axon_groups = map.plan().groups(map.geometry());
    report.expansion_entries = map.entries();
    report.toeplitz = toeplitz(map.geometry(), core);
    report.axon_utilization = ratio(counts.axons, counts.groups * core.axons);
    const std::int64_t columns = std::int64_t{report.cores} * core.ternary_dendrites();
    report.dendrite_utilization = ratio(counts.dendrites, columns);
    report.synapse_utilization = ratio(counts.synapses, columns * core.axons);
    add_traffic(l, report);
    return report;
  }

  void add_traffic(std::size_t l, LayerReport& report) const {
    const LayerGeometry& geometry = mapped_.layers[l].geometry();
    report.sources = geometry.inputs();
    std::vector<common::Packet> packets;
    for (int c = 0; c < geometry.conv_groups * geometry.inputs_per_group; ++c) {
      for (int y = 0; y < geometry.y.inputs; ++y) {
        for (int x = 0; x < geometry.x.inputs; ++x) {
          const int from = l > 0 ? mapped_.placement[l - 1]
                                       .core[at(mapped_.layers[l - 1].block_of_output(c, y, x))]
                                 : kHost;
          mapped_.routes[l].packets(c, y, x, packets);
          for (const common::Packet& packet : packets) {
            ++report.packets;
            report.deliveries += packet.region().cores();
            report.hops += from == kHost ? hops_.from_host(packet.region())
                                         : hops_.to_cores(from, packet.region());
          }
        }
      }
    }
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

  Separation separation(std::size_t l, const LayerReport& report) const {
    const std::int64_t fullest = plans_.works[l].dendrites;
    const std::int64_t blocks = report.blocks;
    return {report.dendrites - report.least_dendrites, blocks * fullest - report.dendrites,
            blocks * (deployment_.chip.core.ternary_dendrites() - fullest), 0.0};
  }

  std::vector<CoreReport> core_reports() const {
    std::map<int, CoreReport> cores;
    for (std::size_t l = 0; l < mapped_.layers.size(); ++l) {
      const LayerMap& map = mapped_.layers[l];
      const bool last = l + 1 == mapped_.layers.size();
      const auto routes = block_routes(map, last ? nullptr : &mapped_.routes[l + 1]);
      const std::int64_t cycles = expected_cycles(plans_.works[l], deployment_.chip.core.timing);
      for (int block = 0; block < map.blocks(); ++block) {
        const BlockPlace place = map.block_place(block);
        CoreReport& core = cores[mapped_.placement[l].core[at(block)]];
        core.parts.push_back({static_cast<int>(l), map.dendrites(place)});
        core.dendrites += map.dendrites(place);
        core.neurons += map.neurons(place);
        core.groups += map.plan().groups(map.geometry());
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
  const common::Deployment& deployment_;
  const PlanReport& plans_;
  common::MeshDescription grid_;
  Hops hops_;
};

}  // namespace

std::vector<long long> block_routes(const LayerMap& layer, const LayerRoutes* next) {
  std::vector<long long> routes;
  for (int block = 0; block < layer.blocks(); ++block) {
    const BlockPlace place = layer.block_place(block);
    if (next == nullptr) {
      routes.push_back(layer.neurons(place));
      continue;
    }
    const Span rows = layer.y().block(place.y);
    const Span columns = layer.x().block(place.x);
    const Span groups = layer.conv_groups(place);
    const Span chunk = layer.chunk_outputs(place);
    long long sum = 0;
    for (int g = groups.first; g < groups.end; ++g) {
      for (int c = chunk.first; c < chunk.end; ++c) {
        for (int y = rows.first; y < rows.end; ++y) {
          for (int x = columns.first; x < columns.end; ++x) {
            sum += next->packet_count(g * layer.geometry().outputs_per_group + c, y, x);
          }
        }
      }
    }
    routes.push_back(sum * layer.geometry().copies);
  }
  return routes;
}

MappingReport build_report(const MappedNetwork& mapped, const std::vector<EmissionCounts>& counts,
                           const common::Deployment& deployment, const PlanReport& plans) {
  return Builder(mapped, counts, deployment, plans).build();
}

}  // namespace spikeloom::mapper
