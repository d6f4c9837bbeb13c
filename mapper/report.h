// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapper/traffic_report.h"

namespace spikeloom::mapper {

/// What the mapping of one layer came to. Spikes are weighted alike: each level of each source
/// neuron counts once.
struct LayerReport {
  std::string name;
  std::int64_t neurons = 0;           ///< of the core tables, scattered copies included
  int cores = 0;                      ///< cores that hold a part of it, shared ones included
  std::int64_t dendrites = 0;         ///< ternary dendrites that it takes
  std::int64_t least_dendrites = 0;   ///< that any mapping takes, borders counted
  double least_cores = 0.0;           ///< least_dendrites / dendrites of a core
  int axon_groups = 0;                ///< groups of one of its blocks
  double axon_utilization = 0.0;      ///< axons in use / axons of its groups
  double dendrite_utilization = 0.0;  ///< dendrites in use / dendrites of its cores
  double synapse_utilization = 0.0;   ///< nonzero weights / cross-points of its cores
  std::int64_t sources = 0;           ///< input neurons
  std::int64_t packets = 0;           ///< into this layer, if each source neuron spikes once
  std::int64_t deliveries = 0;        ///< cores that those packets reach
  std::int64_t hops = 0;              ///< links that those packets cross (multicast trees)

  double packets_per_spike() const;
  double deliveries_per_spike() const;
  double neurons_per_core() const;
};

struct MappingReport {
  std::vector<LayerReport> layers;
  int cores = 0;  ///< in use
  int cores_available = 0;
  int least_cores = 0;  ///< lower bound: dendrites that are needed / dendrites of a core
  std::int64_t output_packets = 0;  ///< to the host, if each neuron of the last layer spikes once
  std::int64_t output_hops = 0;
  double packets_per_spike = 0.0;  ///< over all source neurons, packets to the host left out
  int most_route_entries = 0;      ///< of any core
  TrafficReport traffic;
};

/// The report as a table of at most 80 columns.
std::string format_table(const MappingReport& report);

}  // namespace spikeloom::mapper
