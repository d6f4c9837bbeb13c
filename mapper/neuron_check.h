// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/chip_description.h"
#include "converter/spiking_network.h"
#include "mapper/findings.h"
#include "mapper/verified_core.h"
#include "mapper/verify.h"

namespace spikeloom::mapper {

/// Compares the neurons of cores with the network's: their thresholds, and their dendrites' weights
/// on the axons at which RouteCheck has seen their inputs arrive.
class NeuronCheck {
 public:
  NeuronCheck(const common::CoreDescription& core, const converter::SpikingNetwork& network,
              Findings& findings, VerifyCounts& counts)
      : core_(core), network_(network), findings_(findings), counts_(counts) {}

  /// Every neuron of a core, and whether its axons are wanted.
  void check_core(int number, VerifiedCore& core);
  /// After all cores: whether each level of each neuron was there.
  void check_all_there();

 private:
  /// A source as a neuron sees it.
  struct Tap {
    int weight = 0;
    bool expected = false;  ///< the source is in the window
    bool found = false;     ///< some dendrite of the neuron has its axon
  };

  void check_thresholds(const VerifiedCore& core, std::size_t n, const std::string& who);
  void expect_synapses(const common::NeuronLabel& label);
  void read_dendrite(VerifiedCore& core, int dendrite, const std::string& who);
  void settle_synapses(const std::string& who);
  void check_arrivals(int number, const VerifiedCore& core);

  const common::CoreDescription& core_;
  const converter::SpikingNetwork& network_;
  Findings& findings_;
  VerifyCounts& counts_;
  std::vector<converter::Synapse> synapses_;
  std::vector<Tap> window_;   ///< by source; empty but for the neuron at hand
  std::vector<int> sources_;  ///< expected ones of that neuron
  std::int64_t positive_ = 0;
  std::int64_t negative_ = 0;
  std::set<std::pair<int, int>> neurons_;  ///< layer; neuron * levels + level
};

}  // namespace spikeloom::mapper
