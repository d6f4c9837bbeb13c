// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/hw/energy/area_model.h"
#include "spikeloom/hw/energy/energy_model.h"
#include "spikeloom/sim/inputs/run_config.h"
#include "spikeloom/sim/results/energy_report.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Mean of a sample and half the width of its 95 % confidence interval (normal approximation;
/// absent for fewer than two values).
struct Estimate {
  double mean = 0.0;
  std::optional<double> confidence;
};

/// A sample of which only its size and moments are kept (Welford's method).
class Sample {
 public:
  void add(double value);
  bool empty() const { return count_ == 0.0; }
  /// May be called if the sample is not empty.
  Estimate estimate() const;

 private:
  double count_ = 0.0;
  double sum_ = 0.0;
  double mean_ = 0.0;
  double squares_ = 0.0;  ///< of the differences from the mean
};

struct LayerSummary {
  std::string name;
  int cores = 0;
  int neurons = 0;
  double spikes_per_image = 0.0;
  double sop_per_image = 0.0;
  double paper_sop_per_image = 0.0;
  double row_word_reads_per_image = 0.0;
  double packets_per_image = 0.0;
  double deliveries_per_image = 0.0;
  double axon_writes_per_image = 0.0;
  std::optional<double> joule_per_image;  ///< events of the layer, clock and leakage of its cores
};

using LayerFigure = double LayerSummary::*;

/// Power over the steady ticks.
struct PowerSummary {
  double average_watt = 0.0;
  double peak_watt = 0.0;      ///< of the tick with the highest power
  std::size_t peak_image = 0;  ///< image that this tick is attributed to, index in the data set
};

/// All figures of a run. Counts are means over all images. Cycles and energies are means over the
/// steady ticks, in which every layer holds an image, and absent if there is none; without a
/// pipeline they are means over all images.
struct Summary {
  explicit Summary(const hw::AreaModel& chip_area) : area(chip_area) {}

  hw::AreaModel area;  ///< of one chip
  std::size_t images = 0;
  std::optional<std::size_t> correct;  ///< absent if the images have no labels
  std::size_t steady_ticks = 0;        ///< without a pipeline: images
  std::optional<Estimate> cycles_per_image;
  std::optional<Estimate> joule_per_image;
  std::optional<double> energy_delay;  ///< J s per image: product of the two means
  std::optional<PowerSummary> power;
  std::optional<Estimate> latency_cycles;
  std::vector<LayerSummary> layers;                 ///< by category: the input first
  std::optional<hw::EnergyByComponent> components;  ///< J/image
  std::optional<double> idle_joule_per_image;       ///< of the idle cores, which belong to no layer
  std::optional<double> chip_joule_per_image;       ///< of the chips without their cores
  int cores_used = 0;
  hw::BusCost load;
  std::optional<hw::BusCost> verification;
  hw::FaultCounts faults;
  std::vector<LateCounts> late;  ///< empty unless ticks have a fixed length
  double load_joule = 0.0;
  double verification_joule = 0.0;

  /// Returns the share of correct images, 0..1.
  std::optional<double> accuracy() const;
  std::uint64_t late_spikes() const;
  /// Returns the sum of a figure over all layers and the input.
  double total(LayerFigure figure) const;
};

/// Computes all figures of a run. `energy` is null with timing functional.
Summary summarize(const RunConfig& run, const arch::Deployment& deployment,
                  const RangeResult& result, const EnergyReport* energy);

}  // namespace spikeloom::sim
