/* The bare loop that no batch system can beat: W workers, each N/W jobs of two spawns of a program, three files a job.
 * bare_loop WORKERS JOBS FOLDER PROGRAM   prints jobs per second. Built by test/bench/run.sh. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int make(const char* folder, int job, const char* what) {
  char path[512];
  snprintf(path, sizeof path, "%s/%d.%s", folder, job, what);
  return open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
}

static void job(const char* folder, int number, const char* program) {
  const int out = make(folder, number, "out"), err = make(folder, number, "err"), log = make(folder, number, "log");
  if (out < 0 || err < 0 || log < 0) exit(1);
  dprintf(log, "job %d started\n", number);
  for (int step = 0; step < 2; ++step) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, err, 2);
    char* arguments[] = {(char*)program, NULL};
    pid_t pid;
    if (posix_spawn(&pid, program, &actions, NULL, arguments, environ) != 0) exit(1);
    posix_spawn_file_actions_destroy(&actions);
    int status;
    waitpid(pid, &status, 0);
  }
  close(out);
  close(err);
  close(log);
}

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const int workers = atoi(argv[1]), jobs = atoi(argv[2]);
  const double begin = now();
  for (int worker = 0; worker < workers; ++worker)
    if (fork() == 0) {
      for (int i = 0; i < jobs / workers; ++i) job(argv[3], worker * jobs + i, argv[4]);
      _exit(0);
    }
  int bad = 0, status;
  while (wait(&status) > 0) bad |= status;
  if (bad) return 1;
  printf("%.1f\n", jobs / workers * workers / (now() - begin));
  return 0;
}
