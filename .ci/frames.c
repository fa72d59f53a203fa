// Counts the pictures that a program hands to SDL: loaded before it with LD_PRELOAD, it appends a line for each to
// the file that METARL_FRAMES names: seconds since the system started, and seconds of processor time so far.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct SDL_Window;

static double seconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int SDL_UpdateWindowSurface(struct SDL_Window *window) {
  static int (*next)(struct SDL_Window *);
  static FILE *file;
  if (!next) *(void **)&next = dlsym(RTLD_NEXT, "SDL_UpdateWindowSurface");
  int result = next(window);
  const char *path = getenv("METARL_FRAMES");
  if (path && !file) file = fopen(path, "a");
  if (file) {
    fprintf(file, "%.6f %.6f\n", seconds(CLOCK_BOOTTIME), seconds(CLOCK_PROCESS_CPUTIME_ID));
    fflush(file);
  }
  return result;
}
