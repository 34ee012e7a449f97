/* gramme: the energy and carbon footprint of a block of a program, from any language.
 *
 * Conventions.
 *   Every name begins with gramme_ or GRAMME_. Nothing is thrown, printed, or kept in a global variable; any number of
 *   trackers may be alive at once. Handles are opaque.
 *   Functions that can fail return an int32_t: GRAMME_OK or one of the codes below; the text of the failure is written to
 *   the caller's gramme_error, which may be NULL. A handle or text that is handed out is untouched on failure.
 *   Texts are UTF-8 and end with a zero byte; those that go in are borrowed for the call. `char *` that comes out is the
 *   caller's: gramme_text_free().
 *   Structs begin with their size, which the caller sets (`.size = sizeof x`), so that they can grow. Of totals, what a
 *   newer caller knows and an older library does not is NaN, whole numbers -1.
 *   A number that is not known is NaN, never 0.
 *   Signals: no handler is installed, and none that our own writing raises (SIGPIPE, SIGXFSZ) reaches the program.
 *   Threads: a tracker may be used by several at once. Settings may not.
 *   fork(): the child keeps the handle. Spans, marks and logs of the child reach the run of its parent; whatever else it
 *   asks of the handle is GRAMME_UNAVAILABLE. It measures nothing: the parent's tracker counts it.
 *
 * Units: seconds, kWh before PUE (IT energy), kg CO2e, watts.
 */
#ifndef GRAMME_H
#define GRAMME_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define GRAMME_API __attribute__((visibility("default")))
#else
#define GRAMME_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum {
    GRAMME_OK = 0,
    GRAMME_NOT_FOUND = 1,
    GRAMME_PERMISSION = 2,
    GRAMME_UNSUPPORTED = 3,
    GRAMME_MALFORMED = 4,
    GRAMME_OUT_OF_RANGE = 5,
    GRAMME_UNAVAILABLE = 6,
    GRAMME_USAGE = 8,  /* an argument that makes no sense */
    GRAMME_IO = 9,
    GRAMME_BUG = 10    /* ours: please report it */
};

typedef struct gramme_error {
    int32_t code;
    char what[512]; /* "--region: there is no region 'atlantis'"; cut at a whole character where it is longer */
    char hint[256]; /* what to do about it; may be empty */
} gramme_error;

/* "0.1.0". Static. */
GRAMME_API const char *gramme_version(void);
GRAMME_API void gramme_text_free(char *text);

/* ---- Settings -------------------------------------------------------------------------------------------------- */

typedef struct gramme_settings gramme_settings;

/* Empty: what nobody sets comes from the environment, ./gramme.toml, the person's own config.toml, and the built-in
 * values, as with `gramme run` (docs/configuration.md). NULL where there is no memory. */
GRAMME_API gramme_settings *gramme_settings_new(void);
/* `name` is that of a flag of `gramme run` without its dashes: project, name, tag ("key=value", any number of times),
 * region, intensity, energy-source, mix, pue, interval, scope, csv, store, json, data, remainder, no-argv. Also:
 *   config  "none": neither files nor variables are asked
 *   join    "never": measure even inside another run; "auto" (also where it is not set): be a span of that run
 *   gpus    as CUDA_VISIBLE_DEVICES: the accelerators that count ("" none)
 *   id      of the run, a UUID; a new one where it is not set
 * GRAMME_USAGE. */
GRAMME_API int32_t gramme_settings_set(gramme_settings *settings, const char *name, const char *value, gramme_error *error);
/* Whether a tracker could start with them now: names that nobody knows and files that say no sense are told without
 * measuring anything. GRAMME_USAGE, GRAMME_MALFORMED, GRAMME_NOT_FOUND. */
GRAMME_API int32_t gramme_settings_check(const gramme_settings *settings, gramme_error *error);
GRAMME_API void gramme_settings_free(gramme_settings *settings);

/* ---- Trackers -------------------------------------------------------------------------------------------------- */

typedef struct gramme_tracker gramme_tracker;

typedef struct gramme_totals {
    size_t size;
    double duration_s;         /* measured: pauses are left out */
    double energy_kwh;         /* of all parts that are known */
    double cpu_kwh;            /* NaN: there is no such part, or nothing of it is known */
    double gpu_kwh;
    double memory_kwh;
    double operational_kgco2e; /* energy x PUE x intensity */
    double power_w;            /* of the last sampling period */
    double pue;
    double intensity_gco2e_per_kwh;
    int32_t has_gaps;          /* not 0: something that should have been measured was not; the energies lack it */
} gramme_totals;

/* Begins to measure this process and what it starts, on a thread of its own. NULL settings: all as configured.
 * Inside a run (GRAMME_RUN_SOCKET) the tracker becomes a span of it: it has totals and a result of its own, and neither
 * a row in the store nor one in emissions.csv, because the surrounding run's holds it. GRAMME_USAGE, GRAMME_MALFORMED
 * (a setting), GRAMME_NOT_FOUND; whatever cannot be measured is a warning in the result, no failure. */
GRAMME_API int32_t gramme_tracker_start(const gramme_settings *settings, gramme_tracker **tracker, gramme_error *error);

/* Last readings; then the run goes into the store, emissions.csv and the JSON file, as set. What cannot be written is a
 * warning in the result. Again: nothing happens. */
GRAMME_API int32_t gramme_tracker_stop(gramme_tracker *tracker, gramme_error *error);
/* Stops where that has not been done. NULL: nothing. In a forked child only the child's handle goes. */
GRAMME_API void gramme_tracker_free(gramme_tracker *tracker);

/* What is used between the two is not the tracker's. Paused twice, resumed twice: nothing happens. */
GRAMME_API int32_t gramme_tracker_pause(gramme_tracker *tracker, gramme_error *error);
GRAMME_API int32_t gramme_tracker_resume(gramme_tracker *tracker, gramme_error *error);

/* UUID; that of the surrounding run where the tracker is a span of it. Lives as long as the tracker. */
GRAMME_API const char *gramme_tracker_run_id(const gramme_tracker *tracker);
/* Not 0: the tracker is a span of a surrounding run. */
GRAMME_API int32_t gramme_tracker_is_joined(const gramme_tracker *tracker);
/* For GRAMME_RUN_SOCKET of processes that this one starts: they join instead of measuring again. "" where there is
 * none. Lives as long as the tracker. */
GRAMME_API const char *gramme_tracker_socket(const gramme_tracker *tracker);

/* So far; after the stop, in all. */
GRAMME_API int32_t gramme_tracker_totals(gramme_tracker *tracker, gramme_totals *totals, gramme_error *error);
/* The whole result as JSON, schema gramme/footprint/1 (docs/schema/footprint.md), so far or in all. */
GRAMME_API int32_t gramme_tracker_result(gramme_tracker *tracker, char **json, gramme_error *error);
/* The same as the text that `gramme run` shows, without colours. After the stop it says where the run is kept. */
GRAMME_API int32_t gramme_tracker_summary(gramme_tracker *tracker, char **text, gramme_error *error);

/* As a row of emissions.csv, so far or in all, without line end: its columns are gramme_emissions_header. What is not
 * known is empty. Of a tracker inside a run its codecarbon_version says of which: "gramme-0.1.0 part of ID". */
GRAMME_API int32_t gramme_tracker_emissions(gramme_tracker *tracker, char **row, gramme_error *error);

typedef struct gramme_card {
    size_t size;
    const char *text;          /* of the card so far, with or without front matter; NULL: there is none yet */
    const char *training_type; /* "pre-training", "fine-tuning", or NULL */
    double beside_kgco2e;      /* of other processes or earlier runs that made the same model: added; else 0 */
    const char *beside;        /* what that is, such as "3 other processes"; or NULL */
} gramme_card;

/* The text of a Hugging Face model card (README.md) with co2_eq_emissions, so far or in all, in its front matter, in the
 * place of what stood there; no other byte changes (docs/reports.md). GRAMME_MALFORMED: no energy is known, or the front
 * matter cannot be changed without a risk: keep the card as it is. */
GRAMME_API int32_t gramme_tracker_model_card(gramme_tracker *tracker, const gramme_card *card, char **text,
                                             gramme_error *error);

/* A span, inside whichever others are open. Its duration is exact. Its energy is taken at both ends to within 10 ms, that
 * of a GPU to within what its counter is renewed in (up to 100 ms); of a shorter span it is the power of late x time, and
 * NaN where that is not known. Both calls may wait for the driver of a GPU, at most 20 ms. `id` is greater than 0 and
 * names it until it ends. Spans that are open at the stop end there.
 * `detail`: a JSON object, or NULL. It travels through the run's socket, and so is held to one message everywhere: 4 KiB
 * with the name, 7 objects deep (GRAMME_OUT_OF_RANGE); GRAMME_MALFORMED: no JSON object. NaN, Infinity and -Infinity,
 * which JSON lacks and Python writes, become "nan", "inf" and "-inf". */
GRAMME_API int32_t gramme_tracker_span_begin(gramme_tracker *tracker, const char *name, const char *detail, int64_t *id,
                                             gramme_error *error);
/* `totals` may be NULL: what was used between both ends. GRAMME_NOT_FOUND: no such span is open. After GRAMME_USAGE
 * (a size that is not set) it is open still. */
GRAMME_API int32_t gramme_tracker_span_end(gramme_tracker *tracker, int64_t id, gramme_totals *totals, gramme_error *error);

/* Something happened, now. `detail` as that of a span. */
GRAMME_API int32_t gramme_tracker_mark(gramme_tracker *tracker, const char *name, const char *detail, gramme_error *error);

typedef struct gramme_value {
    const char *name;
    double value;
} gramme_value;

/* What training does, as often as it likes: about a microsecond, and at most one marker each sampling period.
 * "samples", "tokens" and "requests" are how many were processed since the last call, and add up; the result says what
 * one of them took. Any other name ("step", "epoch", "loss") is a state, of which the last is kept. GRAMME_USAGE: no
 * name, a name of more than 63 bytes, more than 32 names, a count below 0. A value that is not finite is a state like
 * any other. GRAMME_UNAVAILABLE: after the stop, as for spans and marks. */
GRAMME_API int32_t gramme_tracker_log(gramme_tracker *tracker, const gramme_value *values, size_t count,
                                      gramme_error *error);

/* ---- emissions.csv ---------------------------------------------------------------------------------------------- */

/* CodeCarbon's 38 columns, as a line of CSV without its end. Static. */
GRAMME_API const char *gramme_emissions_header(void);

/* Appends a row to a table, under a lock and in one write; a new file gets the header. With a `key`, the name of a
 * column, the row takes the place of those that have its text there. A file with another header is left whole: the row
 * goes to NAME-gramme.csv beside it; `written` (may be NULL) says which file has it. Lines are CSV without their end.
 * GRAMME_USAGE (among others a key that the header lacks), GRAMME_IO, GRAMME_PERMISSION. */
GRAMME_API int32_t gramme_csv_put(const char *path, const char *header, const char *row, const char *key, char **written,
                                  gramme_error *error);

/* ---- Estimates ------------------------------------------------------------------------------------------------- */

/* A job that was not measured, as `gramme estimate --json` answers (docs/schema/footprint.md). `request` is a JSON object
 * whose keys are the flags of that command, such as {"device": "h100", "count": 8, "hours": 120, "region": "FRA"}
 * (docs/schema/request.md). Files and variables are asked as by the program, unless it holds "config": "none".
 * GRAMME_MALFORMED: no JSON; GRAMME_USAGE: a key or value that makes no sense; GRAMME_UNSUPPORTED: a flag that only
 * the program has. */
GRAMME_API int32_t gramme_estimate(const char *request, char **json, gramme_error *error);
/* The same job in several places, or with several devices, as `gramme compare --json` (docs/schema/compare.md). */
GRAMME_API int32_t gramme_compare(const char *request, char **json, gramme_error *error);

/* One number for each row; NULL: what the request says holds for all of them. */
typedef struct gramme_columns {
    size_t size;
    const double *hours;
    const double *count;
    const double *utilisation;             /* 0 to 1 */
    const double *pue;                     /* 1 to 10 */
    const double *intensity_gco2e_per_kwh; /* 0 to 10000 */
} gramme_columns;

/* Room for one number for each row; NULL: not wanted. */
typedef struct gramme_figures {
    size_t size;
    double *energy_kwh;
    double *energy_low; /* ends of 95 % intervals */
    double *energy_high;
    double *facility_energy_kwh;
    double *operational_kgco2e;
    double *operational_low;
    double *operational_high;
    size_t rows_without; /* set: rows that are NaN, because a number of theirs is NaN or out of range */
} gramme_figures;

/* One job at many sizes. `request` as for gramme_estimate(), with one device, instance, power or energy. */
GRAMME_API int32_t gramme_estimate_columns(const char *request, const gramme_columns *in, size_t rows,
                                           gramme_figures *out, gramme_error *error);

/* ---- Tables -----------------------------------------------------------------------------------------------------
 * Arrow C data and stream interface, as declared in the Arrow specification (format/CDataInterface,
 * format/CStreamInterface): any library that exports it (pyarrow, polars, DuckDB, arrow-rs) can hand a table over without
 * a copy. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/* A table of jobs with energy and carbon, batch by batch, as `gramme batch` (docs/schema/batch.md): the columns of `in`,
 * which are not copied, and behind them energy_kwh, energy_low, energy_high, facility_energy_kwh, operational_kgco2e,
 * operational_low, operational_high (float64, null in a row without a figure) and gramme_note (large_utf8: what changes
 * how the number may be used, or why there is none; null: nothing). `request`: what holds for rows that do not say it
 * themselves, and which columns are read, such as {"region": "FRA", "columns": {"hours": "duration:min"}}
 * (docs/schema/request.md); NULL: as {}. `in` is taken over, whatever the outcome; `out` is the caller's to release, and
 * holds `in` until then. GRAMME_USAGE, with the name of the column: none that says what a row uses or how long, one of
 * a type that cannot be read. What fails later is an error of `out`. Lengths, offsets, and where texts lie are checked,
 * and an error names the column; the sizes of buffers are not part of the interface, and those of `in` are believed. */
GRAMME_API int32_t gramme_estimate_stream(struct ArrowArrayStream *in, const char *request,
                                          struct ArrowArrayStream *out, gramme_error *error);

#ifdef __cplusplus
}
#endif
#endif
