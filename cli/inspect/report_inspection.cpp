// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/report_inspection.h"

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::cli {

using nlohmann::ordered_json;

bool is_mapping_report(const InspectedFile& file) {
  const ordered_json json = ordered_json::parse(file.bytes, nullptr, false);
  return json.is_object() && json.contains("lower_bound_cores") && json.contains("plans");
}

Inspection inspect_mapping_report(const InspectedFile& file) {
  try {
    const ordered_json report = ordered_json::parse(file.bytes);
    Inspection result;
    result.text = fmt::format(
        "report of a mapping (map --report), schema {}\n\nnetwork   {}\nobjective {}, seed {}\n"
        "cores     {} of {}, at least {}\npackets   {:.2f} per spike\n\n",
        report.at("schema").get<int>(), report.at("network").get<std::string>(),
        report.at("objective").get<std::string>(), report.at("seed").get<std::uint64_t>(),
        report.at("cores_used").get<int>(), report.at("cores_available").get<int>(),
        report.at("lower_bound_cores").get<int>(), report.at("packets_per_spike").get<double>());
    base::TextTable table({"layer", "cores", "bound", "neurons", "packets/spike", "as Toeplitz"});
    for (const ordered_json& layer : report.at("layers")) {
      table.add({layer.at("name").get<std::string>(), layer.at("cores").dump(),
                 fmt::format("{:.1f}", layer.at("lower_bound_cores").get<double>()),
                 layer.at("neurons").dump(),
                 fmt::format("{:.2f}", layer.at("packets_per_spike").get<double>()),
                 layer.at("toeplitz").at("cores").dump()});
    }
    result.text += table.text() + "\n--json also shows each core and each link\n";
    result.json = {{"kind", "mapping report"},
                   {"version", report.at("schema")},
                   {"bytes", file.bytes.size()},
                   {"report", report}};
    return result;
  } catch (const nlohmann::json::exception& error) {
    throw base::UserError(
        fmt::format("{}: not a complete report of map --report: {}", file.path, error.what()));
  }
}

}  // namespace spikeloom::cli
