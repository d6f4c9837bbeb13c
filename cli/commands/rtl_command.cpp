// SPDX-License-Identifier: Apache-2.0
// Writes the RTL of a chip: its packages and all modules.
#include <map>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command_line/chip_options.h"
#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "cli/commands/report_directory.h"
#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/cosim/rtl_sources.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

/// Reads the chip file. Throws base::UserError, also if there is no RTL of that chip.
arch::ChipDescription load_rtl_chip(const options::variables_map& values) {
  base::ConfigFile file(values["chip"].as<std::string>(), "chip", chip_overrides(values));
  const arch::ChipDescription chip = arch::read_chip(file);
  for (const cosim::Refusal& refusal : cosim::refusals(chip, cosim::RtlPart::kChip)) {
    file.error(refusal.key, refusal.problem);
  }
  file.finish();
  return chip;
}

cosim::RtlOptions read_options(const options::variables_map& values) {
  cosim::RtlOptions result;
  result.host_packets = values["host-packets"].as<int>();
  if (result.host_packets < 1 || result.host_packets > cosim::RtlOptions::kMaxHostPackets) {
    throw base::UserError(fmt::format("--host-packets: got {}, allowed 1..{}", result.host_packets,
                                      cosim::RtlOptions::kMaxHostPackets));
  }
  return result;
}

CommandLine rtl_line() {
  CommandLine line;
  add_chip_options(line.options, "the chip");
  line.options.add_options()("output,o",
                             options::value<std::string>()->required()->value_name("DIR"),
                             "write the files to this directory")(
      "host-packets",
      options::value<int>()->default_value(cosim::RtlOptions{}.host_packets)->value_name("N"),
      "packets that the host port stores, in each direction");
  add_output_options(line.options);
  return line;
}

int run_rtl(const options::variables_map& values) {
  const arch::ChipDescription chip = load_rtl_chip(values);
  const std::string directory = values["output"].as<std::string>();
  const std::map<std::string, std::string> files = cosim::rtl_sources(chip, read_options(values));
  write_report(directory, files);
  print_result(values,
               fmt::format("{}: RTL of the chip {} in {} files, listed in {}\n", directory,
                           chip.name, files.size() - 1, cosim::kFileList),
               [&] {
                 nlohmann::ordered_json list = nlohmann::ordered_json::array();
                 for (const auto& [name, text] : files) list.push_back(name);
                 return nlohmann::ordered_json{{"directory", directory}, {"files", list}};
               });
  return 0;
}

}  // namespace

const Command kRtlCommand = {
    "rtl",
    "Write the chip in synthesizable SystemVerilog",
    "The packages `chip_params` and `register_map` hold the numbers of this chip; the modules are\n"
    "the same for all chips.",
    "spikeloom rtl --chip configs/chips/reference.yaml -o reference-rtl",
    rtl_line,
    run_rtl};

}  // namespace spikeloom::cli
