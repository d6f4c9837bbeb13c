// SPDX-License-Identifier: Apache-2.0
#include "cli/page/page.h"

#include <boost/algorithm/string/replace.hpp>

#include "cli/page/resources.h"
#include "spikeloom/base/version.h"

namespace spikeloom::cli {
namespace {

constexpr const char* kPlotly = "plotly.min.js";
/// Scripts that every page has, before its own.
constexpr const char* kScripts[] = {kPlotly, "dom.js", "format.js", "theme.js", "chart.js"};
constexpr const char* kStyles = "page.css";

/// Returns JSON in which an HTML parser finds no end tag or comment.
std::string script_json(const nlohmann::ordered_json& model) {
  // Bytes that are not valid UTF-8 become U+FFFD.
  std::string text = model.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  boost::replace_all(text, "<", "\\u003c");
  return text;
}

/// Replaces each {{name}} of the template once. Inserted text is not scanned for names.
std::string fill(std::string_view text,
                 const std::vector<std::pair<std::string, std::string>>& values) {
  std::string result;
  for (const auto& [name, value] : values) {
    const std::string place = "{{" + name + "}}";
    const std::size_t at = text.find(place);
    result.append(text.substr(0, at)).append(value);
    text.remove_prefix(at + place.size());
  }
  return result.append(text);
}

}  // namespace

bool Page::available() { return resources().has(kPlotly); }

Page::Page(std::string title, nlohmann::ordered_json model)
    : title_(std::move(title)),
      model_(std::move(model)),
      scripts_(std::begin(kScripts), std::end(kScripts)) {}

void Page::add_scripts(std::initializer_list<const char*> names) {
  scripts_.insert(scripts_.end(), names.begin(), names.end());
}

std::string Page::html() const {
  std::string scripts;
  for (const std::string& name : scripts_) {
    scripts.append("<script>\n").append(resources().text(name)).append("</script>\n");
  }
  return fill(resources().text("page.html"), {{"title", html_escape(title_)},
                                              {"style", std::string(resources().text(kStyles))},
                                              {"heading", html_escape(title_)},
                                              {"version", base::kVersion},
                                              {"model", script_json(model_)},
                                              {"scripts", scripts}});
}

std::string html_escape(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace spikeloom::cli
