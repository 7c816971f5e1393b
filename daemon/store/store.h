/* store: the one room that knows the database.
 *
 * Purpose. One LMDB environment in the state directory, written with ascending keys only (MDB_APPEND): events by seq,
 * articles and marks by article number, quarantine by its own number.
 * Durability. zw_store_commit returns after the sync: what it wrote survives kill -9 and power loss, whole. Every
 * record carries a checksum; a damaged one is reported (-ZW_E_CORRUPT), never served.
 * Threading. One thread commits (zw_store_commit, zw_store_quarantine_drop, zw_store_trim); up to 126 threads and processes
 * read at a time (more: -ZW_E_BUSY). Reads run in short transactions of their own, so that they never hold back the writer
 * or make the file grow.
 * Schema. A store of an older schema is brought up to date when it is opened to be written, within one transaction; what is only
 * read stays as it is. A newer one is refused.
 * Caveats. One process opens a store once (not even read_only beside itself), and does not fork while it is open. Local
 * file systems only. A damaged LMDB page outside the records may end the process: zw_store_check runs best in its own.
 * Ownership. Arguments are borrowed until return. Callbacks get bytes that are valid only during the call.
 */
#ifndef ZW_STORE_H
#define ZW_STORE_H

#include "zw_buf.h"
#include "zw_error.h"

typedef struct zw_store zw_store_t;

typedef struct zw_store_options {
    const char *dir;     /* state directory; must exist; the environment is made in it as "zhiwen.mdb" */
    size_t map_bytes;    /* address space and upper bound of the file; 0: 64 GiB. -ZW_E_FULL when reached. An eighth
                          * (at least 16 MiB) is kept beyond it, so that a full store can still be trimmed */
    bool no_sync;        /* benchmarks only: no durability */
    bool read_only;      /* beside a running daemon: no lock, no commit; the store must exist */
    bool beside;         /* the same, but zw_store_quarantine_drop is allowed */
    size_t quarantine_bytes; /* 0: 64 MiB, on disk */
} zw_store_options_t;

enum { ZW_STORE_SCHEMA = 2, ZW_STORE_OLDEST_SCHEMA = 1 }; /* 2: marks may hold how many articles state a fact */

/* Opens or creates. -ZW_E_LOCKED when another daemon has it (flock on "zhiwen.lock"), -ZW_E_SCHEMA for another schema
 * version or a foreign database, -ZW_E_CORRUPT for a file cut short or damaged at its head, -errno. Blocks on the disk. */
int zw_store_open(const zw_store_options_t *options, zw_store_t **ret);
void zw_store_close(zw_store_t *store); /* takes NULL */

/* The schema of the store in `dir`, whatever it is. -ZW_E_SCHEMA: a foreign database; -errno, -ZW_E_CORRUPT. */
int zw_store_schema(const char *dir, uint32_t *ret);

/* 16 random bytes made with the store, in hex: tells one store from another. NUL-terminated, borrowed. */
const char *zw_store_instance(const zw_store_t *store);

typedef struct zw_store_event {
    uint64_t seq; /* the next one, without gap */
    zw_str_t topic, payload;
    int64_t time_us; /* never decreasing */
} zw_store_event_t;

typedef struct zw_store_article {
    uint64_t number;  /* the next one, without gap, from 1 */
    zw_str_t record;  /* what `article` answers: opaque here */
    zw_str_t mark;    /* what the indexes are rebuilt from: opaque here */
    const zw_store_event_t *events;
    size_t event_count;
} zw_store_article_t;

typedef struct zw_store_reject {
    zw_str_t raw;     /* the message as received; cut to 64 KiB here */
    zw_str_t reason;  /* zw_error_name */
    zw_str_t field, message, origin; /* origin: "submit" or "feed" */
    int64_t time_us;
} zw_store_reject_t;

/* Writes a batch in one transaction and syncs it: all or nothing. Articles in order, then rejects. Either count may be
 * 0. -EINVAL for numbers with a gap or time that runs back; -ZW_E_FULL, -ENOSPC, -EIO and other -errno leave the store as
 * it was. When even that is not known (the disk failed at the last write) this and every later commit is -EIO: the
 * store must be opened again, and has the batch whole or not at all. */
int zw_store_commit(zw_store_t *store, const zw_store_article_t *articles, size_t article_count,
                    const zw_store_reject_t *rejects, size_t reject_count);

/* The same, and `place` (a few bytes, opaque here; empty: as it is) becomes what zw_store_place gives: where the batch came
 * from is known as durably as the batch itself. */
int zw_store_commit_at(zw_store_t *store, const zw_store_article_t *articles, size_t article_count, const zw_store_reject_t *rejects,
                       size_t reject_count, zw_str_t place);

/* Appends the place of the newest commit to `out`. -ZW_E_NOT_FOUND: none was ever given; -ZW_E_CORRUPT, -errno. */
int zw_store_place(zw_store_t *store, zw_buf_t *out);

/* Makes the store one of the log `instance` (as zw_store_instance gives it), at `place`, durably: a store without any article, before
 * other threads know it, or one that is of that log already. -EINVAL for another store or no such instance; else as zw_store_commit. */
int zw_store_join(zw_store_t *store, const char *instance, zw_str_t place);

/* The numbers that the next article and event get, and the oldest event kept (0: none). Any thread. */
uint64_t zw_store_next_number(const zw_store_t *store);
uint64_t zw_store_next_seq(const zw_store_t *store);
uint64_t zw_store_oldest_seq(const zw_store_t *store);

/* Time of the newest event, 0 when there is none: the committer's clock must not run behind it. Any thread. */
int64_t zw_store_newest_time(const zw_store_t *store);

/* Calls fn for every mark in order from `from` on. A negative return ends the walk and is returned; -ZW_E_CORRUPT for a damaged or
 * missing mark. */
typedef int (*zw_store_mark_fn)(void *ctx, uint64_t number, zw_str_t mark);
int zw_store_marks(zw_store_t *store, uint64_t from, zw_store_mark_fn fn, void *ctx);

/* Calls fn for the events from..to (inclusive) in order, in pages of short transactions. fn returns 0 to go on, 1 to stop
 * behind this event, negative to fail. *ret_next is the first seq not looked at. -ZW_E_TOO_OLD when `from` is older
 * than the oldest kept, -ZW_E_CORRUPT for one that is damaged or missing. */
typedef int (*zw_store_event_fn)(void *ctx, const zw_store_event_t *event);
int zw_store_events(zw_store_t *store, uint64_t from, uint64_t to, zw_store_event_fn fn, void *ctx, uint64_t *ret_next);

/* The first seq whose time is >= time_us; zw_store_next_seq when there is none. */
int zw_store_seek_time(zw_store_t *store, int64_t time_us, uint64_t *ret_seq);

/* Appends the article's record to `out`. -ZW_E_NOT_FOUND, -ZW_E_CORRUPT. */
int zw_store_article(zw_store_t *store, uint64_t number, zw_buf_t *out);

typedef struct zw_store_info {
    uint64_t articles, events, oldest_seq, newest_seq, quarantined;
    uint64_t oldest_article, oldest_mark; /* numbers; 0: none */
    uint64_t bytes_used, bytes_map; /* used: without the pages that are free for use again */
    uint64_t bytes_file, bytes_quarantine;
} zw_store_info_t;
int zw_store_info(zw_store_t *store, zw_store_info_t *ret);

/* How many rejects have gone since the opening because the quarantine is bounded. Any thread. */
uint64_t zw_store_quarantine_dropped(const zw_store_t *store);

/* Quarantine, oldest first; numbers ascend, with gaps. It is bounded: past quarantine_bytes the oldest go first. fn returns 0 to
 * go on, 1 to stop, negative to fail. */
typedef int (*zw_store_reject_fn)(void *ctx, uint64_t number, const zw_store_reject_t *reject);
int zw_store_quarantine(zw_store_t *store, zw_store_reject_fn fn, void *ctx);
/* The same, newest first, in one look at the store: fn must be quick. */
int zw_store_quarantine_newest(zw_store_t *store, zw_store_reject_fn fn, void *ctx);
/* One of them, to fn; -ZW_E_NOT_FOUND. */
int zw_store_quarantine_get(zw_store_t *store, uint64_t number, zw_store_reject_fn fn, void *ctx);
/* Removes one, durably; number 0: all that are there, in steps. Returns how many, or -ZW_E_NOT_FOUND, -errno. */
int zw_store_quarantine_drop(zw_store_t *store, uint64_t number);

/* What retention gives up: whatever is before these numbers (0: nothing). */
typedef struct zw_store_trim {
    uint64_t events_before, articles_before;
    uint64_t marks_before;  /* the start of the dedup window */
    size_t max_records;     /* of one step, 0: 1000; a step is one transaction and one sync */
} zw_store_trim_t;

/* Removes the oldest records, one step. The newest of each kind always stays. Returns how many it removed (0: done), or
 * an error as zw_store_commit does. */
int zw_store_trim(zw_store_t *store, const zw_store_trim_t *trim);

/* Writes a compact copy of the store, as it is at this moment, beside commits. The copy is a file that did not exist;
 * opened in its own directory under the name "zhiwen.mdb" it is a store. Synced when this returns; removed on failure.
 * Blocks for as long as the disk needs; the store's file may grow meanwhile. Any thread. */
int zw_store_backup(zw_store_t *store, const char *path);

/* Puts a compact copy in the place of the file, which gets as small as what it holds. The directory's store must not be open anywhere;
 * needs as much room again. Either the old file or the new one is there at any time. -ZW_E_LOCKED, -ZW_E_SCHEMA, -errno. */
int zw_store_compact(const char *dir);

/* Puts a copy of the store in `from` (a directory, as zw_store_backup's file stands in one) into `dir`, which must exist, have no store,
 * and belong to no running daemon: -EEXIST, -ZW_E_LOCKED. The copy is another log than the one that was backed up, which may have gone
 * on: it gets an instance of its own, and subscribers begin anew; but for `same_log`, when nothing came after the backup. */
int zw_store_restore(const char *from, const char *dir, bool same_log);

/* Records that the check under way has read so far. Any thread. */
uint64_t zw_store_checked(const zw_store_t *store);

/* Reads everything and verifies every checksum and the gapless numbering; tells `fn` each finding. Returns the number
 * of findings, or -errno. */
typedef void (*zw_store_finding_fn)(void *ctx, const char *finding);
int zw_store_check(zw_store_t *store, zw_store_finding_fn fn, void *ctx);

#endif
