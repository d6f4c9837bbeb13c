// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report/comparison_model.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "cli/run_report/published_model.h"

namespace spikeloom::cli {
namespace {

using nlohmann::ordered_json;

/// Fields of a summary that are configuration, not results.
constexpr const char* kConfiguration[] = {
    "network",          "chip",         "energy", "data",          "timing",   "seed",
    "objective",        "faults",       "first",  "images",        "pipeline", "settings",
    "chip_description", "coefficients", "files",  "preprocessing", "workload"};

/// Collects the scalars of a value by path: "chip_description.core.axons".
void flatten(const ordered_json& value, const std::string& path, ordered_json& flat) {
  if (!value.is_object()) {
    flat[path] = value;
    return;
  }
  for (const auto& [key, child] : value.items())
    flatten(child, fmt::format("{}.{}", path, key), flat);
}

ordered_json configuration(const RunDirectory& run) {
  ordered_json flat = ordered_json::object();
  for (const char* key : kConfiguration) {
    if (run.summary.contains(key)) flatten(run.summary[key], key, flat);
  }
  return flat;
}

ordered_json differences(const std::vector<RunDirectory>& runs) {
  std::vector<ordered_json> all;
  ordered_json keys = ordered_json::object();  // of all runs, in order of first occurrence
  for (const RunDirectory& run : runs) {
    all.push_back(configuration(run));
    for (const auto& [key, value] : all.back().items()) keys[key] = nullptr;
  }
  ordered_json result = ordered_json::array();
  for (const auto& [key, unused] : keys.items()) {
    ordered_json values = ordered_json::array();
    for (const ordered_json& flat : all) {
      values.push_back(flat.contains(key) ? flat[key] : ordered_json());
    }
    const bool same = std::all_of(values.begin(), values.end(),
                                  [&](const ordered_json& value) { return value == values[0]; });
    if (!same) result.push_back({{"key", key}, {"values", std::move(values)}});
  }
  return result;
}

}  // namespace

ordered_json comparison_model(const std::vector<RunDirectory>& runs) {
  ordered_json json = {{"runs", ordered_json::array()}, {"differences", differences(runs)}};
  for (const RunDirectory& run : runs) {
    json["runs"].push_back({{"directory", run.path},
                            {"summary", run.summary},
                            {"published", published_model(run.summary)}});
  }
  return json;
}

}  // namespace spikeloom::cli
