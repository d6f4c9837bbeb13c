// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/run_report/run_directory.h"

#include <filesystem>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "common/error.h"
#include "common/file.h"
#include "testbenches/spikeloom/results/summary_json.h"
#include "testbenches/spikeloom/results/wrong_images.h"

namespace spikeloom::program {
namespace {

namespace fs = std::filesystem;

std::string file_in(const std::string& directory, std::string_view name) {
  return (fs::path(directory) / name).string();
}

CsvTable read_table(const std::string& directory, const CsvFile& kind) {
  const std::string path = file_in(directory, kind.name);
  const std::vector<std::uint8_t> bytes = common::read_file(path);
  return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path, kind};
}

nlohmann::ordered_json read_summary(const std::string& directory) {
  const std::string path = file_in(directory, "summary.json");
  if (!fs::exists(path)) {
    throw common::UserError(
        fmt::format("{}: no results of spikeloom run or sweep: there is neither summary.json nor "
                    "sweep.sqlite in it",
                    directory));
  }
  nlohmann::ordered_json summary;
  int schema = 0;
  try {
    summary = nlohmann::ordered_json::parse(common::read_file(path));
    schema = summary.at("schema").get<int>();
  } catch (const nlohmann::json::exception& error) {
    throw common::UserError(
        fmt::format("{}: not the summary.json of a run: {}", path, error.what()));
  }
  if (schema != kSummarySchema) {
    throw common::UserError(
        fmt::format("{}: summary of schema {}, this program reads schema {}: "
                    "run it again",
                    path, schema, kSummarySchema));
  }
  return summary;
}

std::optional<NpyArray> read_wrong(const std::string& directory) {
  const std::string path = file_in(directory, kWrongImagesFile);
  if (!fs::exists(path)) return std::nullopt;
  try {
    NpyArray array = parse_npy(common::read_file(path));
    if (array.type != "|u1" || array.shape.size() != 4 || array.shape[0] > kMostWrongImages ||
        (array.shape[1] != 1 && array.shape[1] != 3)) {
      throw std::invalid_argument("its type or shape is another");
    }
    return array;
  } catch (const std::invalid_argument& error) {
    throw common::UserError(
        fmt::format("{}: not the wrong images of a run: {}", path, error.what()));
  }
}

/// Lines that the summary's figures ask for.
void check_size(const std::string& directory, const CsvFile& kind, std::size_t lines,
                std::size_t wanted) {
  if (lines == wanted) return;
  throw common::UserError(fmt::format("{}: has {} lines, its summary.json asks for {}",
                                      file_in(directory, kind.name), lines, wanted));
}

}  // namespace

RunDirectory RunDirectory::read(const std::string& path) {
  if (!fs::is_directory(path)) {
    throw common::UserError(
        fmt::format("{}: {}", path, fs::exists(path) ? "is no directory" : "is not there"));
  }
  RunDirectory run;
  run.path = path;
  run.summary = read_summary(path);
  run.images = read_table(path, kImagesCsv);
  run.wrong = read_wrong(path);
  try {
    check_size(path, kImagesCsv, run.images.size(), run.summary.at("images").get<std::size_t>());
    if (!run.timed()) return run;
    run.energy = read_table(path, kEnergyCsv);
    run.cores = read_table(path, kCoresCsv);
    run.power = read_table(path, kPowerCsv);
    run.activity = read_table(path, kActivityCsv);
    run.links = read_table(path, kLinksCsv);
    run.timeline = read_table(path, kTimelineCsv);
    check_size(path, kTimelineCsv, run.timeline.size(),
               run.power.size() * run.summary.at("layers").size());
    if (run.summary.at("steady_ticks").get<std::size_t>() != 0) {
      check_size(path, kActivityCsv, run.activity.size(),
                 run.summary.at("cores_used").get<std::size_t>());
    }
  } catch (const nlohmann::json::exception& error) {
    throw common::UserError(fmt::format("{}: not the summary.json of a run: {}",
                                        file_in(path, "summary.json"), error.what()));
  }
  return run;
}

}  // namespace spikeloom::program
