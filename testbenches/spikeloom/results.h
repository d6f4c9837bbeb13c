// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "common/deployment.h"
#include "hw/energy/energy_model.h"
#include "testbenches/spikeloom/run_config.h"
#include "testbenches/spikeloom/simulation.h"

namespace spikeloom::program {

/// Version of summary.json's fields.
inline constexpr int kSummarySchema = 1;
/// First line of images.csv.
inline constexpr std::string_view kImagesHeader = "index,label,predicted,cycles,mj,steady\n";

/// Mean of a sample, and half the width of its 95 % confidence interval (normal approximation;
/// nothing for fewer than two values).
struct Estimate {
  double mean = 0.0;
  std::optional<double> confidence;
};

Estimate estimate(const std::vector<double>& values);

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
  std::optional<double> joule_per_image;  ///< its events, and clock and leakage of its cores
};

/// All figures of a run. Counts are means over all images; cycles and energies are means over the
/// ticks in which every layer held an image, and absent where there is none, or over all images
/// where one runs after the other.
struct Summary {
  std::size_t images = 0;
  std::size_t correct = 0;
  std::size_t steady_ticks = 0;  ///< or images, without a pipeline
  std::optional<Estimate> cycles_per_image;
  std::optional<Estimate> joule_per_image;
  std::optional<Estimate> latency_cycles;
  std::vector<LayerSummary> layers;                 ///< by account: input first
  std::optional<hw::EnergyByComponent> components;  ///< joule an image
  std::optional<double> chip_joule_per_image;       ///< of no layer: chip and idle cores
  std::vector<std::optional<double>> image_joule;   ///< booked to each image
  int cores_used = 0;
  hw::BusCost load;
  std::optional<hw::BusCost> verification;
  std::vector<LateCounts> late;  ///< with ticks of fixed length
  double load_joule = 0.0;
};

Summary summarize(const RunConfig& run, const common::Deployment& deployment,
                  const ShareResult& result);

nlohmann::ordered_json to_json(const Summary& summary, const RunConfig& run,
                               const common::Deployment& deployment, double wall_seconds);
/// One line an image: index, label, predicted, cycles, energy, steady.
std::string images_csv(const Summary& summary, const ShareResult& result);
/// The table that a run ends with, at most 80 columns.
std::string table(const Summary& summary, const RunConfig& run,
                  const common::Deployment& deployment);

}  // namespace spikeloom::program
