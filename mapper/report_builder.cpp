// SPDX-License-Identifier: Apache-2.0
#include "mapper/report_builder.h"

#include <algorithm>

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
          const common::Deployment& deployment)
      : mapped_(mapped),
        counts_(counts),
        deployment_(deployment),
        grid_(deployment.chip.grid()),
        hops_(deployment.chip) {}

  MappingReport build() const {
    MappingReport report;
    report.cores = static_cast<int>(deployment_.cores.size());
    report.cores_available = grid_.cores();
    std::int64_t least_dendrites = 0;
    std::int64_t spikes = 0;
    std::int64_t packets = 0;
    for (std::size_t l = 0; l < mapped_.layers.size(); ++l) {
      report.layers.push_back(layer(l));
      const LayerReport& added = report.layers.back();
      const int levels = mapped_.layers[l].geometry().input_levels;
      least_dendrites += added.least_dendrites;
      spikes += added.sources * levels;
      packets += added.packets * levels;
    }
    const std::int64_t dendrites = deployment_.chip.core.ternary_dendrites();
    report.least_cores = static_cast<int>((least_dendrites + dendrites - 1) / dendrites);
    report.packets_per_spike = ratio(packets, spikes);
    add_output(report);
    report.most_route_entries = most_route_entries();
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
    report.axon_groups = map.plan().groups(map.geometry());
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

  int most_route_entries() const {
    std::vector<long long> entries(at(grid_.cores()));
    for (std::size_t l = 0; l < mapped_.layers.size(); ++l) {
      const bool last = l + 1 == mapped_.layers.size();
      const auto routes = block_routes(mapped_.layers[l], last ? nullptr : &mapped_.routes[l + 1]);
      for (std::size_t b = 0; b < routes.size(); ++b) {
        entries[at(mapped_.placement[l].core[b])] += routes[b];
      }
    }
    return static_cast<int>(*std::max_element(entries.begin(), entries.end()));
  }

  const MappedNetwork& mapped_;
  const std::vector<EmissionCounts>& counts_;
  const common::Deployment& deployment_;
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
                           const common::Deployment& deployment) {
  return Builder(mapped, counts, deployment).build();
}

}  // namespace spikeloom::mapper
