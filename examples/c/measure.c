/* A block of a C program measured, and a job estimated before it runs.
 *   cc measure.c $(pkg-config --cflags --libs gramme) -o measure && ./measure */
#include <gramme.h>
#include <stdio.h>
#include <stdlib.h>

static int failed(const gramme_error *error) {
    fprintf(stderr, "%s\n", error->what);
    if (error->hint[0] != '\0') {
        fprintf(stderr, "  %s\n", error->hint);
    }
    return EXIT_FAILURE;
}

static double train(int step) {
    double loss = 0.0;
    for (int i = 1; i < 2000000; ++i) {
        loss += 1.0 / ((double)i * (step + 1));
    }
    return loss;
}

int main(void) {
    gramme_error error;

    char *json = NULL;
    if (gramme_estimate("{\"device\": \"h100\", \"count\": 8, \"hours\": 120, \"region\": \"FRA\"}", &json,
                        &error) != GRAMME_OK) {
        return failed(&error);
    }
    printf("%.60s ...\n", json);
    gramme_text_free(json);

    gramme_tracker *tracker = NULL;
    if (gramme_tracker_start(NULL, &tracker, &error) != GRAMME_OK) {
        return failed(&error);
    }
    int64_t epoch = 0;
    if (gramme_tracker_span_begin(tracker, "epoch 1", NULL, &epoch, &error) != GRAMME_OK) {
        return failed(&error);
    }
    for (int step = 0; step < 20; ++step) {
        const gramme_value values[] = {{"loss", train(step)}, {"samples", 32.0}};
        if (gramme_tracker_log(tracker, values, 2, &error) != GRAMME_OK) {
            return failed(&error);
        }
    }
    gramme_totals of_epoch = {.size = sizeof of_epoch};
    if (gramme_tracker_span_end(tracker, epoch, &of_epoch, &error) != GRAMME_OK ||
        gramme_tracker_stop(tracker, &error) != GRAMME_OK) {
        return failed(&error);
    }
    printf("epoch 1: %.3f s, %g kWh\n", of_epoch.duration_s, of_epoch.energy_kwh);

    char *summary = NULL;
    if (gramme_tracker_summary(tracker, &summary, &error) != GRAMME_OK) {
        return failed(&error);
    }
    fputs(summary, stdout);
    gramme_text_free(summary);
    gramme_tracker_free(tracker);
    return EXIT_SUCCESS;
}
