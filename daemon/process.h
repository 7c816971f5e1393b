/* process: the worker's part of an article's way: bytes → repaired text → facts → fingerprint → encoded maps.
 *
 * A pure function of the job's message, the tables and the rules; everything it makes lies in the job. Any thread that
 * has an extractor of its own. Does not log.
 */
#ifndef ZW_PROCESS_H
#define ZW_PROCESS_H

#include "job.h"

/* Fills the worker's part of `job`, or refuses it (zw_job_reject): no text in any charset, or more memory needed than an
 * article may take. Takes a reference to `rules` into the job. */
void zw_process(zw_job_t *job, const zw_text_tables_t *tables, zw_rules_t *rules, zw_extractor_t *extractor);

#endif
