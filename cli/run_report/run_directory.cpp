// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report/run_directory.h"

#include <filesystem>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/json_integer.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/sim/results/summary_json.h"
#include "spikeloom/sim/results/wrong_images.h"

namespace spikeloom::cli {
namespace {

namespace fs = std::filesystem;

std::string file_in(const std::string& directory, std::string_view name) {
  return (fs::path(directory) / name).string();
}

sim::CsvTable read_table(const std::string& directory, const sim::CsvFile& kind) {
  const std::string path = file_in(directory, kind.name);
  const std::vector<std::uint8_t> bytes = base::read_file(path);
  return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path, kind};
}

std::size_t size_at(const nlohmann::ordered_json& summary, const char* key) {
  return base::json_integer<std::size_t>(summary.at(key), key);
}

base::UserError not_a_summary(const std::string& path, const std::exception& error) {
  return base::UserError(fmt::format("{}: not the summary.json of a run: {}", path, error.what()));
}

nlohmann::ordered_json read_summary(const std::string& directory) {
  const std::string path = file_in(directory, "summary.json");
  if (!fs::exists(path)) {
    throw base::UserError(
        fmt::format("{}: not results of spikeloom run or sweep: there is neither summary.json nor "
                    "sweep.sqlite in it",
                    directory));
  }
  nlohmann::ordered_json summary;
  int schema = 0;
  try {
    summary = base::parse_json(base::read_file(path));
    schema = base::json_integer<int>(summary.at("schema"), "schema");
  } catch (const base::UserError&) {
    throw;
  } catch (const std::exception& error) {
    throw not_a_summary(path, error);
  }
  if (schema != sim::kSummarySchema) {
    throw base::UserError(
        fmt::format("{}: summary of schema {}, this program reads schema {}: "
                    "run it again",
                    path, schema, sim::kSummarySchema));
  }
  return summary;
}

std::optional<base::NpyArray> read_wrong(const std::string& directory) {
  const std::string path = file_in(directory, sim::kWrongImagesFile);
  if (!fs::exists(path)) return std::nullopt;
  try {
    base::NpyArray array = base::parse_npy(base::read_file(path));
    if (array.type != "|u1" || array.shape.size() != 4 || array.shape[0] > sim::kMaxWrongImages) {
      throw std::invalid_argument("its type or shape is wrong");
    }
    return array;
  } catch (const std::invalid_argument& error) {
    throw base::UserError(
        fmt::format("{}: not the file of a run's wrong images: {}", path, error.what()));
  }
}

/// Checks that a file has the number of lines that follows from the summary.
void check_size(const std::string& directory, const sim::CsvFile& kind, std::size_t lines,
                std::size_t wanted) {
  if (lines == wanted) return;
  throw base::UserError(fmt::format("{}: has {} lines, expected {} (summary.json)",
                                    file_in(directory, kind.name), lines, wanted));
}

}  // namespace

RunDirectory RunDirectory::read(const std::string& path) {
  if (!fs::is_directory(path)) {
    throw base::UserError(
        fmt::format("{}: {}", path, fs::exists(path) ? "is not a directory" : "does not exist"));
  }
  RunDirectory run;
  run.path = path;
  run.summary = read_summary(path);
  run.images = read_table(path, sim::kImagesCsv);
  run.wrong = read_wrong(path);
  try {
    check_size(path, sim::kImagesCsv, run.images.size(), size_at(run.summary, "images"));
    if (!run.timed()) return run;
    run.energy = read_table(path, sim::kEnergyCsv);
    run.cores = read_table(path, sim::kCoresCsv);
    run.power = read_table(path, sim::kPowerCsv);
    run.activity = read_table(path, sim::kActivityCsv);
    run.links = read_table(path, sim::kLinksCsv);
    run.timeline = read_table(path, sim::kTimelineCsv);
    check_size(path, sim::kTimelineCsv, run.timeline.size(),
               run.power.size() * run.summary.at("layers").size());
    if (size_at(run.summary, "steady_ticks") != 0) {
      check_size(path, sim::kActivityCsv, run.activity.size(), size_at(run.summary, "cores_used"));
    }
  } catch (const base::UserError&) {
    throw;
  } catch (const std::exception& error) {
    throw not_a_summary(file_in(path, "summary.json"), error);
  }
  return run;
}

std::string data_set_name(const nlohmann::ordered_json& summary) {
  const bool of_files =
      summary.contains("preprocessing") && summary["preprocessing"].contains("scale");
  return of_files || summary.contains("workload") ? "" : summary.at("data").get<std::string>();
}

}  // namespace spikeloom::cli
