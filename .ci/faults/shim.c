// Breaks one system call of a program, for tests of what it does then. Preloaded (LD_PRELOAD), it counts the calls
// that change files and, at call number FAULT_AT, does what FAULT_ACTION says:
//   fail   the call fails with error number FAULT_ERROR (28, no space on the device, where not given)
//   short  a write writes half of what it should; other calls are left alone
//   again  a write is interrupted (EINTR) before it writes anything; other calls are left alone
//   kill   the process is killed before the call, by signal FAULT_SIGNAL (9 where not given)
// The number of calls is written to file FAULT_COUNT when the process exits. Counted are opening for writing, write
// to what was so opened, fsync, close of it, rename, mkdir and ftruncate.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { DESCRIPTORS = 1024 };
static atomic_bool isWritten[DESCRIPTORS];
static atomic_int callCount;
static int faultAt, faultError = ENOSPC, faultSignal = SIGKILL;
static const char *action = "", *countPath;

static int number(const char *name, int otherwise) {
  const char *text = getenv(name);
  return text ? atoi(text) : otherwise;
}

__attribute__((constructor)) static void begin(void) {
  faultAt = number("FAULT_AT", 0);
  faultError = number("FAULT_ERROR", ENOSPC);
  faultSignal = number("FAULT_SIGNAL", SIGKILL);
  if (getenv("FAULT_ACTION")) action = getenv("FAULT_ACTION");
  countPath = getenv("FAULT_COUNT");
}

__attribute__((destructor)) static void end(void) {
  if (!countPath) return;
  FILE *file = fopen(countPath, "w");
  if (!file) return;
  fprintf(file, "%d\n", callCount);
  fclose(file);
}

static bool isHit(void) {
  if (++callCount != faultAt) return false;
  if (!strcmp(action, "kill")) {
    kill(getpid(), faultSignal);
    return false;
  }
  return true;
}

// Whether this call is the one that fails; errno is set then.
static bool fails(void) {
  if (!isHit() || strcmp(action, "fail")) return false;
  errno = faultError;
  return true;
}

static bool isCounted(int descriptor) {
  return descriptor >= 0 && descriptor < DESCRIPTORS && isWritten[descriptor];
}

static int note(int descriptor, int flags) {
  if (descriptor >= 0 && descriptor < DESCRIPTORS) isWritten[descriptor] = (flags & O_ACCMODE) != O_RDONLY;
  return descriptor;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                        \
  int name(const char *path, int flags, ...) {                            \
    va_list rest;                                                         \
    va_start(rest, flags);                                                \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                         \
    if ((flags & O_ACCMODE) != O_RDONLY && fails()) return -1;            \
    return note(REAL(name)(path, flags, mode), flags);                    \
  }
OPEN(open)
OPEN(open64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (isCounted(descriptor) && isHit()) {
    if (!strcmp(action, "fail")) {
      errno = faultError;
      return -1;
    }
    if (!strcmp(action, "again")) {
      errno = EINTR;
      return -1;
    }
    if (!strcmp(action, "short") && count > 1) count /= 2;
  }
  return REAL(write)(descriptor, bytes, count);
}

int fsync(int descriptor) { return fails() ? -1 : REAL(fsync)(descriptor); }

int close(int descriptor) {
  bool isFailing = isCounted(descriptor) && fails();
  if (descriptor >= 0 && descriptor < DESCRIPTORS) isWritten[descriptor] = false;
  int result = REAL(close)(descriptor);
  if (!isFailing) return result;
  errno = faultError;
  return -1;
}

int rename(const char *from, const char *to) { return fails() ? -1 : REAL(rename)(from, to); }
int mkdir(const char *path, mode_t mode) { return fails() ? -1 : REAL(mkdir)(path, mode); }
int ftruncate(int descriptor, off_t length) { return fails() ? -1 : REAL(ftruncate)(descriptor, length); }
int ftruncate64(int descriptor, off_t length) { return fails() ? -1 : REAL(ftruncate64)(descriptor, length); }
