// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace spikeloom::test {

/// A file that is removed with the object; "PATH" in messages stands for its path.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content = "", const std::string& suffix = "") {
    static int number = 0;
    path_ = testing::TempDir() + "spikeloom-" + std::to_string(::getpid()) + "-" +
            std::to_string(number++) + suffix;
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }
  std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string without_path(std::string text) const {
    for (std::size_t at = text.find(path_); at != std::string::npos; at = text.find(path_)) {
      text.replace(at, path_.size(), "PATH");
    }
    return text;
  }

 private:
  std::string path_;
};

}  // namespace spikeloom::test
