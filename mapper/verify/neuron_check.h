// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/verify/findings.h"
#include "spikeloom/mapper/verify/spike_index.h"
#include "spikeloom/mapper/verify/verified_core.h"
#include "spikeloom/mapper/verify/verify.h"

namespace spikeloom::mapper {

/// Compares the neurons of cores with those of the network: their thresholds, and the weights of
/// their dendrites on the axons at which RouteCheck saw their inputs arrive.
class NeuronCheck {
 public:
  NeuronCheck(const arch::ChipDescription& chip, const converter::SpikingNetwork& network,
              const SpikeIndex& spikes, Findings& findings, VerifyCounts& counts)
      : chip_(chip),
        network_(network),
        spikes_(spikes),
        findings_(findings),
        counts_(counts),
        window_(static_cast<std::size_t>(spikes.size())) {}

  /// Checks every neuron of a core, and that each axon with an input is read by a neuron.
  void check_core(int number, VerifiedCore& core);
  /// Checks that each level of each neuron was present; call it after all cores.
  void check_all_there();

 private:
  /// Number of synapses of a neuron from one source, by weight; those of all terms, with repeats.
  /// A synapse of a dendrite that is shifted by s counts 2^s times.
  struct Tap {
    int plus = 0;
    int minus = 0;
    int zero = 0;
    int total() const { return plus + minus + zero; }
  };
  struct Window {
    Tap expected;
    Tap found;            ///< cross-points of the neuron's dendrites with the source's axons
    int terms = 0;        ///< terms that have the source in their windows
    bool shared = false;  ///< other terms read its layer, too: they may have an axon for the source
  };

  void check_thresholds(const VerifiedCore& core, std::size_t n, const std::string& who);
  void expect_synapses(const arch::NeuronLabel& label);
  void read_dendrite(VerifiedCore& core, const arch::GatherEntry& gather, const std::string& who);
  void settle_source(int source, const std::string& who);
  void settle_synapses(const std::string& who);
  void check_arrivals(const std::string& name, const VerifiedCore& core);

  const arch::ChipDescription& chip_;
  const converter::SpikingNetwork& network_;
  const SpikeIndex& spikes_;
  Findings& findings_;
  VerifyCounts& counts_;
  std::vector<converter::Synapse> synapses_;
  std::vector<Window> window_;  ///< by SpikeIndex; nonempty only for the current neuron's sources
  std::vector<int> sources_;    ///< expected sources of the current neuron
  std::int64_t positive_ = 0;
  std::int64_t negative_ = 0;
  std::set<std::pair<int, int>> neurons_;  ///< seen: layer, neuron * levels + level
};

}  // namespace spikeloom::mapper
