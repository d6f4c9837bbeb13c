// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/run_options.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_line/board_option.h"
#include "cli/command_line/cache_option.h"
#include "spikeloom/sim/inputs/run_config.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

std::vector<std::string> settings(const options::variables_map& values) {
  std::vector<std::string> result;
  if (values.count("set") != 0) result = values["set"].as<std::vector<std::string>>();
  for (const char* key : {"images", "first", "timing"}) {
    if (values.count(key) == 0) continue;
    result.push_back(fmt::format("{}={}", key, values[key].as<std::string>()));
  }
  if (const auto setting = board_setting(values)) result.push_back(*setting);
  if (values.count("no-pipeline") != 0) result.emplace_back("chip.sync.pipeline=false");
  return result;
}

}  // namespace

void add_image_options(options::options_description& description) {
  description.add_options()("images", options::value<std::string>()->value_name("N"),
                            "how many test images; 0: all")(
      "first", options::value<std::string>()->value_name("I"), "number of the first one");
}

void add_run_options(options::options_description& description) {
  description.add_options()(
      "timing",
      options::value<std::string>()->value_name(
          fmt::format("{}", fmt::join(base::all_names<hw::Timing>(), "|"))),
      "with cycles and energy, or spikes only, for accuracy over whole test sets")(
      "no-pipeline", "one image after the other, layer after layer: chip.sync.pipeline=false")(
      "set", options::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "a key of the run file, or of a file that it names: chip.core.axons=512");
  add_board_option(description);
  add_cache_option(description);
}

sim::RunRequest run_request(const options::variables_map& values) {
  sim::RunRequest request;
  request.run = values["run"].as<std::string>();
  request.settings = settings(values);
  request.cache = mapping_cache(values);
  return request;
}

std::optional<std::string> optional_text(const boost::program_options::variables_map& values,
                                         const char* name) {
  if (values.count(name) == 0) return std::nullopt;
  return values[name].as<std::string>();
}

}  // namespace spikeloom::cli
