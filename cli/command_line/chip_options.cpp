// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/chip_options.h"

#include <string_view>

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::cli {

namespace options = boost::program_options;

void add_chip_options(options::options_description& description, const char* purpose) {
  description.add_options()(
      "chip", options::value<std::string>()->required()->value_name("CHIP.yaml"), purpose)(
      "set", options::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "a key of the chip file: chip.core.axons=512");
}

std::vector<base::Override> chip_overrides(const options::variables_map& values) {
  std::vector<base::Override> overrides;
  if (values.count("set") == 0) return overrides;
  for (const std::string& text : values["set"].as<std::vector<std::string>>()) {
    overrides.push_back(chip_override(text));
  }
  return overrides;
}

base::Override chip_override(const std::string& text) {
  constexpr std::string_view kPrefix = "chip.";
  if (text.compare(0, kPrefix.size(), kPrefix) != 0) {
    throw base::UserError(
        fmt::format("--set {}: keys start with \"chip.\", for example chip.core.axons=512", text));
  }
  return base::parse_override(text.substr(kPrefix.size()));
}

}  // namespace spikeloom::cli
