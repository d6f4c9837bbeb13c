// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/mapper/report/plan_report.h"
#include "spikeloom/mapper/report/toeplitz.h"
#include "spikeloom/mapper/report/traffic_report.h"

namespace spikeloom::mapper {

/// Difference between a layer's cores and its lower bound. The first three terms are dendrites;
/// their sum is blocks * (dendrites of a core) - min_dendrites.
struct LowerBoundGap {
  std::int64_t more_groups = 0;  ///< taken by neurons beyond the minimum: their inputs lie in more
                                 ///< groups, or border neurons take as many groups as inner ones
  std::int64_t part_blocks = 0;  ///< missing in blocks smaller than the fullest one
  std::int64_t room = 0;  ///< unused if each block had a core and were as full as the fullest
  double shared = 0.0;    ///< cores saved by sharing: parts that belong to other layers
};

/// Mapping of one layer. All spikes have equal weight: each level of each source neuron counts
/// once.
struct LayerReport {
  std::string name;
  std::int64_t neurons = 0;        ///< core neurons, copies included
  int blocks = 0;                  ///< number of blocks, each in one core
  int fewest_blocks = 0;           ///< minimum over its plans; more blocks were chosen to save
                                   ///< packets, time, energy or route entries of its sources
  int cores = 0;                   ///< cores that hold a part of it, shared ones included
  std::int64_t dendrites = 0;      ///< ternary dendrites in use
  std::int64_t min_dendrites = 0;  ///< lower bound for any mapping, borders counted
  double min_cores = 0.0;          ///< min_dendrites / dendrites of a core
  LowerBoundGap separation;
  int axon_groups = 0;                ///< groups reserved by each of its blocks
  int expansion_entries = 0;          ///< expansion entries reserved by each of its blocks
  double axon_utilization = 0.0;      ///< axons in use / axons of its groups
  double dendrite_utilization = 0.0;  ///< dendrites in use / dendrites of its cores
  double synapse_utilization = 0.0;   ///< nonzero weights / cross-points of its cores
  std::int64_t sources = 0;           ///< source neurons, each counted once
  std::int64_t packets = 0;           ///< into this layer if each source neuron spikes once
  std::int64_t level_packets = 0;     ///< likewise if each source neuron fires all of its levels
  std::int64_t deliveries = 0;        ///< cores reached, summed over `packets`
  std::int64_t hops = 0;              ///< links that `packets` cross (multicast trees)

  ToeplitzBaseline toeplitz;

  double packets_per_spike() const;
  double multicast_degree() const;  ///< mean number of cores that a packet reaches
  double toeplitz_packets_per_spike() const;
};

/// A core in use.
struct CoreReport {
  struct Part {
    int layer = 0;
    std::int64_t dendrites = 0;
  };
  int core = 0;             ///< number on the board
  std::vector<Part> parts;  ///< one per block in the core, in the order of the layers
  std::int64_t dendrites = 0;
  std::int64_t neurons = 0;
  int groups = 0;
  int expansion_entries = 0;
  std::int64_t route_entries = 0;
  /// Expected cycles per tick (expected_cycles) if each block is as full as its layer's fullest
  /// one.
  std::int64_t cycles = 0;
};

/// Dendrites that a term's factor takes for each weight, where more weight planes would save some.
struct FactorCost {
  int factor = 1;
  int dendrites = 1;
  int weight_planes = 1;
  int min_dendrites = 1;  ///< with `min_planes`
  int min_planes = 1;     ///< fewest weight planes with which a weight takes the fewest dendrites
};

/// Summary of a mapping.
struct MappingReport {
  std::vector<LayerReport> layers;
  int cores = 0;              ///< cores in use
  int cores_available = 0;    ///< usable cores of the board
  std::string missing_cores;  ///< UsableCores::missing; empty if all are usable
  std::vector<arch::UsableCores::CutOff> cut_off;
  int core_dendrites = 0;           ///< ternary dendrites of one core
  int min_cores = 0;                ///< lower bound: dendrites needed / dendrites of a core
  std::int64_t output_packets = 0;  ///< to the host if each neuron of the last layer spikes once
  std::int64_t output_hops = 0;     ///< links that the output packets cross
  double packets_per_spike = 0.0;   ///< mean over all source neurons, without packets to the host
  std::int64_t max_route_entries = 0;  ///< maximum of all cores
  std::int64_t toeplitz_cores = 0;
  double toeplitz_packets_per_spike = 0.0;
  std::vector<CoreReport> core_reports;  ///< cores in use, in ascending order of number
  PlanReport plans;
  TrafficReport traffic;
  std::optional<FactorCost> factor_cost;  ///< of the factor for which planes would save the most

  /// The core with the most cycles.
  const CoreReport& busiest() const;
};

/// Formats the report as tables of at most 80 columns.
std::string format_table(const MappingReport& report);

}  // namespace spikeloom::mapper
