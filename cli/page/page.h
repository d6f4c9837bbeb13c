// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace spikeloom::cli {

/// A self-contained HTML page: plotly.js, a model as JSON and the scripts that draw it. Scripts,
/// styles and the template are embedded resources (resources.h); docs/report.md describes how a
/// page is made.
class Page {
 public:
  /// Whether the program was built with plotly.js (SPIKELOOM_PAGES). Without it there are no pages.
  static bool available();

  /// `model` is the data that the scripts draw; its texts may contain any characters.
  Page(std::string title, nlohmann::ordered_json model);

  /// Adds scripts, which run in this order; the last one draws the page.
  void add_scripts(std::initializer_list<const char*> names);

  std::string html() const;

 private:
  std::string title_;
  nlohmann::ordered_json model_;
  std::vector<std::string> scripts_;
};

/// Escapes the special characters of HTML.
std::string html_escape(std::string_view text);

}  // namespace spikeloom::cli
