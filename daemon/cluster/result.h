/* result: what a worker made of one message, as the topic of results holds it, and back into a job for the committer.
 *
 * Layout, version 1 (numbers and strings as in base/packed.h): "zwr" · version (1 byte) · kind (1) · writer · version of its rule packs ·
 * generation, capacity, window and facts of its terms · place that its writer knew + 1, and the digest there (8 bytes) · and then
 *   FOUNDED     instance of the log · next article number · next seq
 *   others      partition · offset · prev + 1 · asker (8 bytes) · ticket · origin (1) · id
 *   ARTICLE     fingerprint · facts (count; id (16), type, region, map each) · pairs of brief · bytes of brief · pairs of detail · bytes
 *               of detail · pairs of the record · the record, which begins with the other two
 *   WITHDRAWAL  number · source · reason · the message
 *   REFUSED     code · field · message · what was refused, at most 64 KiB
 * Threading. Pure.
 */
#ifndef ZW_CLUSTER_RESULT_H
#define ZW_CLUSTER_RESULT_H

#include "job.h"

typedef enum { ZW_RESULT_FOUNDED, ZW_RESULT_ARTICLE, ZW_RESULT_WITHDRAWAL, ZW_RESULT_REFUSED } zw_result_kind_t;

/* What all instances must have alike, since decisions depend on it (order.h). */
typedef struct zw_terms {
    uint64_t generation, capacity, window_days, facts;
} zw_terms_t;

typedef struct zw_result {
    zw_result_kind_t kind;
    zw_str_t writer, rules;
    zw_terms_t terms;
    int64_t known;   /* offset of the newest result that its writer had decided, -1: none … */
    uint64_t digest; /* … and its digest of all decisions up to there */
    zw_job_ref_t ref;
    zw_origin_t origin;
    zw_str_t id;
    zw_str_t instance; /* FOUNDED */
    uint64_t next_number, next_seq;
    zw_str_t rest; /* decoded: what zw_result_job reads */
} zw_result_t;

/* Appends the result of a finished job, with `head` for what is not the job's (kind, ref, origin and id are taken from the job); or, with
 * job NULL, a FOUNDED one. 0 or -ENOMEM. */
int zw_result_encode(const zw_result_t *head, zw_job_t *job, zw_buf_t *out);

/* Reads all but the rest; strings borrow from `bytes`. -ZW_E_CORRUPT: no result; -ZW_E_VERSION: of a later version. */
int zw_result_decode(zw_str_t bytes, zw_result_t *ret);

/* Fills in the worker's part of a cleared job, which keeps a copy of what it needs: the committer takes it for one that was worked on
 * here. 0, -ZW_E_CORRUPT, -ENOMEM. */
int zw_result_job(const zw_result_t *result, zw_job_t *job);

#endif
