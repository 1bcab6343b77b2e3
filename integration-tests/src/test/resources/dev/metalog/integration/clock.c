/*
 * Stands in front of the system's clock_gettime and adds as many seconds to the time of day as the file that META_LOG_TEST_CLOCK
 * names says. Only the time of day: what measures how long something takes, and what waits, is left alone, as it is when somebody
 * sets a machine's clock.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset_seconds(void) {
  const char *file = getenv("META_LOG_TEST_CLOCK");
  char text[32] = {0};
  int opened = file == NULL ? -1 : open(file, O_RDONLY | O_CLOEXEC);
  if (opened < 0) {
    return 0;
  }
  ssize_t length = read(opened, text, sizeof text - 1);
  close(opened);
  return length <= 0 ? 0 : strtol(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) {
    real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  }
  int failed = real(clock, time);
  if (failed == 0 && clock == CLOCK_REALTIME) {
    time->tv_sec += offset_seconds();
  }
  return failed;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  (void)zone;
  int failed = clock_gettime(CLOCK_REALTIME, &now);
  if (failed == 0) {
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
  }
  return failed;
}
