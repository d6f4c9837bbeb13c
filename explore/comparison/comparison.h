// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/reference.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::explore {

/// The first difference between chip and reference, ordered by image, layer, neuron.
struct Difference {
  std::size_t image;
  std::size_t layer;
  std::size_t neuron;
  std::string text;  ///< message for the user, with both potentials

  bool before(const Difference& other) const;
};

/// Compares the spikes of every layer on the chip with those of the integer reference.
class Comparison {
 public:
  Comparison(const converter::SpikingNetwork& network, const arch::Deployment& deployment)
      : network_(network), deployment_(deployment), reference_(network) {}

  /// To be called for every layer of every image (Simulation::observe).
  void observe(const sim::Observation& seen);

  const std::optional<Difference>& first() const { return first_; }
  std::uint64_t compared() const {
    return compared_;
  }  ///< number of neurons, summed over all images

 private:
  void note(const sim::Observation& seen, std::size_t layer,
            const converter::Reference::Result& expected);
  std::int32_t reference_threshold(std::size_t layer, std::size_t neuron, int level) const;

  const converter::SpikingNetwork& network_;
  const arch::Deployment& deployment_;
  converter::Reference reference_;
  std::map<std::size_t, converter::Reference::Result>
      expected_;  ///< by index of the images in the pipeline
  std::optional<Difference> first_;
  std::uint64_t compared_ = 0;
};

}  // namespace spikeloom::explore
