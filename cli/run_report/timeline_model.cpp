// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report/timeline_model.h"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace spikeloom::cli {

using nlohmann::ordered_json;

ordered_json timeline_model(const RunDirectory& run) {
  const std::size_t parts = run.summary.at("layers").size();
  std::map<std::tuple<std::size_t, std::string, long>, std::size_t> bounds;
  std::size_t total = 0;
  ordered_json ticks = ordered_json::array();
  for (std::size_t t = 0; t < run.power.size(); ++t) {
    if (run.power.integer(t, "steady") == 0) continue;
    ordered_json rows = ordered_json::array();
    for (std::size_t p = 0; p < parts; ++p) {
      const std::size_t row = t * parts + p;
      const std::string& bound = run.timeline.text(row, "bound");
      const long core = run.timeline.integer(row, "core");
      if (!bound.empty()) ++bounds[{p, bound, bound == "core" ? core : -1}];
      rows.push_back({core, run.timeline.integer(row, "core_cycles"),
                      run.timeline.integer(row, "packet_cycles"), bound});
    }
    if (total++ >= kMaxTicks) continue;
    ticks.push_back({{"tick", t},
                     {"image", run.power.integer(t, "image")},
                     {"start_ms", run.power.value(t, "start_ms")},
                     {"cycles", run.power.integer(t, "cycles")},
                     {"parts", std::move(rows)}});
  }
  ordered_json json = {{"total", total}, {"ticks", std::move(ticks)}};
  json["columns"] = {"core", "core_cycles", "packet_cycles", "bound"};
  json["bounds"] = ordered_json::array();
  for (const auto& [key, count] : bounds) {
    const auto& [part, bound, core] = key;
    json["bounds"].push_back({{"part", part}, {"bound", bound}, {"core", core}, {"ticks", count}});
  }
  return json;
}

}  // namespace spikeloom::cli
