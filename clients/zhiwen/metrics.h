/* metrics: zhiwend's counters as OpenMetrics text (https://openmetrics.io, version 1.0), for Prometheus and its kin.
 *
 * Every number of `status` becomes a sample named after its path: `queue.in_flight` is zhiwen_queue_in_flight, `store.commit_us` the
 * counter zhiwen_store_commit_seconds_total. Sections whose keys are kinds (articles, duplicates, rejected, repairs) are one family
 * with a label. Keys that this version does not know come out as gauges. One thread.
 */
#ifndef ZW_METRICS_H
#define ZW_METRICS_H

#include "cli.h"

/* Appends the text, with its "# EOF". status: the answer of `status`, or NULL when the daemon does not answer: then only
 * zhiwen_up 0. 0 or -ENOMEM. */
int cli_metrics_text(json_t *status, zw_buf_t *out);

/* Serves the text at http://ADDRESS/metrics until cli_stop. address: HOST:PORT, a loopback address. Each GET asks the daemon anew.
 * Returns the exit status. */
int cli_metrics_serve(cli_t *cli, zw_query_t *query, const char *address);

/* Asks the daemon and appends the text. The code of zw_query_status. */
int cli_metrics_ask(zw_query_t *query, int timeout_ms, zw_buf_t *out);

#endif
