// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace spikeloom::cli {

/// The values that an option or operand accepts, parsed from its value name: alternatives separated
/// by '|'. A lower-case alternative is a literal word, "FILE" is any file, "DIR" a directory,
/// "X.yaml" a file of that type; anything else is a number or text without completion.
struct ValueKind {
  explicit ValueKind(const std::string& value_name);

  std::vector<std::string> words;
  std::vector<std::string> types;  ///< file name extensions without the dot
  bool any_file = false;
  bool directory = false;
};

/// An option of a command, extracted from its description.
struct OptionInfo {
  std::string name;           ///< "jobs"
  std::string letter;         ///< "j", or empty
  std::string value;          ///< value name; empty for a switch
  std::string default_value;  ///< default value; empty for none
  bool required = false;
  bool repeatable = false;
  std::string description;
};

std::vector<OptionInfo> list_options(const boost::program_options::options_description& options);

/// Returns, for example, "-j, --jobs N".
std::string signature(const OptionInfo& option);

/// Returns the description followed by the default value and whether the option may be repeated.
std::string explanation(const OptionInfo& option);

}  // namespace spikeloom::cli
