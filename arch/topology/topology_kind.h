// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::arch {

/// How routers are joined (docs/network.md). There is one value for each class of Topology, in the
/// same order (arch/topology/topologies.h).
enum class TopologyKind { kMesh, kQuadtree, kTorus };

}  // namespace spikeloom::arch
