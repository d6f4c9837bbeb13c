// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/report/floor_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <utility>
#include <vector>

#include <boost/property_tree/xml_parser.hpp>
#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/text_table.h"
#include "spikeloom/mapper/report/svg_element.h"

namespace spikeloom::mapper {
namespace {

// Colours that colour-blind readers can distinguish: M. Okabe and K. Ito, "Color universal design",
// 2008. Further layers reuse them with hatching.
constexpr std::array<const char*, 7> kColours = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                                 "#56b4e9", "#d55e00", "#f0e442"};
constexpr double kBoardSide = 640.0;
constexpr double kMinCell = 5.0;
constexpr double kMaxCell = 40.0;
constexpr double kMargin = 20.0;
constexpr double kTop = 66.0;
constexpr double kLegendWidth = 250.0;
constexpr double kLine = 20.0;
constexpr double kSwatch = 13.0;
constexpr double kMinShade = 0.3;  ///< opacity of an empty core
constexpr double kGap = 0.06;      ///< margin of a core's square, as a fraction of its side
constexpr std::size_t kLegendNameSize = 17;
constexpr std::size_t kBusiestLinks = 40;
constexpr double kThinLink = 1.5;
constexpr double kThickLink = 5.0;

constexpr const char* kStyle =
    "text { font-family: system-ui, 'DejaVu Sans', Arial, sans-serif; font-size: 13px; fill: "
    "#1a1a1a; }"
    " .title { font-size: 18px; font-weight: 600; }"
    " .minor { fill: #595959; }"
    " .number { text-anchor: end; }"
    " .label { font-weight: 700; text-anchor: middle; stroke: #ffffff; stroke-width: 3px;"
    " paint-order: stroke; pointer-events: none; }"
    " .page { fill: #ffffff; }"
    " .board { fill: #f2f2f2; }"
    " .grid { stroke: #ffffff; stroke-width: 1px; fill: none; }"
    " .edge { stroke: #7a7a7a; stroke-width: 1.5px; fill: none; }"
    " .link { stroke: #111111; stroke-linecap: round; stroke-opacity: 0.85; }"
    " .host { stroke: #111111; stroke-width: 2px; fill: #ffffff; }"
    " .hatch { stroke: #ffffff; stroke-width: 1.2px; }"
    " @media (prefers-color-scheme: dark) {"
    " text { fill: #ececec; }"
    " .minor { fill: #a8a8a8; }"
    " .label { stroke: #15171a; }"
    " .page { fill: #15171a; }"
    " .board { fill: #24272c; }"
    " .grid { stroke: #15171a; }"
    " .edge { stroke: #8a8a8a; }"
    " .link { stroke: #ffffff; }"
    " .host { stroke: #ffffff; fill: #15171a; }"
    " .hatch { stroke: #15171a; } }";

struct Point {
  double x;
  double y;
};

class Drawing {
 public:
  Drawing(const mapper::MappingReport& report, const arch::Deployment& deployment)
      : report_(report),
        chip_(deployment.chip),
        grid_(deployment.chip.grid()),
        network_(deployment.network),
        cell_(std::clamp(kBoardSide / std::max(grid_.columns, grid_.rows), kMinCell, kMaxCell)) {}

  std::string svg() const {
    const double board_height = cell_ * grid_.rows;
    const double width = 3.0 * kMargin + board_width() + kLegendWidth;
    const double legend_height =
        kLine * (static_cast<double>(report_.layers.size()) + (chip_.defects.any() ? 8.0 : 7.0));
    const double height = kTop + std::max(board_height, legend_height) + kMargin;
    boost::property_tree::ptree document;
    SvgElement svg = SvgElement(document).add(
        "svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                {"viewBox", fmt::format("0 0 {} {}", length(width), length(height))},
                {"width", length(width)},
                {"height", length(height)},
                {"role", "img"}});
    svg.describe(fmt::format("Floor plan of {} on {}", network_, chip_.name));
    svg.add("style", {}, kStyle);
    add_hatches(svg);
    svg.add("rect", {{"class", "page"}, {"width", "100%"}, {"height", "100%"}});
    add_heading(svg);
    add_board(svg);
    for (const mapper::CoreReport& core : report_.core_reports) add_core(svg, core);
    add_edges(svg);
    add_defects(svg);
    add_links(svg);
    add_host(svg, host());
    add_labels(svg);
    add_legend(svg);
    std::ostringstream text;
    boost::property_tree::write_xml(
        text, document, boost::property_tree::xml_writer_make_settings<std::string>(' ', 1));
    return text.str();
  }

 private:
  double board_width() const { return cell_ * grid_.columns; }

  /// Centre of a router's square: one core, or the cores below a router of a quadtree.
  Point centre(const arch::RouterPlace& place) const {
    const double side = cell_ * std::exp2(place.level);
    return {std::min(kMargin + (place.x + 0.5) * side, kMargin + board_width()),
            std::min(kTop + (place.y + 0.5) * side, kTop + cell_ * grid_.rows)};
  }
  /// End point of a link. A link that closes a ring of a torus ends at the edge of the board.
  Point end(const mapper::LinkLoad& link) const {
    const int dx = link.to.x - link.from.x;
    const int dy = link.to.y - link.from.y;
    if (link.from.level != link.to.level || std::abs(dx) + std::abs(dy) <= 1) {
      return centre(link.to);
    }
    const auto half = [this](int step) {
      return step == 0 ? 0.0 : std::copysign(cell_ / 2.0, -step);
    };
    const Point from = centre(link.from);
    return {from.x + half(dx), from.y + half(dy)};
  }
  Point centre(int core) const { return centre({0, grid_.x(core), grid_.y(core)}); }

  Point host() const { return centre(arch::host_place(chip_)); }

  static const char* colour(int layer) {
    return kColours[static_cast<std::size_t>(layer) % kColours.size()];
  }
  /// Number of the hatching pattern; 0 for none.
  static int hatch(int layer) {
    return std::min(static_cast<int>(static_cast<std::size_t>(layer) / kColours.size()), 3);
  }

  static void add_hatches(SvgElement& svg) {
    SvgElement definitions = svg.add("defs", {});
    for (const auto& [name, path] :
         {std::pair("hatch1", "M0 6L6 0"), std::pair("hatch2", "M0 0L6 6"),
          std::pair("hatch3", "M0 6L6 0M0 0L6 6")}) {
      definitions
          .add("pattern",
               {{"id", name}, {"width", "6"}, {"height", "6"}, {"patternUnits", "userSpaceOnUse"}})
          .add("path", {{"d", path}, {"class", "hatch"}});
    }
  }

  static void add_area(SvgElement& parent, int layer, double shade, const Point& corner,
                       double width, double height) {
    const auto rectangle = [&](const std::string& fill, double opacity) {
      parent.add("rect", {{"x", length(corner.x)},
                          {"y", length(corner.y)},
                          {"width", length(width)},
                          {"height", length(height)},
                          {"fill", fill},
                          {"fill-opacity", length(opacity)}});
    };
    rectangle(colour(layer), shade);
    if (hatch(layer) > 0) rectangle(fmt::format("url(#hatch{})", hatch(layer)), 1.0);
  }

  void add_heading(SvgElement& svg) const {
    svg.add_text(kMargin, 30.0, "title", fmt::format("{} on {}", network_, chip_.name));
    svg.add_text(kMargin, 52.0, "minor",
                 fmt::format("{} of {} cores in use, at least {} needed; {:.2f} packets/spike",
                             report_.cores, report_.cores_available, report_.min_cores,
                             report_.packets_per_spike));
  }

  void add_board(SvgElement& svg) const {
    svg.add("rect", {{"class", "board"},
                     {"x", length(kMargin)},
                     {"y", length(kTop)},
                     {"width", length(board_width())},
                     {"height", length(cell_ * grid_.rows)}});
    svg.add("path", {{"class", "grid"}, {"d", lines(1, 1)}});
  }

  /// Draws the edges of the chips.
  void add_edges(SvgElement& svg) const {
    svg.add("path", {{"class", "edge"}, {"d", lines(chip_.mesh.columns, chip_.mesh.rows)}});
  }

  /// Crosses out dead cores, those that are cut off, and dead links.
  void add_defects(SvgElement& svg) const {
    const double core = 0.3 * cell_;
    for (const arch::DeadCore& dead : chip_.defects.cores) {
      const int number = grid_.core_at(dead.x, dead.y);
      add_cross(svg, centre(number), core, arch::core_name(chip_, number) + ": dead");
    }
    for (const arch::UsableCores::CutOff& cut : report_.cut_off) {
      const arch::DeadLink& link = chip_.defects.links[cut.link];
      add_cross(svg, centre(cut.core), core,
                fmt::format("{}: cut off by {}", arch::core_name(chip_, cut.core),
                            arch::link_name(link.from, link.to)));
    }
    for (const arch::DeadLink& link : chip_.defects.links) {
      mapper::LinkLoad load;
      load.from = link.from;
      load.to = link.to;
      const Point from = centre(link.from);
      const Point to = end(load);
      add_cross(svg, {0.5 * (from.x + to.x), 0.5 * (from.y + to.y)}, 0.5 * core,
                fmt::format("link {}: dead", arch::link_name(link.from, link.to)));
    }
  }

  static void add_cross(SvgElement& parent, const Point& at, double reach,
                        const std::string& what) {
    SvgElement group = parent.add("g", {{"class", "defect"}});
    if (!what.empty()) group.describe(what);
    const std::string side = length(2.0 * reach);
    group.add("path", {{"class", "edge"},
                       {"d", fmt::format("M{} {}l{} {}M{} {}l{} -{}", length(at.x - reach),
                                         length(at.y - reach), side, side, length(at.x - reach),
                                         length(at.y + reach), side, side)}});
  }

  std::string lines(int columns, int rows) const {
    std::string path;
    for (int x = 0; x <= grid_.columns; x += columns) {
      path += fmt::format("M{} {}v{}", length(kMargin + cell_ * x), length(kTop),
                          length(cell_ * grid_.rows));
    }
    for (int y = 0; y <= grid_.rows; y += rows) {
      path += fmt::format("M{} {}h{}", length(kMargin), length(kTop + cell_ * y),
                          length(board_width()));
    }
    return path;
  }

  /// Draws a core as one SVG group with a stripe for each layer in it.
  void add_core(SvgElement& svg, const mapper::CoreReport& core) const {
    SvgElement group = svg.add("g", {{"class", "core"}});
    std::string text = fmt::format("{}: {:.0f} % of the dendrites",
                                   arch::core_name(chip_, core.core), 100.0 * use(core));
    for (const mapper::CoreReport::Part& part : core.parts) {
      text += fmt::format("\n{}: {} dendrites", layer_name(part.layer), part.dendrites);
    }
    text += fmt::format("\n{} neurons, {} groups, {} route entries", core.neurons, core.groups,
                        core.route_entries);
    group.describe(text);
    const double gap = kGap * cell_;
    const double height = (cell_ - 2.0 * gap) / static_cast<double>(core.parts.size());
    Point corner{kMargin + cell_ * grid_.x(core.core) + gap,
                 kTop + cell_ * grid_.y(core.core) + gap};
    for (const mapper::CoreReport::Part& part : core.parts) {
      add_area(group, part.layer, kMinShade + (1.0 - kMinShade) * use(core), corner,
               cell_ - 2.0 * gap, height);
      corner.y += height;
    }
  }

  double use(const mapper::CoreReport& core) const {
    return static_cast<double>(core.dendrites) / report_.core_dendrites;
  }

  const std::string& layer_name(int layer) const {
    return report_.layers[static_cast<std::size_t>(layer)].name;
  }

  std::vector<mapper::LinkLoad> busiest_links() const {
    std::vector<mapper::LinkLoad> links = report_.traffic.links;
    std::stable_sort(links.begin(), links.end(),
                     [&](const mapper::LinkLoad& a, const mapper::LinkLoad& b) {
                       return report_.traffic.cycles(a) > report_.traffic.cycles(b);
                     });
    if (links.size() > kBusiestLinks) links.resize(kBusiestLinks);
    return links;
  }

  /// Draws the busiest links, each direction on its own side: to the right of its direction.
  void add_links(SvgElement& svg) const {
    const std::vector<mapper::LinkLoad> links = busiest_links();
    if (links.empty()) return;
    const double max_cycles = report_.traffic.cycles(links.front());
    for (const mapper::LinkLoad& link : links) {
      const Point from = centre(link.from);
      const Point to = end(link);
      const double distance = std::max(std::hypot(to.x - from.x, to.y - from.y), 1.0);
      const double aside = 0.15 * cell_ / distance;
      const Point shift{-(to.y - from.y) * aside, (to.x - from.x) * aside};
      SvgElement line = svg.add(
          "line", {{"class", "link"},
                   {"x1", length(from.x + shift.x)},
                   {"y1", length(from.y + shift.y)},
                   {"x2", length(to.x + shift.x)},
                   {"y2", length(to.y + shift.y)},
                   {"stroke-width", length(thickness(report_.traffic.cycles(link) / max_cycles))}});
      line.describe(fmt::format("link {}: {:.0f} packets/image, {:.0f} cycles/image",
                                mapper::text(link), report_.traffic.packets(link),
                                report_.traffic.cycles(link)));
    }
  }

  double thickness(double load) const {
    return std::max(kThinLink, std::min(kThickLink, 0.3 * cell_) * load);
  }

  void add_host(SvgElement& svg, const Point& at) const {
    svg.add("circle", {{"class", "host"},
                       {"cx", length(at.x)},
                       {"cy", length(at.y)},
                       {"r", length(std::clamp(0.3 * cell_, 3.0, 6.0))}})
        .describe("host port");
  }

  /// Draws each layer's number in the core that is nearest to the centroid of the layer's cores.
  void add_labels(SvgElement& svg) const {
    for (std::size_t l = 0; l < report_.layers.size(); ++l) {
      std::vector<Point> places;
      Point middle{0.0, 0.0};
      for (const mapper::CoreReport& core : report_.core_reports) {
        for (const mapper::CoreReport::Part& part : core.parts) {
          if (part.layer != static_cast<int>(l)) continue;
          places.push_back(centre(core.core));
          middle = {middle.x + places.back().x, middle.y + places.back().y};
        }
      }
      const auto count = static_cast<double>(places.size());
      const auto distance = [&](const Point& place) {
        return std::hypot(place.x - middle.x / count, place.y - middle.y / count);
      };
      const Point place = *std::min_element(
          places.begin(), places.end(),
          [&](const Point& a, const Point& b) { return distance(a) < distance(b); });
      svg.add_text(place.x, place.y + 4.5, "label", fmt::format("{}", l + 1));
    }
  }

  void add_legend(SvgElement& svg) const {
    const double left = 2.0 * kMargin + board_width();
    const double right = left + kLegendWidth;
    const double numbers = right - 54.0;
    double y = kTop + 12.0;
    svg.add_text(left, y, "minor", "layer");
    svg.add_text(numbers, y, "minor number", "cores");
    svg.add_text(right, y, "minor number", "use");
    for (std::size_t l = 0; l < report_.layers.size(); ++l) {
      const mapper::LayerReport& layer = report_.layers[l];
      y += kLine;
      add_area(svg, static_cast<int>(l), 1.0, {left, y - 11.0}, kSwatch, kSwatch);
      svg.add_text(left + 22.0, y, "name",
                   fmt::format("{}  {}", l + 1, base::truncated(layer.name, kLegendNameSize)));
      svg.add_text(numbers, y, "number", fmt::format("{}", layer.cores));
      svg.add_text(right, y, "number", fmt::format("{:.0f} %", 100.0 * layer.dendrite_utilization));
    }
    y += 1.6 * kLine;
    constexpr int kSteps = 5;
    for (int step = 0; step < kSteps; ++step) {
      const double shade = kMinShade + (1.0 - kMinShade) * step / (kSteps - 1);
      add_area(svg, 0, shade, {left + kSwatch * step, y - 11.0}, kSwatch, kSwatch);
    }
    svg.add_text(left + kSwatch * kSteps + 9.0, y, "name", "0 to 100 % of dendrites");
    y += kLine;
    add_link_key(svg, left, y);
    y += kLine;
    add_host(svg, {left + kSwatch / 2.0, y - 4.5});
    svg.add_text(left + 22.0, y, "name", "host port");
    if (chip_.defects.any()) {
      y += kLine;
      add_cross(svg, {left + kSwatch / 2.0, y - 4.5}, 4.5, "");
      svg.add_text(left + 22.0, y, "name", "dead, or cut off by dead links");
    }
    y += kLine;
    svg.add_text(left, y, "minor", "shared cores are split");
  }

  void add_link_key(SvgElement& svg, double left, double y) const {
    const mapper::LinkLoad* busiest = report_.traffic.busiest();
    if (busiest == nullptr) return;
    svg.add("line", {{"class", "key link"},
                     {"x1", length(left)},
                     {"y1", length(y - 4.5)},
                     {"x2", length(left + kSwatch)},
                     {"y2", length(y - 4.5)},
                     {"stroke-width", length(thickness(1.0))}});
    svg.add_text(
        left + 22.0, y, "name",
        fmt::format("busiest links, up to {:.0f} packets", report_.traffic.packets(*busiest)));
  }

  const mapper::MappingReport& report_;
  const arch::ChipDescription& chip_;
  arch::MeshDescription grid_;
  std::string network_;
  double cell_;  ///< side of a core's square
};

}  // namespace

std::string floor_plan(const mapper::MappingReport& report, const arch::Deployment& deployment) {
  return Drawing(report, deployment).svg();
}

}  // namespace spikeloom::mapper
