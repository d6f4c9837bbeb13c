// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/mapping_cache.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/base/build_id.h"
#include "spikeloom/base/cache_directory.h"
#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/parse_number.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/base/version.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMappingSuffix = ".mapping";
/// Suffix of files that base::write_file has not finished.
constexpr const char* kUnfinished = ".tmp";
/// An unfinished file of this age is what a killed program has left.
constexpr std::chrono::hours kLeftOver{1};

/// Returns the key of a mapping of this name by this program: another build may map differently.
std::string key_of(const std::string& name) {
  return base::content_hash(fmt::format("{} {} {}", name, base::kVersion, base::build_id()));
}

std::uint64_t limit_mib() {
  const char* const text = std::getenv(MappingCache::kLimitVariable);
  if (text == nullptr || *text == '\0') return MappingCache::kDefaultLimitMib;
  constexpr std::uint64_t kMost = UINT64_MAX >> 20;
  const auto value = base::parse_number<std::uint64_t>(text);
  if (value && *value <= kMost) return *value;
  throw base::UserError(fmt::format(
      "{}: got {}, allowed a number of MiB, 0..{}: the size of the cache of mappings; 0: none",
      MappingCache::kLimitVariable, text, kMost));
}

}  // namespace

MappingCache::MappingCache(fs::path directory, std::uint64_t limit)
    : directory_(std::move(directory)), limit_(limit) {}

std::optional<MappingCache> MappingCache::of_user() {
  const std::uint64_t limit = limit_mib() << 20;
  const auto directory = base::cache_directory("mappings");
  if (limit == 0 || !directory || base::build_id().empty()) return std::nullopt;
  return MappingCache(*directory, limit);
}

fs::path MappingCache::path_of(const std::string& key) const {
  return directory_ / (key + kMappingSuffix);
}

MappingCache::Found MappingCache::find(const std::string& name) const {
  const std::string key = key_of(name);
  const fs::path path = path_of(key);
  std::error_code ignored;
  // The time of the last change is that of the last use.
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  Found found;
  const fs::file_status status = fs::status(path, ignored);
  if (!fs::exists(status)) return found;
  std::optional<base::MappedFile> file;
  try {
    if (fs::is_regular_file(status)) file.emplace(path.string());  // a pipe would never end
  } catch (const base::UserError&) {
    return found;  // another program has removed it, or it may not be read
  }
  found.state = State::kDamaged;
  if (!file) return found;
  const base::ByteView bytes = file->bytes();
  if (bytes.size < key.size() || bytes.size > limit_) return found;
  const std::size_t size = bytes.size - key.size();
  if (!std::equal(key.begin(), key.end(), bytes.data + size)) return found;
  try {
    found.deployment = arch::Deployment::decode({bytes.data, size}, path.string());
    found.state = State::kFound;
  } catch (const base::UserError&) {
    // As any other damage.
  }
  return found;
}

void MappingCache::keep(const std::string& name, const arch::Deployment& deployment) const {
  const base::StopGuard guard;  // removes the temporary file on a stop
  const std::string key = key_of(name);
  std::uint64_t size = key.size();
  deployment.write([&size](base::ByteView bytes) { size += bytes.size; });
  try {
    base::make_directory(directory_);
    if (size <= limit_) {
      base::write_file(path_of(key).string(), [&](const base::ByteSink& sink) {
        deployment.write(sink);
        sink(std::vector<std::uint8_t>(key.begin(), key.end()));
      });
    }
  } catch (const base::UserError&) {
    // A full disk or a directory that cannot be written: the next run maps again.
  }
  remove_oldest();
  base::StopGuard::check();
}

void MappingCache::remove_oldest() const {
  struct Entry {
    fs::file_time_type used;
    std::uint64_t size;
    fs::path path;
  };
  std::vector<Entry> entries;
  std::uint64_t total = 0;
  std::error_code ignored;
  const auto left_over = fs::file_time_type::clock::now() - kLeftOver;
  for (const fs::directory_entry& file : fs::directory_iterator(directory_, ignored)) {
    std::error_code gone;  // another process may remove it meanwhile
    const auto used = file.last_write_time(gone);
    const std::uint64_t size = file.file_size(gone);
    if (gone) continue;
    if (file.path().extension() == kMappingSuffix) {
      entries.push_back({used, size, file.path()});
      total += size;
    } else if (file.path().extension() == kUnfinished && used < left_over) {
      fs::remove(file.path(), gone);
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (total <= limit_) return;
    fs::remove(entry.path, ignored);
    total -= entry.size;
  }
}

}  // namespace spikeloom::sim
