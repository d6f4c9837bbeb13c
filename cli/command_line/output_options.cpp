// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/output_options.h"

#include <iostream>

#include "cli/terminal/progress_bar.h"
#include "spikeloom/base/json_text.h"

namespace spikeloom::cli {

namespace options = boost::program_options;

namespace {

bool is_quiet(const options::variables_map& values) { return values.count("quiet") != 0; }

}  // namespace

void add_output_options(options::options_description& description) {
  description.add_options()("quiet", "print only errors, neither progress nor tables")(
      "json", "print the result as JSON in place of tables");
}

base::ProgressSink* progress_sink(const options::variables_map& values) {
  static ProgressBar bar;
  return is_quiet(values) ? nullptr : &bar;
}

void print_result(const options::variables_map& values, const std::string& text,
                  const std::function<nlohmann::ordered_json()>& json) {
  if (values.count("json") != 0) {
    std::cout << base::json_text(json(), 2) << "\n";
  } else if (!is_quiet(values)) {
    std::cout << text;
  }
}

}  // namespace spikeloom::cli
