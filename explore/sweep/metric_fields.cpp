// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/metric_fields.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "spikeloom/mapper/report/mapping_json.h"
#include "spikeloom/sim/results/results.h"
#include "spikeloom/sim/results/summary_json.h"

namespace spikeloom::explore {
namespace {

/// Fields that are configuration or differ between equal runs.
const std::set<std::string> kNoMetrics = {
    "schema",           "seed",         "first", "faults",   "preprocessing", "chip",
    "chip_description", "coefficients", "plans", "workload", "wall_seconds"};

void collect(const nlohmann::ordered_json& json, const std::string& prefix,
             std::vector<std::string>& fields) {
  for (const auto& [key, value] : json.items()) {
    if (kNoMetrics.count(key) != 0) continue;
    if (value.is_object()) collect(value, prefix + key + ".", fields);
    if (value.is_number() || value.is_null()) fields.push_back(prefix + key);
  }
}

/// Returns a summary with all fields that a run can report.
nlohmann::ordered_json example_summary(sim::RunConfig config) {
  config.timing = hw::Timing::kCycle;
  arch::Deployment deployment;
  deployment.chip = config.chip;
  deployment.chip.sync.tick_cycles = 1;
  sim::Summary summary(hw::AreaModel(config.energy, config.chip));
  summary.images = 1;
  summary.layers.emplace_back();
  summary.components.emplace();
  summary.idle_joule_per_image = 0.0;
  summary.chip_joule_per_image = 0.0;
  return sim::to_json(summary, config, deployment, 0.0);
}

}  // namespace

std::vector<std::string> metric_fields(const sim::RunConfig& config) {
  std::vector<std::string> fields;
  collect(example_summary(config), "", fields);
  arch::Deployment deployment;
  deployment.chip = config.chip;
  mapper::MappingReport report;
  report.core_reports.emplace_back();
  collect(mapper::to_json(report, deployment), std::string(kMappingPrefix), fields);
  std::sort(fields.begin(), fields.end());
  return fields;
}

bool higher_is_better(std::string_view field) { return field == "accuracy" || field == "correct"; }

}  // namespace spikeloom::explore
