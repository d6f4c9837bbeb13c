// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/share_store.h"

#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/base/build_id.h"
#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/directory.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/base/keyed_file.h"
#include "spikeloom/base/version.h"
#include "spikeloom/sim/simulation/range_codec.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kShareSuffix = ".share";

/// Returns nullopt for anything but a whole result of this run.
std::optional<RangeResult> read_share(const std::string& path, const std::string& key,
                                      const std::shared_ptr<base::SpillFile>& file) {
  const auto bytes = base::read_keyed_file(path, key);
  if (!bytes) return std::nullopt;
  try {
    RangeResult result = decode_range(*bytes, file);
    if (!result.images.empty()) return result;
  } catch (const std::exception&) {
    // Its checksum is right, but not what it holds.
  }
  return std::nullopt;
}

}  // namespace

bool keeps_shares(const RunRequest& request) {
  return !request.record_levels && !request.record_spikes && !request.waves &&
         request.trace.empty();
}

std::string run_name(const PreparedRun& prepared, const RunRequest& request) {
  const RunConfig& config = prepared.config;
  nlohmann::json all = {{"version", base::kVersion},
                        {"build", base::build_id()},
                        {"settings", config.settings},
                        {"timing", name(config.timing)},
                        {"first", prepared.first},
                        {"count", prepared.count},
                        {"pixels", base::checksum(prepared.data.pixels.data)},
                        {"labels", prepared.data.labels},
                        {"verify", request.verify_config},
                        {"rtl", request.rtl}};
  for (const SourceFile& file : config.files) all["files"].push_back({file.role, file.checksum});
  return base::content_hash(base::json_text(all));
}

ShareStore::ShareStore(const fs::path& directory, const PreparedRun& prepared,
                       const RunRequest& request)
    : directory_(directory / kSharesDirectory), prepared_(prepared), request_(request) {}

const std::string& ShareStore::key() {
  if (key_.empty()) key_ = run_name(prepared_, request_);
  return key_;
}

ShareResults ShareStore::load(const std::shared_ptr<base::SpillFile>& records) {
  ShareResults results;
  std::error_code error;
  for (const fs::directory_entry& file : fs::directory_iterator(directory_, error)) {
    if (file.path().extension() != kShareSuffix) continue;
    std::optional<RangeResult> result = read_share(file.path().string(), key(), records);
    if (!result) {
      throw base::UserError(
          fmt::format("--resume: {}: is damaged, or of a run with other files, settings or images, "
                      "or of another "
                      "build of the program; without --resume the run starts anew",
                      file.path().string()));
    }
    images_ += result->images.size();
    const std::size_t first = result->images.begin()->index;
    results.emplace(first, std::move(*result));
  }
  return results;
}

void ShareStore::keep(const Share& share, const RangeResult& result) {
  base::make_directory(directory_);
  const fs::path path = directory_ / fmt::format("{}{}", share.range.first, kShareSuffix);
  base::write_keyed_file(path.string(), encode_range(result), key());
  images_ += share.range.count;
}

void ShareStore::remove() {
  std::error_code ignored;
  // What else is there is not ours. A killed program may have left "0.share.123.tmp".
  for (const fs::directory_entry& file : fs::directory_iterator(directory_, ignored)) {
    const std::string name = file.path().filename().string();
    if (name.find(kShareSuffix) != std::string::npos) fs::remove(file.path(), ignored);
  }
  fs::remove(directory_, ignored);
  images_ = 0;
}

}  // namespace spikeloom::sim
