// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/mapper/report/plan_report.h"
#include "spikeloom/mapper/report/toeplitz.h"
#include "spikeloom/mapper/report/traffic_report.h"

namespace spikeloom::mapper {

/// What separates a layer's cores from its lower bound. The first three are dendrites and add up to
/// blocks * dendrites of a core - least_dendrites.
struct Separation {
  std::int64_t more_groups = 0;  ///< neurons take beyond the fewest: inputs lie in more groups, or
                                 ///< border neurons in groups as many as inner ones
  std::int64_t part_blocks = 0;  ///< blocks at borders and ends have less than the fullest one
  std::int64_t room = 0;         ///< left in the cores of as many fullest blocks
  double shared = 0.0;           ///< cores that other layers' blocks are in, too: their parts
};

/// What the mapping of one layer came to. Spikes are weighted alike: each level of each source
/// neuron counts once.
struct LayerReport {
  std::string name;
  std::int64_t neurons = 0;        ///< of the core tables, scattered copies included
  int blocks = 0;                  ///< parts that it is cut into, each in one core
  int fewest_blocks = 0;           ///< of any of its plans: more of them were taken for packets,
                                   ///< time, energy or the neurons before it
  int cores = 0;                   ///< cores that hold a part of it, shared ones included
  std::int64_t dendrites = 0;      ///< ternary dendrites that it takes
  std::int64_t min_dendrites = 0;  ///< that any mapping takes, borders counted
  double min_cores = 0.0;          ///< least_dendrites / dendrites of a core
  Separation separation;
  int axon_groups = 0;                ///< groups of one of its blocks
  int expansion_entries = 0;          ///< that one of its blocks takes
  double axon_utilization = 0.0;      ///< axons in use / axons of its groups
  double dendrite_utilization = 0.0;  ///< dendrites in use / dendrites of its cores
  double synapse_utilization = 0.0;   ///< nonzero weights / cross-points of its cores
  std::int64_t sources = 0;           ///< input neurons, each once
  std::int64_t packets = 0;           ///< into this layer, if each source neuron spikes once
  std::int64_t level_packets = 0;     ///< if each source neuron fires all of its levels
  std::int64_t deliveries = 0;        ///< cores that `packets` reach
  std::int64_t hops = 0;              ///< links that those packets cross (multicast trees)

  ToeplitzBaseline toeplitz;

  double packets_per_spike() const;
  double multicast_degree() const;  ///< cores that a packet reaches
  double toeplitz_packets_per_spike() const;
};

/// A core in use.
struct CoreReport {
  struct Part {
    int layer = 0;
    std::int64_t dendrites = 0;
  };
  int core = 0;             ///< number on the board
  std::vector<Part> parts;  ///< of layers, in their order
  std::int64_t dendrites = 0;
  std::int64_t neurons = 0;
  int groups = 0;
  int expansion_entries = 0;
  std::int64_t route_entries = 0;
  /// Of a tick (expected_cycles), its blocks taken as full as their layers' fullest.
  std::int64_t cycles = 0;
};

struct MappingReport {
  std::vector<LayerReport> layers;
  int cores = 0;  ///< in use
  int cores_available = 0;
  int core_dendrites = 0;  ///< of one
  int min_cores = 0;       ///< lower bound: dendrites that are needed / dendrites of a core
  std::int64_t output_packets = 0;  ///< to the host, if each neuron of the last layer spikes once
  std::int64_t output_hops = 0;
  double packets_per_spike = 0.0;      ///< over all source neurons, packets to the host left out
  std::int64_t max_route_entries = 0;  ///< of any core
  std::int64_t toeplitz_cores = 0;
  double toeplitz_packets_per_spike = 0.0;
  std::vector<CoreReport> core_reports;  ///< by number
  PlanReport plans;
  TrafficReport traffic;

  /// The core with most cycles.
  const CoreReport& busiest() const;
};

/// The report as tables of at most 80 columns.
std::string format_table(const MappingReport& report);

}  // namespace spikeloom::mapper
