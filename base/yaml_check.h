// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::base {

/// Checks YAML before nodes are made of it: one document, nested at most 64 deep and of at most
/// 100,000 keys and values, both with all aliases replaced by what they stand for, and no alias
/// within what it stands for. Throws UserError that names the place in the file `path`, and
/// YAML::Exception if the text is not YAML.
void check_yaml(const std::string& text, const std::string& path);

}  // namespace spikeloom::base
