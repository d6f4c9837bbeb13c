// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report/run_model.h"

#include <initializer_list>
#include <map>
#include <string>

#include "cli/run_report/image_model.h"
#include "cli/run_report/published_model.h"
#include "cli/run_report/timeline_model.h"
#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::cli {
namespace {

using nlohmann::ordered_json;

/// Returns all lines of a table with the given columns.
ordered_json rows_of(const sim::CsvTable& table, std::initializer_list<const char*> columns) {
  ordered_json rows = ordered_json::array();
  for (std::size_t i = 0; i < table.size(); ++i) {
    ordered_json row = ordered_json::array();
    for (const char* column : columns) {
      if (sim::CsvTable::is_name(column)) {
        row.push_back(table.text(i, column));
      } else {
        row.push_back(table.value(i, column));
      }
    }
    rows.push_back(std::move(row));
  }
  return {{"columns", columns}, {"rows", std::move(rows)}};
}

/// Returns activity.csv with the core's energy, from cores.csv, appended to each row.
ordered_json cores_model(const RunDirectory& run) {
  std::map<long, double> energy;
  for (std::size_t i = 0; i < run.cores.size(); ++i) {
    energy[run.cores.integer(i, "core")] += run.cores.value(i, "mj_per_image");
  }
  ordered_json json =
      rows_of(run.activity, {"core", "chip", "x", "y", "layers", "neurons", "dendrites", "spikes",
                             "packets", "sop", "busy_cycles"});
  json["columns"].push_back("mj_per_image");
  for (ordered_json& row : json["rows"]) row.push_back(energy[row[0].get<long>()]);
  return json;
}

/// Returns the position of the host port's router: level, x, y.
ordered_json host_router_model(const RunDirectory& run) {
  const arch::RouterPlace place =
      arch::host_place(arch::chip_from_json(run.summary.at("chip_description"), run.path));
  return {place.level, place.x, place.y};
}

}  // namespace

ordered_json run_model(const RunDirectory& run) {
  ordered_json json = {{"directory", run.path},
                       {"summary", run.summary},
                       {"published", published_model(run.summary)},
                       {"images", image_model(run)}};
  if (!run.timed() || run.summary.at("steady_ticks") == 0) return json;
  json["energy"] = rows_of(run.energy, {"part", "component", "mj_per_image"});
  json["cores"] = cores_model(run);
  json["links"] = rows_of(run.links, {"from_level", "from_x", "from_y", "to_level", "to_x", "to_y",
                                      "between_chips", "packets", "utilization"});
  json["host_router"] = host_router_model(run);
  json["timeline"] = timeline_model(run);
  return json;
}

}  // namespace spikeloom::cli
