// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/report/svg_element.h"

#include <cmath>

#include <fmt/format.h>

namespace spikeloom::mapper {

SvgElement SvgElement::add(const char* name, Attributes attributes, const std::string& text) {
  using Tree = boost::property_tree::ptree;
  Tree& element = tree_->push_back({name, Tree(text)})->second;
  if (attributes.size() > 0) {
    Tree& keys = element.push_back({"<xmlattr>", Tree()})->second;
    for (const auto& [key, value] : attributes) keys.push_back({key, Tree(value)});
  }
  return SvgElement(element);
}

SvgElement SvgElement::add_text(double x, double y, const char* style, const std::string& text) {
  return add("text", {{"x", length(x)}, {"y", length(y)}, {"class", style}}, text);
}

void SvgElement::describe(const std::string& text) { add("title", {}, text); }

std::string length(double value) { return fmt::format("{}", std::round(value * 100.0) / 100.0); }

}  // namespace spikeloom::mapper
