// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/report_inspection.h"

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/json_integer.h"
#include "spikeloom/base/json_text.h"

namespace spikeloom::cli {

using nlohmann::ordered_json;

bool is_mapping_report(const InspectedFile& file) {
  if (file.bytes.empty() || file.bytes.front() != '{') return false;
  try {
    const ordered_json json = base::parse_json(file.bytes);
    return json.contains("lower_bound_cores") && json.contains("plans");
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

Inspection inspect_mapping_report(const InspectedFile& file) {
  try {
    const ordered_json report = base::parse_json(file.bytes);
    const auto integer = [&report](const char* key) {
      return base::json_integer<int>(report.at(key), key, 0);
    };
    Inspection result;
    result.text = fmt::format(
        "report of a mapping (map --report), schema {}\n\nnetwork   {}\nobjective {}, seed {}\n"
        "cores     {} of {}, at least {}\npackets   {:.2f} per spike\n\n",
        integer("schema"), report.at("network").get<std::string>(),
        report.at("objective").get<std::string>(),
        base::json_integer<std::uint64_t>(report.at("seed"), "seed"), integer("cores_used"),
        integer("cores_available"), integer("lower_bound_cores"),
        report.at("packets_per_spike").get<double>());
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
  } catch (const std::exception& error) {
    throw base::UserError(
        fmt::format("{}: not a complete report of map --report: {}", file.path, error.what()));
  }
}

}  // namespace spikeloom::cli
