// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/verify/route_check.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/arch/topology/walk.h"
#include "spikeloom/base/index.h"

namespace spikeloom::mapper {
namespace {

using base::at;

}  // namespace

/// Whether a layer has a term that reads `source`.
bool RouteCheck::reads(int layer, int source) const {
  if (layer >= static_cast<int>(network_.layers.size())) return false;
  const std::vector<converter::Term>& terms = network_.layers[at(layer)].terms;
  return std::any_of(terms.begin(), terms.end(),
                     [source](const converter::Term& term) { return term.source == source; });
}

void RouteCheck::follow_input() {
  const arch::InputRoutes& input = deployment_.input;
  const int neurons = network_.encoder.output.size();
  if (input.levels != spikes_.levels(converter::kEncoder) ||
      input.first.size() != at(neurons) + 1) {
    findings_.add("the input routes do not match the network's input");
    return;
  }
  for (int neuron = 0; neuron < neurons; ++neuron) {
    for (std::uint32_t i = input.first[at(neuron)]; i < input.first[at(neuron) + 1]; ++i) {
      for (int level = 0; level < input.levels; ++level) {
        follow(kHost, converter::kEncoder, neuron, level,
               arch::Packet(input.packets[i]).with_level(level));
      }
    }
  }
}

void RouteCheck::follow_core(int number, const VerifiedCore& core) {
  for (std::size_t n = 0; n < core.labels->neurons.size(); ++n) {
    const arch::NeuronLabel& label = core.labels->neurons[n];
    const arch::NeuronEntry& entry = core.tables->neurons()[n];
    const int neuron = static_cast<int>(label.neuron);
    if (entry.thresholds != label.levels) {
      findings_.add("{}: neuron {} has {} thresholds, its label says {}", core_name(number), n,
                    entry.thresholds, label.levels);
      continue;
    }
    for (int i = 0; i < entry.thresholds; ++i) {
      for (int r = 0; r < entry.routes; ++r) {
        follow(number, label.layer, neuron, label.first_level + i,
               core.tables->route(entry, r).with_level(i));
      }
    }
  }
}

/// Follows a packet of a neuron of `layer`, which may be converter::kEncoder.
void RouteCheck::follow(int sender, int layer, int neuron, int level, arch::Packet packet) {
  ++counts_.packets;
  const int spike = spikes_.number(layer, neuron, level);
  if (packet.addresses_host()) {
    check_way(sender, spike, packet);
    ++counts_.outputs;
    if (layer != last_layer() || packet.output() != neuron * spikes_.levels(layer) + level) {
      findings_.add("{} reaches the host as output {}", spikes_.name(spike), packet.output());
    } else if (!outputs_.insert(packet.output()).second) {
      findings_.add("{} reaches the host twice", spikes_.name(spike));
    }
    return;
  }
  const arch::MeshDescription grid = deployment_.chip.grid();
  const arch::Region region = packet.region();
  if (!packet.valid() || packet.parity() != 0 || !grid.contains(region)) {
    findings_.add("{} sends a packet that no core can receive", spikes_.name(spike));
    return;
  }
  const bool from_host = layer == converter::kEncoder;
  if (region.cores() > 1 && !deployment_.chip.multicasts(from_host)) {
    findings_.add("{} sends a packet to several cores, which this chip's {} not support",
                  spikes_.name(spike),
                  deployment_.chip.router.multicast ? "host port does" : "routers do");
  }
  check_way(sender, spike, packet);
  for (int y = region.y0; y <= region.y1; ++y) {
    for (int x = region.x0; x <= region.x1; ++x) {
      arrive(layer, spike, grid.core_at(x, y), packet);
    }
  }
}

/// Checks that a packet crosses no dead link.
void RouteCheck::check_way(int sender, int spike, arch::Packet packet) {
  if (!dead_.any()) return;
  // What lies below the region, level and parity among it, does not change the way.
  const std::uint64_t receivers = packet.with_parity(0).bits() >> arch::packet_field::kY1.shift;
  const auto [way, is_new] = ways_.try_emplace({sender, receivers}, arch::DeadLinks::kNone);
  if (is_new) way->second = dead_link(sender, packet);
  if (way->second == arch::DeadLinks::kNone) return;
  const arch::DeadLink& link = deployment_.chip.defects.links[at(way->second)];
  findings_.add("{} is sent over the dead link {}", spikes_.name(spike),
                arch::link_name(link.from, link.to));
}

int RouteCheck::dead_link(int sender, arch::Packet packet) const {
  return std::visit(
      [&](const auto& topology) {
        using Topology = std::decay_t<decltype(topology)>;
        int found = arch::DeadLinks::kNone;
        arch::walk(
            topology, sender == kHost ? topology.host_port() : topology.core_port(sender),
            topology.destination(packet), [&](const arch::Attachment& input, unsigned output) {
              const int link = dead_.at(std::size_t{input.router} * Topology::kPorts + output);
              if (found == arch::DeadLinks::kNone) found = link;
            });
        return found;
      },
      topology_);
}

/// Delivers a packet to one core: to the axon that it names, or to those in its expansion list.
void RouteCheck::arrive(int layer, int spike, int number, arch::Packet packet) {
  if (!packet.expanded()) {
    arrive_at(layer, spike, number, packet.group(), packet.axon());
    return;
  }
  std::vector<arch::ExpansionEntry> places;
  const auto core = cores_.find(number);
  if (core == cores_.end() || !core->second.tables->expand(packet.entry(), places)) {
    findings_.add("{}: the list at entry {} of its expansion table has no last entry",
                  core_name(number), packet.entry());
    return;
  }
  for (const arch::ExpansionEntry& place : places) {
    arrive_at(layer, spike, number, place.group, place.axon + packet.level());
  }
}

void RouteCheck::arrive_at(int layer, int spike, int number, int group, int axon) {
  ++counts_.axon_writes;
  const auto core = cores_.find(number);
  if (core == cores_.end() || at(group) >= core->second.arrivals.size() ||
      !reads(core->second.labels->group_layers[at(group)], layer) ||
      axon >= static_cast<int>(core->second.arrivals[at(group)].source.size())) {
    findings_.add("{} reaches {}, group {}, axon {}, where no layer reads it", spikes_.name(spike),
                  core_name(number), group, axon);
    return;
  }
  int& source = core->second.arrivals[at(group)].source[at(axon)];
  if (source != Arrivals::kNone) {
    findings_.add("{} reaches {}, group {}, axon {}, which {} already feeds", spikes_.name(spike),
                  core_name(number), group, axon, spikes_.name(source));
  }
  source = spike;
}

void RouteCheck::check_outputs() {
  const converter::SpikingLayer& last = network_.layers.back();
  if (outputs_.size() != at(last.output.size() * last.levels())) {
    findings_.add("{} outputs reach the host, expected {}", outputs_.size(),
                  last.output.size() * last.levels());
  }
}

}  // namespace spikeloom::mapper
