// SPDX-License-Identifier: Apache-2.0
// Writing files: whole or not at all, and what is no regular file stays what it is.
#include "spikeloom/base/file.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::base {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFile;

TEST(WriteFile, ReplacesAFile) {
  const TemporaryFile file("old and longer");
  write_file(file.path(), "new");
  EXPECT_EQ(file.content(), "new");
}

TEST(WriteFile, WritesWhatComesInPieces) {
  const TemporaryFile file;
  std::string expected;
  write_file(file.path(), [&](const ByteSink& sink) {
    for (std::size_t size : {0U, 1U, 1000U, 300000U, 5U, 262144U}) {
      const std::vector<std::uint8_t> bytes(size, static_cast<std::uint8_t>('a' + size % 7));
      expected.append(bytes.begin(), bytes.end());
      sink(bytes);
    }
  });
  EXPECT_EQ(file.content(), expected);
}

TEST(MappedFile, HasTheFile) {
  const TemporaryFile file("content");
  const MappedFile mapped(file.path());
  EXPECT_EQ(std::string(mapped.bytes().data, mapped.bytes().data + mapped.bytes().size), "content");
  const TemporaryFile empty("");
  EXPECT_EQ(MappedFile(empty.path()).bytes().size, 0U);
}

TEST(MappedFile, RefusesWhatIsNoFile) {
  EXPECT_THROW(MappedFile("/does/not/exist"), UserError);
  EXPECT_THROW(MappedFile("/"), UserError);
}

std::string user_error(const std::function<void()>& act) {
  try {
    act();
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

// A file of the system says a length that it does not have.
TEST(ReadFile, OfAShorterFileThanItSays) {
  const std::string path = "/sys/devices/system/cpu/online";
  std::error_code none;
  if (fs::file_size(path, none) < 100 || none) GTEST_SKIP() << "no such file here";
  EXPECT_EQ(user_error([&] { read_file(path); }), path + ": cannot be read to its end");
}

TEST(WriteFile, FollowsALink) {
  const TemporaryFile file("old");
  const std::string link = file.path() + ".link";
  fs::create_symlink(file.path(), link);
  write_file(link, "new");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(file.content(), "new");
  std::remove(file.path().c_str());
  write_file(link, "again");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(file.content(), "again");
  std::remove(link.c_str());
}

TEST(WriteFile, WritesIntoAPipe) {
  const TemporaryFile file;
  const std::string pipe = file.path() + ".pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int end = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(end, 0);
  write_file(pipe, "through");
  std::array<char, 16> read{};
  EXPECT_EQ(::read(end, read.data(), read.size()), 7);
  EXPECT_EQ(std::string(read.data()), "through");
  EXPECT_TRUE(fs::is_fifo(pipe));
  ::close(end);
  std::remove(pipe.c_str());
}

TEST(WriteFile, LeavesNothingBehindWhenItFails) {
  const TemporaryFile file;
  const std::string directory = file.path() + ".directory";
  fs::create_directory(directory);
  EXPECT_THROW(write_file(directory, "text"), UserError);
  EXPECT_TRUE(fs::is_empty(directory));
  EXPECT_THROW(write_file(directory + "/none/file", "text"), UserError);
  EXPECT_TRUE(fs::is_empty(directory));
  fs::remove(directory);
}

}  // namespace
}  // namespace spikeloom::base
