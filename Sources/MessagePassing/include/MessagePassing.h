#pragma once

#include <stdbool.h>

// The processes that mpirun or srun started together, as MPI knows them. All functions are called by the thread that
// called the first. Without the trait MPI, or without mpi.h when this was compiled, there are none.

/// Whether MPI was there when this was compiled.
bool metarl_ranks_are_built(void);

/// The name and version of the MPI library in `text`, which has `size` bytes.
void metarl_ranks_library(char *text, int size);

/// Joins the other processes. False where that failed.
bool metarl_ranks_begin(int *index, int *count);

/// Gives all processes the bytes of all: process i has `counts[i]` of them from `offsets[i]` on in `bytes`. Returns 0;
/// 1 where not all have come after `seconds`; 2 where MPI reports an error.
int metarl_ranks_gather(void *bytes, const int *counts, const int *offsets, double seconds);

/// Waits at most `seconds` until all processes have called it, and leaves them. False where one did not come.
bool metarl_ranks_end(double seconds);

/// Ends all processes at once, with this exit code as far as the launcher lets it through.
_Noreturn void metarl_ranks_abort(int code);
