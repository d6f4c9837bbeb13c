// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/workers.h"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "spikeloom/base/stop_guard.h"
#include "spikeloom/sim/simulation/range_codec.h"
#include "spikeloom/sim/simulation/share_processes.h"

namespace spikeloom::sim {
namespace {

using Kind = ShareReport::Kind;

/// Returns the result in a worker's last report, which lacks the records of the images. Throws what
/// the worker threw.
RangeResult result_of(const ShareReport& report) {
  switch (report.kind) {
    case Kind::kResult:
      return decode_range({report.body.begin(), report.body.end()});
    case Kind::kChipStopped:
      throw ChipStopped(report.body);
    case Kind::kUserError:
      throw base::UserError(report.body);
    case Kind::kLost:
      throw WorkerLost(report.body);
    case Kind::kImages:
    case Kind::kRecords:
    case Kind::kFailure:
      break;
  }
  throw std::runtime_error(report.body);
}

}  // namespace

RangeResult run_shares(const std::vector<Share>& shares, SharePool& pool, base::Progress& progress,
                       ShareResults done, const KeepShare& keep,
                       const std::shared_ptr<base::SpillFile>& file) {
  const base::StopGuard guard;
  std::map<std::size_t, ImageRecords> records;
  for (const Share& share : shares) records.emplace(share.range.first, file);
  std::set<std::size_t> order;
  for (const auto& [first, result] : done) order.insert(first);
  for (const auto& [first, record] : records) order.insert(first);
  // Each result has sums by neuron: those that follow each other are added up at once.
  std::optional<RangeResult> whole;
  auto expected = order.begin();
  const auto add_up = [&] {
    for (; expected != order.end() && !done.empty() && done.begin()->first == *expected;
         ++expected) {
      RangeResult following = std::move(done.begin()->second);
      done.erase(done.begin());
      if (whole) {
        whole->append(std::move(following));
      } else {
        whole = std::move(following);
      }
    }
  };
  add_up();
  std::size_t next = 0;
  for (std::size_t ended = 0; ended < shares.size();) {
    while (next < shares.size() && pool.free() > 0) pool.start(shares[next++]);
    const std::optional<ShareReport> report = pool.wait();
    base::StopGuard::check();
    if (!report) continue;
    progress.advance(report->images);
    if (report->kind == Kind::kRecords) {
      records.at(report->first).add_block({report->body.begin(), report->body.end()});
    }
    if (!report->last()) continue;
    ++ended;
    RangeResult result = result_of(*report);
    result.images = std::move(records.at(report->first));
    const auto share = std::find_if(shares.begin(), shares.end(), [&](const Share& each) {
      return each.range.first == report->first;
    });
    // The last one is followed by the results.
    if (keep && ended < shares.size()) keep(*share, result);
    done.emplace(report->first, std::move(result));
    add_up();
  }
  return std::move(whole).value();
}

RangeResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, base::ProgressSink* sink) {
  const std::vector<Share> shares = cut_into_shares(simulation, first, count, workers);
  ShareProcesses processes(simulation, workers);
  const base::StopGuard guard;
  base::Progress progress(sink, progress_items(simulation), count);
  return run_shares(shares, processes, progress);
}

const char* progress_items(const Simulation& simulation) {
  return simulation.workload != nullptr ? "ticks" : "images";
}

}  // namespace spikeloom::sim
