// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::explore {

/// File name of the MPI program in the directory of this one.
inline constexpr const char* kMpiProgram = "spikeloom-mpi";

/// Whether this process was started by mpirun, or by srun with PMIx.
bool started_by_mpi();

/// Replaces this process by the MPI program, with the same arguments. Throws base::UserError if
/// that program cannot be run.
[[noreturn]] void become_mpi_program();

}  // namespace spikeloom::explore
