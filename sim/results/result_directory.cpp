// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/result_directory.h"

#include <system_error>
#include <utility>

#include "spikeloom/base/file.h"
#include "spikeloom/sim/results/csv_file.h"
#include "spikeloom/sim/results/profile_file.h"
#include "spikeloom/sim/results/summary_json.h"
#include "spikeloom/sim/results/wrong_images.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStaging = ".new";

/// All files but summary.json.
std::vector<std::string> other_files() {
  std::vector<std::string> names = {kProfileFile, kWrongImagesFile, std::string(kImagesCsv.name)};
  for (const CsvFile& file : kCycleFiles) names.emplace_back(file.name);
  return names;
}

void remove_file(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) throw base::unwritable(path.string(), error);
}

}  // namespace

ResultDirectory::ResultDirectory(fs::path path)
    : path_(std::move(path)), staging_(path_ / kStaging) {}

std::string ResultDirectory::staged(std::string_view name) {
  names_.emplace(name);
  return (staging_.path() / name).string();
}

void ResultDirectory::write(std::string_view name, std::string_view text) {
  base::write_file(staged(name), text);
}

void ResultDirectory::write(std::string_view name,
                            const std::function<void(const TextSink&)>& text) {
  base::write_file(staged(name), [&text](const base::ByteSink& sink) {
    text([&sink](std::string_view part) {
      sink({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
    });
  });
}

void ResultDirectory::write(std::string_view name, const std::vector<std::uint8_t>& bytes) {
  base::write_file(staged(name), bytes);
}

void ResultDirectory::publish() {
  remove_file(path_ / kSummaryFile);
  const auto move = [this](const std::string& name) {
    std::error_code error;
    fs::rename(staging_.path() / name, path_ / name, error);
    if (error) throw base::unwritable((path_ / name).string(), error);
  };
  for (const std::string& name : other_files()) {
    if (names_.count(name) != 0) {
      move(name);
    } else {
      remove_file(path_ / name);
    }
  }
  move(kSummaryFile);
}

}  // namespace spikeloom::sim
