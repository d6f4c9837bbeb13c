// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report/published_model.h"

#include <algorithm>

#include "cli/page/resources.h"
#include "cli/run_report/run_directory.h"
#include "spikeloom/base/units.h"
#include "spikeloom/explore/validation/validation.h"

namespace spikeloom::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kPublished = "zou2021.yaml";

ordered_json figure(const explore::PublishedFigure& published, const ordered_json& own,
                    double activity) {
  return {{"published", base::to_milli(published.value)},
          {"fitted", published.fitted},
          {"scaled", own.is_null() ? ordered_json() : ordered_json(own.get<double>() * activity)}};
}

}  // namespace

ordered_json published_model(const ordered_json& summary) {
  const explore::Validation validation =
      explore::parse_validation(std::string(resource(kPublished)), kPublished);
  for (const explore::ValidationCase& item : validation.cases) {
    const bool known = std::find(item.networks.begin(), item.networks.end(),
                                 summary.at("network")) != item.networks.end();
    if (!known || data_set_name(summary) != item.data) continue;
    const double spikes = summary.at("spikes_per_image").get<double>();
    const double activity = item.spikes / spikes;
    return {{"source", validation.source},
            {"settings", validation.settings},
            {"accuracy", item.accuracy},
            {"spikes_per_image", item.spikes},
            {"paper_sop_per_image", item.paper_sop},
            {"ms_per_image", figure(item.time, summary.at("ms_per_image"), activity)},
            {"mj_per_image", figure(item.energy, summary.at("mj_per_image"), activity)}};
  }
  return nullptr;
}

}  // namespace spikeloom::cli
