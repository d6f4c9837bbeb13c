// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include "cli/command_line/command_list.h"
#include "cli/inspect/core_dump.h"
#include "cli/inspect/deployment_inspection.h"
#include "cli/inspect/energy_inspection.h"
#include "cli/inspect/level_inspection.h"
#include "cli/inspect/network_inspection.h"
#include "cli/inspect/profile_inspection.h"
#include "cli/inspect/report_inspection.h"
#include "cli/inspect/result_inspection.h"
#include "cli/inspect/trace_inspection.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/json_text.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

Inspection inspect(const InspectedFile& file, const LineLimit& limit) {
  if (base::has_envelope(file.bytes)) {
    switch (base::file_kind(file.bytes, file.path)) {
      case base::FileKind::kSpikingNetwork:
        return inspect_network(file);
      case base::FileKind::kDeployment:
        return inspect_deployment(file, limit);
      case base::FileKind::kSpikeProfile:
        return inspect_profile(file);
    }
  }
  if (is_numpy(file)) return inspect_levels(file);
  if (is_images_csv(file)) return inspect_images(file);
  if (const sim::CsvFile* const kind = energy_file(file)) return inspect_energy(file, *kind, limit);
  if (is_archive(file)) return inspect_trace(file);
  if (is_mapping_report(file)) return inspect_mapping_report(file);
  if (!file.bytes.empty() && file.bytes.front() == '{') return inspect_summary(file);
  throw base::UserError(
      file.path +
      ": not a file that spikeloom writes; allowed are a spiking network, deployment, spike "
      "profile, levels (.npy), spike trace (.npz), report.json of a mapping, summary.json or .csv "
      "of a run");
}

CommandLine inspect_line() {
  CommandLine line{{}, {{"file", "FILE"}}};
  line.options.add_options()(
      "dump", options::value<std::string>()->value_name("CORE"),
      "of a deployment: all of a core, by its name chipC.core_X_Y, or as core=X,Y on the board or "
      "chipN.core=X,Y on a chip")(
      "limit", options::value<std::size_t>()->default_value(32)->value_name("N"),
      "lines of a long table; 0: all")("json", "print JSON in place of tables; it is always whole");
  return line;
}

int run_inspect(const options::variables_map& values) {
  const LineLimit limit(values["limit"].as<std::size_t>());
  const std::string path = values["file"].as<std::string>();
  const InspectedFile file{path, base::read_file(path)};
  const Inspection result = values.count("dump") != 0
                                ? dump_core(file, values["dump"].as<std::string>(), limit)
                                : inspect(file, limit);
  std::cout << (values.count("json") != 0 ? base::json_text(result.json, 2) + "\n" : result.text);
  return 0;
}

}  // namespace

const Command kInspectCommand = {
    "inspect",
    "Explain a file that the program has written, or one core of a deployment",
    "",
    "spikeloom inspect lenet.deployment\n"
    "spikeloom inspect lenet.deployment --dump chip0.core_0_0\n"
    "spikeloom inspect results/lenet-fashion-cycle/summary.json",
    inspect_line,
    run_inspect,
};

}  // namespace spikeloom::cli
