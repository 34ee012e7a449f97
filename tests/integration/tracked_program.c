/* A program that measures itself through libgramme.so, word by word: what the tests make of it is their own.
 *
 *   set NAME VALUE      before start      start / stop / free / pause / resume
 *   begin NAME, end     a span            mark NAME, log NAME VALUE
 *   used                end, and its totals as one line of JSON
 *   burn SECONDS        CPU time          sleep SECONDS
 *   fork WORDS ... .    the words in a child, waited for; again N WORDS ... .: N times
 *   totals              one line of JSON  result FILE, summary
 *   fails WORD ...      the next word must fail; its code and text are printed
 *   kill SIGNAL         itself
 *   unread              standard output becomes a pipe that nobody reads
 *   filelimit BYTES     no file may grow beyond (0: what was set before the first one)
 *   closefrom           all descriptors from 3 on, which are then opened anew for 64 files of its own
 *   mine                those 64 must be open and empty still
 */
#include <fcntl.h>
#include <gramme.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static gramme_settings *settings;
static gramme_tracker *tracker;
static int64_t spans[64];
static int open_spans;
static int must_fail;

static double clock_s(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void check(int32_t code, const gramme_error *error) {
    if (must_fail) {
        must_fail = 0;
        printf("%d %s | %s\n", (int)code, error->what, error->hint);
    } else if (code != GRAMME_OK) {
        fprintf(stderr, "gramme: %d %s (%s)\n", (int)code, error->what, error->hint);
        exit(3);
    }
}

static void burn(double seconds) {
    volatile double sum = 0.0;
    const double end = clock_s(CLOCK_THREAD_CPUTIME_ID) + seconds;
    while (clock_s(CLOCK_THREAD_CPUTIME_ID) < end) {
        sum += sqrt(sum + 1.0);
    }
}

static void print_number(const char *name, double value, const char *after) {
    if (isnan(value)) {
        printf("\"%s\": null%s", name, after);
    } else {
        printf("\"%s\": %.17g%s", name, value, after);
    }
}

/* So far, or of the span that `span` names. */
static void print_totals(const int64_t *span, gramme_error *error) {
    gramme_totals totals;
    memset(&totals, 0, sizeof totals);
    totals.size = sizeof totals;
    const int wanted = !must_fail;
    check(span != NULL ? gramme_tracker_span_end(tracker, *span, &totals, error)
                       : gramme_tracker_totals(tracker, &totals, error),
          error);
    if (!wanted) {
        return;
    }
    printf("{");
    print_number("duration_s", totals.duration_s, ", ");
    print_number("energy_kwh", totals.energy_kwh, ", ");
    print_number("cpu_kwh", totals.cpu_kwh, ", ");
    print_number("gpu_kwh", totals.gpu_kwh, ", ");
    print_number("memory_kwh", totals.memory_kwh, ", ");
    print_number("operational_kgco2e", totals.operational_kgco2e, ", ");
    print_number("power_w", totals.power_w, "}\n");
}

static void keep(const char *path, const char *first, char *text) {
    FILE *file = text != NULL ? fopen(path, "w") : NULL;
    if (file != NULL) {
        fprintf(file, "%s%s\n", first, text);
        fclose(file);
    }
    gramme_text_free(text);
}

static void unread(void) {
    int ends[2];
    if (pipe(ends) != 0 || dup2(ends[1], 1) < 0) {
        exit(5);
    }
    close(ends[0]);
    close(ends[1]);
}

static void limit_files(long bytes) {
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes > 0 ? (rlim_t)bytes : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

enum { first_of_mine = 3, all_of_mine = 64 };

static void close_from_three(void) {
    for (int fd = first_of_mine; fd < 1024; ++fd) {
        close(fd);
    }
    for (int fd = first_of_mine; fd < first_of_mine + all_of_mine; ++fd) {
        char name[32];
        snprintf(name, sizeof name, "mine-%d", fd);
        if (open(name, O_RDWR | O_CREAT, 0600) != fd) {
            exit(6);
        }
    }
}

static void check_mine(void) {
    for (int fd = first_of_mine; fd < first_of_mine + all_of_mine; ++fd) {
        struct stat status;
        if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size != 0) {
            fprintf(stderr, "descriptor %d is not what it was\n", fd);
            exit(7);
        }
    }
}

static void keep_result(const char *path, gramme_error *error) {
    char *text = NULL;
    check(gramme_tracker_result(tracker, &text, error), error);
    keep(path, "", text);
}

/* A file of its own, with a header. */
static void keep_row(const char *path, gramme_error *error) {
    char *text = NULL;
    check(gramme_tracker_emissions(tracker, &text, error), error);
    char header[2048];
    snprintf(header, sizeof header, "%s\n", gramme_emissions_header());
    keep(path, header, text);
}

static char **run(char **words, char **end);

/* The words up to the dot that closes them. */
static char **closing(char **words, char **end) {
    int depth = 1;
    for (; words < end; ++words) {
        depth += strcmp(*words, "fork") == 0 || strcmp(*words, "again") == 0;
        depth -= strcmp(*words, ".") == 0;
        if (depth == 0) {
            return words;
        }
    }
    fprintf(stderr, "no closing dot\n");
    exit(2);
}

static char **run(char **words, char **end) {
    gramme_error error;
    memset(&error, 0, sizeof error);
    while (words < end) {
        const char *word = *words++;
        if (strcmp(word, "set") == 0) {
            if (settings == NULL) {
                settings = gramme_settings_new();
            }
            check(gramme_settings_set(settings, words[0], words[1], &error), &error);
            words += 2;
        } else if (strcmp(word, "start") == 0) {
            check(gramme_tracker_start(settings, &tracker, &error), &error);
        } else if (strcmp(word, "stop") == 0) {
            check(gramme_tracker_stop(tracker, &error), &error);
        } else if (strcmp(word, "free") == 0) {
            gramme_tracker_free(tracker);
            gramme_settings_free(settings);
            tracker = NULL;
            settings = NULL;
        } else if (strcmp(word, "pause") == 0) {
            check(gramme_tracker_pause(tracker, &error), &error);
        } else if (strcmp(word, "resume") == 0) {
            check(gramme_tracker_resume(tracker, &error), &error);
        } else if (strcmp(word, "begin") == 0) {
            check(gramme_tracker_span_begin(tracker, *words++, NULL, &spans[open_spans++], &error), &error);
        } else if (strcmp(word, "end") == 0) {
            check(gramme_tracker_span_end(tracker, spans[--open_spans], NULL, &error), &error);
        } else if (strcmp(word, "mark") == 0) {
            check(gramme_tracker_mark(tracker, *words++, "{\"by\": \"a program\"}", &error), &error);
        } else if (strcmp(word, "log") == 0) {
            const gramme_value value = {words[0], atof(words[1])};
            words += 2;
            check(gramme_tracker_log(tracker, &value, 1, &error), &error);
        } else if (strcmp(word, "burn") == 0) {
            burn(atof(*words++));
        } else if (strcmp(word, "sleep") == 0) {
            usleep((useconds_t)(atof(*words++) * 1e6));
        } else if (strcmp(word, "fork") == 0) {
            char **close = closing(words, end);
            fflush(stdout);
            const pid_t child = fork();
            if (child == 0) {
                run(words, close);
                fflush(stdout);
                _exit(0);
            }
            int status = 0;
            waitpid(child, &status, 0);
            if (status != 0) {
                fprintf(stderr, "a child left with %d\n", status);
                exit(4);
            }
            words = close + 1;
        } else if (strcmp(word, "again") == 0) {
            int times = atoi(*words++);
            char **close = closing(words, end);
            while (times-- > 0) {
                run(words, close);
            }
            words = close + 1;
        } else if (strcmp(word, "totals") == 0) {
            print_totals(NULL, &error);
        } else if (strcmp(word, "used") == 0) {
            print_totals(&spans[--open_spans], &error);
        } else if (strcmp(word, "result") == 0) {
            keep_result(*words++, &error);
        } else if (strcmp(word, "row") == 0) {
            keep_row(*words++, &error);
        } else if (strcmp(word, "summary") == 0) {
            char *text = NULL;
            check(gramme_tracker_summary(tracker, &text, &error), &error);
            fputs(text, stdout);
            gramme_text_free(text);
        } else if (strcmp(word, "socket") == 0) {
            setenv("GRAMME_RUN_SOCKET", gramme_tracker_socket(tracker), 1);
        } else if (strcmp(word, "fails") == 0) {
            must_fail = 1;
        } else if (strcmp(word, "unread") == 0) {
            unread();
        } else if (strcmp(word, "filelimit") == 0) {
            limit_files(atol(*words++));
        } else if (strcmp(word, "closefrom") == 0) {
            close_from_three();
        } else if (strcmp(word, "mine") == 0) {
            check_mine();
        } else if (strcmp(word, "kill") == 0) {
            fflush(stdout);
            kill(getpid(), atoi(*words++));
        } else {
            fprintf(stderr, "unknown word %s\n", word);
            exit(2);
        }
    }
    return words;
}

int main(int argc, char **argv) {
    run(argv + 1, argv + argc);
    return 0;
}
