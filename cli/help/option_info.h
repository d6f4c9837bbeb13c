// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace spikeloom::cli {

/// What an option or operand takes, read from its value name: alternatives divided by '|', of which
/// one in lower case is a word to be given as it is, "FILE" any file, "DIR" a directory, "X.yaml" a
/// file of that type, and any other a number or text that nobody can complete.
struct ValueKind {
  explicit ValueKind(const std::string& value_name);

  std::vector<std::string> words;
  std::vector<std::string> types;  ///< of files, without the dot
  bool any_file = false;
  bool directory = false;
};

/// An option of a command, as its description tells.
struct OptionInfo {
  std::string name;      ///< "jobs"
  std::string letter;    ///< "j", or empty
  std::string value;     ///< value name; empty for a switch
  std::string fallback;  ///< its default; empty for none
  bool required = false;
  bool repeatable = false;
  std::string description;
};

std::vector<OptionInfo> list_options(const boost::program_options::options_description& options);

/// "-j, --jobs N"
std::string signature(const OptionInfo& option);

/// The description, and what else is to say: its default, that it may be repeated.
std::string explanation(const OptionInfo& option);

}  // namespace spikeloom::cli
