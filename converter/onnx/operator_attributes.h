// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace spikeloom::converter {

/// Whether the definition of an operator is known and has no such attribute in any version, so that
/// the attribute cannot change what the operator computes. `domain` is that of OnnxNode::domain.
bool is_foreign_attribute(std::string_view domain, std::string_view op, std::string_view attribute);

/// Whether a standard operator has the name of an operator of another domain, but not its meaning.
bool has_standard_namesake(std::string_view domain, std::string_view op);

}  // namespace spikeloom::converter
