// SPDX-License-Identifier: Apache-2.0
// Results of runs, as `inspect` and `report` read them.
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/command_list.h"
#include "cli/commands/dispatch.h"
#include "cli/run_report/run_page.h"
#include "spikeloom/sim/results/csv_file.h"
#include "spikeloom/sim/results/summary_json.h"
#include "spikeloom/sim/results/wrong_images.h"
#include "testbenches/fuzz/scratch.h"
#include "testbenches/fuzz/silence.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

namespace fs = std::filesystem;

/// The files of a directory of results in one input: before each a line of this and its name.
constexpr std::string_view kFile = "=== ";

std::vector<std::string> file_names() {
  std::vector<std::string> names = {sim::kSummaryFile, sim::kWrongImagesFile,
                                    std::string(sim::kImagesCsv.name)};
  for (const sim::CsvFile& file : sim::kCycleFiles) names.emplace_back(file.name);
  return names;
}

/// Writes the files that the input has, and removes those that it lacks.
void write_directory(const fs::path& directory, const std::string& input) {
  fs::create_directory(directory);
  for (const std::string& name : file_names()) {
    const std::string line = std::string(kFile) + name + "\n";
    const std::size_t place = input.find(line);
    if (place == std::string::npos) {
      fs::remove(directory / name);
      continue;
    }
    const std::size_t begin = place + line.size();
    const std::size_t end = std::min(input.find(kFile, begin), input.size());
    write_scratch((directory.filename() / name).string(),
                  {reinterpret_cast<const std::uint8_t*>(input.data()) + begin, end - begin});
  }
}

}  // namespace

void read_result(base::ByteView input) {
  const SilentOutput silent;
  const std::string path = write_scratch("result", input);
  cli::dispatch(cli::kInspectCommand, {path, "--limit", "3"});
  cli::dispatch(cli::kInspectCommand, {path, "--json"});
}

void read_report(base::ByteView input) {
  const fs::path directory = fs::path(scratch_folder()) / "report";
  write_directory(directory, text_of(input));
  cli::run_page({directory.string()});
  cli::run_page({directory.string(), directory.string()});
}

}  // namespace spikeloom::fuzz
