// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <string_view>

namespace spikeloom::sim {

/// Takes the next part of a text.
using TextSink = std::function<void(std::string_view text)>;

/// A CSV file of a run's results.
struct CsvFile {
  std::string_view name;
  std::string_view header;  ///< first line, by which `inspect` recognizes the file
  std::string_view line;    ///< what a line describes
  bool gaps = false;        ///< number fields may be empty
};

inline constexpr CsvFile kImagesCsv = {
    "images.csv", "index,label,predicted,cycles,mj,steady,latency_ms\n", "an image", true};
inline constexpr CsvFile kEventsCsv = {"events.csv", "part,term,count\n",
                                       "a kind of event, or of cycles, in a part of the board"};
inline constexpr CsvFile kEnergyCsv = {"energy.csv", "part,component,mj_per_image\n",
                                       "a component of a part of the board"};
inline constexpr CsvFile kCoresCsv = {"cores.csv", "core,chip,x,y,component,mj_per_image\n",
                                      "a component of a core"};
inline constexpr CsvFile kPowerCsv = {"power.csv", "tick,image,start_ms,cycles,mj,mw,steady\n",
                                      "a tick"};
inline constexpr CsvFile kTicksCsv = {"ticks.csv", "tick,part,term,count,mj\n",
                                      "a kind of event, or of cycles, in a tick"};
inline constexpr CsvFile kActivityCsv = {
    "activity.csv", "core,chip,x,y,layers,neurons,dendrites,spikes,packets,sop,busy_cycles\n",
    "a core"};
inline constexpr CsvFile kLinksCsv = {
    "links.csv", "from_level,from_x,from_y,to_level,to_x,to_y,between_chips,packets,utilization\n",
    "a link between routers, one way"};
inline constexpr CsvFile kTimelineCsv = {"timeline.csv",
                                         "tick,part,core,core_cycles,packet_cycles,bound\n",
                                         "a part of the network in a tick"};
/// Files that only a run with timing cycle has.
inline constexpr std::array<CsvFile, 8> kCycleFiles = {
    kEventsCsv, kEnergyCsv, kCoresCsv, kPowerCsv, kTicksCsv, kActivityCsv, kLinksCsv, kTimelineCsv};

}  // namespace spikeloom::sim
