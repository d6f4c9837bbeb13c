// SPDX-License-Identifier: Apache-2.0
#include "cli/help/manual.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "cli/command_line/command_list.h"
#include "cli/help/about.h"
#include "cli/help/option_info.h"
#include "spikeloom/base/text_table.h"
#include "spikeloom/base/version.h"

namespace spikeloom::cli {
namespace {

/// Characters that roff interprets or prints differently, with their escapes.
constexpr std::array kEscapes = {
    std::pair{'\\', "\\e"},  std::pair{'-', "\\-"},   std::pair{'\'', "\\(aq"},
    std::pair{'`', "\\(ga"}, std::pair{'~', "\\(ti"}, std::pair{'^', "\\(ha"},
};

/// Escapes `text` so that roff prints it unchanged.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto found = std::find_if(kEscapes.begin(), kEscapes.end(),
                                    [c](const auto& escape) { return escape.first == c; });
    if (found == kEscapes.end()) {
      result += c;
    } else {
      result += found->second;
    }
  }
  return result;
}

/// Protects a line that begins with a dot, which roff would take for a request.
std::string guarded(const std::string& line) {
  return line.rfind('.', 0) == 0 ? "\\&" + line : line;
}

/// Formats running text in short lines.
std::string text_of(const std::string& text) {
  constexpr std::size_t kLine = 72;
  std::string lines;
  for (const std::string& line : base::wrap(escaped(text), kLine)) lines += guarded(line) + "\n";
  return lines;
}

std::string section(const char* title) { return fmt::format(".SH {}\n", title); }

std::string bold(const std::string& text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + escaped(text) + "\\fR"; }

/// Formats a term, given as roff, and its meaning.
std::string entry(const std::string& term, const std::string& meaning) {
  return fmt::format(".TP\n{}\n{}", term, text_of(meaning));
}

/// Formats lines verbatim.
std::string verbatim(const std::string& lines) {
  std::string text = ".RS 4\n.nf\n";
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) text += guarded(escaped(line)) + "\n";
  return text + ".fi\n.RE\n";
}

std::string synopsis(const Command& command) {
  const CommandLine line = line_of(command);
  std::string text = bold(fmt::format("spikeloom {}", command.name));
  for (const Operand& operand : line.operands) {
    text += fmt::format(" {}{}", italic(operand.value), operand.many ? " ..." : "");
  }
  for (const OptionInfo& option : list_options(line.options)) {
    if (option.required)
      text += fmt::format(" {} {}", bold("--" + option.name), italic(option.value));
  }
  return text + " [" + italic("OPTION") + "]...\n";
}

std::string subsection(const Command& command) {
  std::string text = fmt::format(".SS {}\n{}.PP\n{}", command.name, synopsis(command),
                                 text_of(fmt::format("{}.", command.summary)));
  if (*command.notes != '\0') text += text_of(command.notes);
  for (const OptionInfo& option : list_options(line_of(command).options)) {
    std::string term = option.letter.empty() ? "" : bold("-" + option.letter) + ", ";
    term += bold("--" + option.name);
    if (!option.value.empty()) term += " " + italic(option.value);
    text += entry(term, explanation(option));
  }
  return text + ".PP\nExample:\n" + verbatim(command.example);
}

}  // namespace

std::string manual() {
  std::string text = fmt::format(
      ".\\\" SPDX-License-Identifier: Apache-2.0\n"
      ".\\\" Made by `spikeloom manual`.\n"
      ".TH SPIKELOOM 1 {} \"Spikeloom {}\" \"User Commands\"\n"
      // Disable hyphenation and justification.
      ".nh\n.ad l\n",
      base::kReleaseDate, base::kVersion);
  text += section("NAME") + "spikeloom \\- model of a neuromorphic chip, with its tool chain\n";
  text += section("SYNOPSIS") + bold("spikeloom") + " " + italic("COMMAND") + " ...\n.br\n" +
          bold("spikeloom") + " " + italic("COMMAND") + " " + bold("--help") + "\n.br\n" +
          bold("spikeloom") + " " + bold("--help") + " | " + bold("--version") + "\n";
  text += section("DESCRIPTION") + text_of(kAbout) + ".PP\n" + text_of(kInputs);
  text += section("COMMANDS");
  for (const Command* command : commands()) text += subsection(*command);
  text += section("EXIT STATUS");
  for (const auto& [status, meaning] : kExitStatuses) text += entry(bold(status), meaning);
  text += section("ENVIRONMENT");
  for (const auto& [name, meaning] : kEnvironment) text += entry(bold(name), meaning);
  text += section("EXAMPLES") + "From a trained network to figures:\n" + verbatim(kWorkflow);
  return text + section("SEE ALSO") +
         ".BR gtkwave (1)\n.PP\nThe documentation in the source tree, directory\n.IR docs .\n";
}

}  // namespace spikeloom::cli
