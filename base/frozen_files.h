// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace spikeloom::base {

/// While an object exists, configuration files are as they were when they were first read: what
/// happens to them later does not matter. Of several objects the newest one counts. For one thread.
class FrozenFiles {
 public:
  using Texts = std::map<std::string, std::string>;  ///< by path

  /// With `texts`, these files have already been read.
  explicit FrozenFiles(Texts texts = {});
  ~FrozenFiles();
  FrozenFiles(const FrozenFiles&) = delete;
  FrozenFiles& operator=(const FrozenFiles&) = delete;

  const Texts& texts() const { return texts_; }

 private:
  friend std::string config_text(const std::string& path);

  Texts texts_;
  FrozenFiles* outer_;
};

/// Returns the text of a configuration file. Throws UserError if it cannot be read.
std::string config_text(const std::string& path);

}  // namespace spikeloom::base
