// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace spikeloom::cli {

/// A page of HTML that needs no other file and asks for none: charts by plotly.js, and a model that
/// scripts of its own draw. Scripts, styles and the page around them are resources (resources.h);
/// docs/report.md says how a page is made.
class Page {
 public:
  /// False for a program that was built without plotly.js (SPIKELOOM_PAGES): it makes no pages.
  static bool available();

  /// `model` is what the scripts draw; text in it may be anything.
  Page(std::string title, nlohmann::ordered_json model);

  /// Adds scripts; they run in the order of their coming, the last one draws.
  void add_scripts(std::initializer_list<const char*> names);

  std::string html() const;

 private:
  std::string title_;
  nlohmann::ordered_json model_;
  std::vector<std::string> scripts_;
};

/// With the characters replaced that mean something in HTML.
std::string html_escape(std::string_view text);

}  // namespace spikeloom::cli
