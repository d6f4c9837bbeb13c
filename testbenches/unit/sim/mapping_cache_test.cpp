// SPDX-License-Identifier: Apache-2.0
// The cache gives back what was kept and nothing else, whatever is in its directory and whoever
// uses it at the same time; and names differ where mappings do.
#include "spikeloom/sim/run/mapping_cache.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/child_process.h"
#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/run/mapping_name.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;
using State = MappingCache::State;

constexpr std::uint64_t kPlenty = 1 << 30;

class MappingCacheTest : public testing::Test {
 protected:
  MappingCacheTest()
      : network_(test::NetworkBuilder("net", {1, 6, 6}, 2, 1).convolution(2, 3).build()),
        deployment_(mapper::map_network(network_, network_.encode(), test::small_chip(), {})) {}

  MappingCache cache(std::uint64_t limit = kPlenty) const { return {folder(), limit}; }
  fs::path folder() const { return directory_.path() / "spikeloom" / "mappings"; }
  /// Returns the files of the cache.
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder())) found.push_back(entry.path());
    return found;
  }
  /// Returns the size of a kept mapping.
  std::uint64_t size() const {
    cache().keep("size", deployment_);
    const std::uint64_t bytes = fs::file_size(files().front());
    fs::remove_all(folder());
    return bytes;
  }
  /// Sets back the time of a file's last use.
  static void age(const fs::path& file, std::chrono::minutes time) {
    fs::last_write_time(file, fs::last_write_time(file) - time);
  }

  base::TemporaryDirectory directory_ = base::TemporaryDirectory::create_in_system();
  converter::SpikingNetwork network_;
  arch::Deployment deployment_;
};

TEST_F(MappingCacheTest, GivesWhatWasKept) {
  EXPECT_EQ(cache().find("a").state, State::kAbsent);
  cache().keep("a", deployment_);
  const MappingCache::Found found = cache().find("a");
  ASSERT_EQ(found.state, State::kFound);
  EXPECT_EQ(found.deployment.encode(), deployment_.encode());
  EXPECT_EQ(cache().find("b").state, State::kAbsent);
}

TEST_F(MappingCacheTest, DamagedFilesAreReplaced) {
  cache().keep("a", deployment_);
  const std::string file = files().front().string();
  const std::vector<std::uint8_t> whole = base::read_file(file);
  for (const std::size_t at : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
    base::write_file(file, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at)});
    EXPECT_EQ(cache().find("a").state, State::kDamaged) << "cut at " << at;
    std::vector<std::uint8_t> changed = whole;
    changed[at] ^= 1;
    base::write_file(file, changed);
    EXPECT_EQ(cache().find("a").state, State::kDamaged) << "changed at " << at;
  }
  cache().keep("a", deployment_);
  EXPECT_EQ(cache().find("a").state, State::kFound);
}

TEST_F(MappingCacheTest, TheFileOfAnotherMappingIsForeign) {
  cache().keep("a", deployment_);
  const fs::path first = files().front();
  const fs::path moved = directory_.path() / "moved";
  fs::rename(first, moved);
  cache().keep("b", deployment_);
  fs::rename(files().front(), first);
  EXPECT_EQ(cache().find("a").state, State::kDamaged);
}

TEST_F(MappingCacheTest, TheLongestUnusedGoFirst) {
  const MappingCache two = cache(2 * size() + 10);
  two.keep("a", deployment_);
  age(files().front(), std::chrono::minutes(2));
  two.keep("b", deployment_);
  for (const fs::path& file : files()) age(file, std::chrono::minutes(1));
  ASSERT_EQ(two.find("a").state, State::kFound);  // now b is the longest unused one
  two.keep("c", deployment_);
  EXPECT_EQ(two.find("a").state, State::kFound);
  EXPECT_EQ(two.find("b").state, State::kAbsent);
  EXPECT_EQ(two.find("c").state, State::kFound);
}

TEST_F(MappingCacheTest, WhatExceedsTheLimitIsNotKept) {
  const MappingCache small = cache(deployment_.encode().size() - 1);
  small.keep("a", deployment_);
  EXPECT_EQ(small.find("a").state, State::kAbsent);
  EXPECT_THAT(files(), testing::IsEmpty());
}

TEST_F(MappingCacheTest, LeftoversOfKilledProgramsGo) {
  base::make_directory(folder());
  for (const char* name : {"old.mapping.12.tmp", "new.mapping.13.tmp", "notes.txt"}) {
    std::ofstream(folder() / name) << "half";
  }
  for (const char* name : {"old.mapping.12.tmp", "notes.txt"}) {
    age(folder() / name, std::chrono::minutes(61));
  }
  cache().keep("a", deployment_);
  EXPECT_FALSE(fs::exists(folder() / "old.mapping.12.tmp"));
  EXPECT_TRUE(fs::exists(folder() / "new.mapping.13.tmp")) << "another program may still write it";
  EXPECT_TRUE(fs::exists(folder() / "notes.txt"));
}

TEST_F(MappingCacheTest, ADirectoryThatCannotBeUsedIsEmpty) {
  std::ofstream(directory_.path() / "file") << "in the way";
  const MappingCache unusable(directory_.path() / "file" / "mappings", kPlenty);
  unusable.keep("a", deployment_);
  EXPECT_EQ(unusable.find("a").state, State::kAbsent);
}

TEST_F(MappingCacheTest, ManyMayUseItAtOnce) {
  constexpr int kRounds = 50;
  // Two of the four mappings fit, so that they remove each other's.
  const MappingCache shared = cache(2 * size() + 10);
  std::vector<std::unique_ptr<base::ChildProcess>> processes;
  for (int i = 0; i < 4; ++i) {
    processes.push_back(std::make_unique<base::ChildProcess>([&, i](base::MessageSocket& parent) {
      std::string failure;
      for (int round = 0; round < kRounds; ++round) {
        const std::string name(1, static_cast<char>('a' + (i + round) % 4));
        shared.keep(name, deployment_);
        const MappingCache::Found found = shared.find(name);
        if (found.state == State::kDamaged) failure = "damaged";
        if (found.state == State::kFound && found.deployment.encode() != deployment_.encode()) {
          failure = "changed";
        }
      }
      parent.send("done " + failure);
    }));
  }
  for (const auto& process : processes) EXPECT_EQ(process->socket().receive(), "done ");
  EXPECT_THAT(files(), testing::SizeIs(testing::AllOf(testing::Ge(1), testing::Le(2))));
}

TEST_F(MappingCacheTest, OfTheUser) {
  ::setenv("XDG_CACHE_HOME", directory_.path().c_str(), 1);
  const auto limited = [](const char* text) {
    ::setenv(MappingCache::kLimitVariable, text, 1);
    return MappingCache::of_user();
  };
  for (const char* text : {"", "1", "2048"}) {
    const auto found = limited(text);
    ASSERT_TRUE(found) << text;
    found->keep("a", deployment_);
    EXPECT_EQ(cache().find("a").state, State::kFound);
    fs::remove_all(folder());
  }
  EXPECT_FALSE(limited("0"));
  for (const char* text : {"-1", "1.5", "2 GiB", "17592186044416"}) {
    try {
      limited(text);
      FAIL() << text;
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(),
                  testing::StartsWith(std::string("SPIKELOOM_CACHE_MIB: got ") + text +
                                      ", allowed a number of MiB, 0..17592186044415"));
    }
  }
  ::unsetenv(MappingCache::kLimitVariable);
  ::unsetenv("XDG_CACHE_HOME");
  ::unsetenv("HOME");
  EXPECT_FALSE(MappingCache::of_user());
}

TEST(MappingName, DiffersWithAllThatAMappingDependsOn) {
  RunConfig config;
  config.chip = test::small_chip();
  std::set<std::string> names{mapping_name(config, "network")};
  const auto is_new = [&names](const RunConfig& run, const char* network = "network") {
    return names.insert(mapping_name(run, network)).second;
  };
  EXPECT_TRUE(is_new(config, "another"));
  RunConfig changed = config;
  ++changed.seed;
  EXPECT_TRUE(is_new(changed));
  changed = config;
  ++changed.effort;
  EXPECT_TRUE(is_new(changed));
  changed = config;
  changed.objective = mapper::Objective::kCores;
  EXPECT_TRUE(is_new(changed));
  changed = config;
  changed.chip.core.axons *= 2;
  EXPECT_TRUE(is_new(changed));
  changed = config;
  changed.chip.board.grow = !config.chip.board.grow;
  EXPECT_TRUE(is_new(changed));
  changed = config;
  changed.chip.voltage_v += 0.1;
  changed.chip.clock_hz *= 2.0;
  changed.path = changed.chip_path = changed.name = "others";
  EXPECT_FALSE(is_new(changed));
}

}  // namespace
}  // namespace spikeloom::sim
