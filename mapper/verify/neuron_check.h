// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/verify/findings.h"
#include "spikeloom/mapper/verify/spike_index.h"
#include "spikeloom/mapper/verify/verified_core.h"
#include "spikeloom/mapper/verify/verify.h"

namespace spikeloom::mapper {

/// Compares the neurons of cores with the network's: their thresholds, and their dendrites' weights
/// on the axons at which RouteCheck has seen their inputs arrive.
class NeuronCheck {
 public:
  NeuronCheck(const arch::CoreDescription& core, const converter::SpikingNetwork& network,
              const SpikeIndex& spikes, Findings& findings, VerifyCounts& counts)
      : core_(core),
        network_(network),
        spikes_(spikes),
        findings_(findings),
        counts_(counts),
        window_(static_cast<std::size_t>(spikes.size())) {}

  /// Every neuron of a core, and whether its axons are wanted.
  void check_core(int number, VerifiedCore& core);
  /// After all cores: whether each level of each neuron was there.
  void check_all_there();

 private:
  /// A source as a neuron sees it: its synapses, those of each term, each as often as repeated.
  struct Tap {
    int plus = 0;
    int minus = 0;
    int zero = 0;
    int total() const { return plus + minus + zero; }
  };
  struct Window {
    Tap expected;
    Tap found;            ///< cross-points of the neuron's dendrites with the source's axons
    bool shared = false;  ///< its layer feeds several terms: each of their groups may have an axon
  };

  void check_thresholds(const VerifiedCore& core, std::size_t n, const std::string& who);
  void expect_synapses(const arch::NeuronLabel& label);
  void read_dendrite(VerifiedCore& core, int dendrite, const std::string& who);
  void settle_source(int source, const std::string& who);
  void settle_synapses(const std::string& who);
  void check_arrivals(int number, const VerifiedCore& core);

  const arch::CoreDescription& core_;
  const converter::SpikingNetwork& network_;
  const SpikeIndex& spikes_;
  Findings& findings_;
  VerifyCounts& counts_;
  std::vector<converter::Synapse> synapses_;
  std::vector<Window> window_;  ///< by SpikeIndex; empty but for the neuron at hand
  std::vector<int> sources_;    ///< expected ones of that neuron
  std::int64_t positive_ = 0;
  std::int64_t negative_ = 0;
  std::set<std::pair<int, int>> neurons_;  ///< layer; neuron * levels + level
};

}  // namespace spikeloom::mapper
