// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spikeloom::base {

/// A file that is embedded in the program.
struct Resource {
  std::string_view name;  ///< without directory
  std::string_view text;
};

/// The files that spikeloom_embed (cmake/SpikeloomEmbed.cmake) embeds in a library.
class Resources {
 public:
  explicit Resources(std::vector<Resource> files) : files_(std::move(files)) {}

  const std::vector<Resource>& files() const { return files_; }
  bool has(std::string_view name) const;
  /// Returns the contents of a file. Throws std::out_of_range for an unknown name.
  std::string_view text(std::string_view name) const;

 private:
  const Resource* find(std::string_view name) const;

  std::vector<Resource> files_;
};

}  // namespace spikeloom::base
