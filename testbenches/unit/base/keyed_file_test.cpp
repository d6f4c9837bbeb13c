// SPDX-License-Identifier: Apache-2.0
// What is kept for later runs: files with their key, where they lie, and the name of the build.
#include "spikeloom/base/keyed_file.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "spikeloom/base/build_id.h"
#include "spikeloom/base/cache_directory.h"
#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/external_program.h"
#include "spikeloom/base/file.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::base {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;
using test::TemporaryFile;

const Bytes kBytes = {1, 2, 0, 255};

TEST(KeyedFile, IsReadByItsKeyAlone) {
  const TemporaryFile file("old");
  write_keyed_file(file.path(), kBytes, "key");
  EXPECT_EQ(read_keyed_file(file.path(), "key"), kBytes);
  EXPECT_EQ(read_keyed_file(file.path(), "kex"), std::nullopt);
  EXPECT_EQ(read_keyed_file(file.path(), "another key"), std::nullopt);
}

TEST(KeyedFile, IsReadWholeOrNotAtAll) {
  const TemporaryFile file;
  write_keyed_file(file.path(), kBytes, "key");
  const Bytes whole = read_file(file.path());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    write_file(file.path(), Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i)));
    EXPECT_EQ(read_keyed_file(file.path(), "key"), std::nullopt) << "cut at " << i;
    Bytes changed = whole;
    changed[i] ^= 1;
    write_file(file.path(), changed);
    EXPECT_EQ(read_keyed_file(file.path(), "key"), std::nullopt) << "changed at " << i;
  }
}

TEST(KeyedFile, OtherThingsAreNotRead) {
  const TemporaryFile file;
  EXPECT_EQ(read_keyed_file(file.path() + ".none", "key"), std::nullopt);
  EXPECT_EQ(read_keyed_file(fs::temp_directory_path().string(), "key"), std::nullopt);
  const std::string pipe = file.path() + ".pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_keyed_file(pipe, "key"), std::nullopt);
  fs::remove(pipe);
  EXPECT_THROW(write_keyed_file(file.path() + "/below", kBytes, "key"), UserError);
}

TEST(CacheDirectory, IsWhereTheEnvironmentSays) {
  ::setenv("HOME", "/home/someone", 1);
  ::setenv("XDG_CACHE_HOME", "/cache", 1);
  EXPECT_EQ(cache_directory("rtl"), "/cache/spikeloom/rtl");
  ::setenv("XDG_CACHE_HOME", "", 1);
  EXPECT_EQ(cache_directory("rtl"), "/home/someone/.cache/spikeloom/rtl");
  ::unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(cache_directory("rtl"), "/home/someone/.cache/spikeloom/rtl");
  ::unsetenv("HOME");
  EXPECT_EQ(cache_directory("rtl"), std::nullopt);
}

TEST(BuildId, IsTheOneThatReadelfPrints) {
  if (!find_program("readelf")) GTEST_SKIP() << "no readelf";
  const auto directory = TemporaryDirectory::create_in_system();
  const fs::path answer = directory.path() / "notes";
  ExternalProgram program({"readelf", "-n", fs::read_symlink("/proc/self/exe").string()},
                          directory.path(), answer);
  program.wait();
  const Bytes text = read_file(answer.string());
  EXPECT_THAT(build_id(), testing::SizeIs(testing::Ge(16)));
  EXPECT_THAT(std::string(text.begin(), text.end()), testing::HasSubstr(build_id()));
}

}  // namespace
}  // namespace spikeloom::base
