#include "MessagePassing.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if METARL_MPI && __has_include(<mpi.h>)

#include <mpi.h>

bool metarl_ranks_are_built(void) { return true; }

void metarl_ranks_library(char *text, int size) {
  char version[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(version, &length);
  snprintf(text, (size_t)size, "%.*s", length, version);
}

bool metarl_ranks_begin(int *index, int *count) {
  int given = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given) != MPI_SUCCESS || given < MPI_THREAD_FUNNELED) {
    return false;
  }
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  return MPI_Comm_rank(MPI_COMM_WORLD, index) == MPI_SUCCESS && MPI_Comm_size(MPI_COMM_WORLD, count) == MPI_SUCCESS;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// Waits for `request`, at first by asking again and again, then by sleeping a little in between: processes that share
// a core must not wait for each other's time slices.
static int finish(MPI_Request *request, double seconds) {
  const double start = now();
  while (true) {
    int isDone = 0;
    if (MPI_Test(request, &isDone, MPI_STATUS_IGNORE) != MPI_SUCCESS) return 2;
    if (isDone) return 0;
    const double waited = now() - start;
    if (waited > seconds) return 1;
    if (waited < 100e-6) {
      sched_yield();
    } else {
      nanosleep(&(struct timespec){.tv_nsec = waited < 10e-3 ? 20000 : 200000}, NULL);
    }
  }
}

int metarl_ranks_gather(void *bytes, const int *counts, const int *offsets, double seconds) {
  MPI_Request request;
  const int status = MPI_Iallgatherv(
      MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, bytes, counts, offsets, MPI_BYTE, MPI_COMM_WORLD, &request);
  return status == MPI_SUCCESS ? finish(&request, seconds) : 2;
}

bool metarl_ranks_end(double seconds) {
  MPI_Request request;
  if (MPI_Ibarrier(MPI_COMM_WORLD, &request) != MPI_SUCCESS || finish(&request, seconds) != 0) return false;
  return MPI_Finalize() == MPI_SUCCESS;
}

_Noreturn void metarl_ranks_abort(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  _Exit(code);
}

#else

bool metarl_ranks_are_built(void) { return false; }
void metarl_ranks_library(char *text, int size) { snprintf(text, (size_t)size, "none"); }
bool metarl_ranks_begin(int *index, int *count) {
  (void)index;
  (void)count;
  return false;
}
int metarl_ranks_gather(void *bytes, const int *counts, const int *offsets, double seconds) {
  (void)bytes;
  (void)counts;
  (void)offsets;
  (void)seconds;
  return 2;
}
bool metarl_ranks_end(double seconds) { return seconds >= 0; }
_Noreturn void metarl_ranks_abort(int code) { _Exit(code); }

#endif
