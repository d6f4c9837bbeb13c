// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include <boost/property_tree/ptree.hpp>

namespace spikeloom::mapper {

/// Handle of an element in an SVG document. The tree owns the element and its children. Text and
/// values are escaped when the tree is written.
class SvgElement {
 public:
  using Attributes = std::initializer_list<std::pair<const char*, std::string>>;

  explicit SvgElement(boost::property_tree::ptree& tree) : tree_(&tree) {}

  /// Adds a child element and returns it.
  SvgElement add(const char* name, Attributes attributes, const std::string& text = "");
  SvgElement add_text(double x, double y, const char* style, const std::string& text);
  /// Sets the text that a viewer shows while the pointer is over the element.
  void describe(const std::string& text);

 private:
  boost::property_tree::ptree* tree_;
};

/// Formats a length with at most two decimal places.
std::string length(double value);

}  // namespace spikeloom::mapper
