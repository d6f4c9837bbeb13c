// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::explore {

/// The program beside this one that has MPI.
inline constexpr const char* kMpiProgram = "spikeloom-mpi";

/// Whether mpirun, or srun with PMIx, has started this process.
bool started_by_mpi();

/// Runs that program with the arguments of this one, in its place. Throws base::UserError where
/// it is not there.
[[noreturn]] void become_mpi_program();

}  // namespace spikeloom::explore
