/* What a process sees of its disk and its clock, as a test wants it: loaded
 * before libc, steered through one page that the test writes. Only files of
 * the database are touched; everything else goes through unchanged. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { WELL, FULL, READ_ONLY, NO_SYNC };

/* In the order in which world.rs writes and reads it. */
struct world {
  volatile int64_t disk;
  volatile int64_t clock_shift_seconds;
  volatile int64_t syncs;
};

static struct world *world;

__attribute__((constructor)) static void enter(void) {
  const char *path = getenv("TEST_WORLD");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *page = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (page != MAP_FAILED) world = page;
  close(file);
}

/* Whether `file` is one of the database's. */
static int is_database(int file) {
  char link[64], target[1024];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, target, sizeof target - 1);
  if (length < 0) return 0;
  target[length] = 0;
  return strstr(target, "tollgate.db") != NULL;
}

/* What a write to `file` meets; 0 if nothing. */
static int refusal(int file) {
  if (!world || (world->disk != FULL && world->disk != READ_ONLY)) return 0;
  if (!is_database(file)) return 0;
  return world->disk == FULL ? ENOSPC : EROFS;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRITES(type, name, parameters, arguments)      \
  type name parameters {                               \
    static __typeof__(&name) real;                     \
    if (!real) real = REAL(name);                      \
    errno = refusal(file);                             \
    return errno ? -1 : real arguments;                \
  }

WRITES(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size))
WRITES(ssize_t, pwrite, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size, at))
WRITES(ssize_t, pwrite64, (int file, const void *bytes, size_t size, off64_t at), (file, bytes, size, at))
WRITES(int, ftruncate, (int file, off_t size), (file, size))
WRITES(int, ftruncate64, (int file, off64_t size), (file, size))
WRITES(int, fallocate, (int file, int mode, off_t at, off_t size), (file, mode, at, size))

#define SYNCS(name)                                    \
  int name(int file) {                                 \
    static __typeof__(&name) real;                     \
    if (!real) real = REAL(name);                      \
    if (!world || !is_database(file)) return real(file); \
    __atomic_add_fetch(&world->syncs, 1, __ATOMIC_SEQ_CST); \
    if (world->disk != NO_SYNC) return real(file);     \
    errno = EIO;                                       \
    return -1;                                         \
  }

SYNCS(fsync)
SYNCS(fdatasync)

int clock_gettime(clockid_t which, struct timespec *now) {
  static __typeof__(&clock_gettime) real;
  if (!real) real = REAL(clock_gettime);
  int outcome = real(which, now);
  if (outcome == 0 && world && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
    now->tv_sec += world->clock_shift_seconds;
  return outcome;
}
