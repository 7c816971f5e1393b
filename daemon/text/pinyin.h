/* pinyin: undoing bytewise annotations. Internal to text; shared by pinyin.c and pinyin_search.c.
 *
 * The damage. A search and replace over GBK *bytes* has put "(reading)" behind every pair of bytes that is a character
 * of its list, also behind pairs that straddle two characters. So the damaged bytes are the true bytes with
 * annotations put between them, and an annotation behind bytes x y is true to form if x y, as one GBK character, may
 * be read so. Decoding then lost step at each torn character: its first byte swallowed the '(' and shows as '?'.
 *
 * The inversion. Read the text back into bytes and go through them, knowing whether the next true byte begins a
 * character (in step) or ends one, and the last two true bytes. Whole annotations are dropped on the way. At a '?'
 * the bytes are unknown, but the annotation behind it names them: (last byte, unknown byte) must be a character with
 * that reading. Where several fit, all are followed side by side (pinyin_search.c) until they are in step again; the
 * least unlikely Chinese wins.
 */
#ifndef ZW_TEXT_PINYIN_H
#define ZW_TEXT_PINYIN_H

#include <sys/types.h>

#include "text/stage.h"

/* What the article itself says about characters, from its undamaged places. */
typedef struct zw_evidence {
    uint16_t *seen;      /* [ZW_DBCS_CODES] occurrences without an annotation */
    uint16_t *annotated; /* [ZW_DBCS_CODES] occurrences with one that fits */
    uint64_t *pairs;     /* hash set of two and three neighbouring characters (code << 16 | code), 0 empty */
    size_t pair_mask;
    size_t total;        /* characters counted in `seen` and `annotated` */
    uint32_t strict, loose; /* annotations with the right tone; with another or none */
    uint32_t commas;        /* ASCII commas */
    bool trad;              /* the article is in traditional script */
} zw_evidence_t;

typedef struct zw_pinyin {
    zw_repair_t *r;
    const zw_text_tables_t *t;
    const zw_unit_t *in;
    size_t n;
    zw_evidence_t evidence;
    zw_unit_t *out;
    size_t out_n, out_cap;
    struct zw_pinyin_node *nodes; /* scratch of the search */
    size_t node_cap;
    unsigned open;      /* zw_judge_open at the place searched */
    uint16_t *common;   /* the characters worth trying where neither byte is known; made when first needed */
    size_t common_n;    /* their numbers in GBK */
    int64_t budget;     /* characters that the searches may still weigh, so that they take linear time together */
} zw_pinyin_t;

/* A reading at in[i]: its length in units, 0 if none; its syllable (any tone of it if it has no tone mark). */
typedef struct zw_reading {
    size_t n;
    uint16_t syllable;
    bool toned;
} zw_reading_t;
zw_reading_t zw_pinyin_reading(const zw_pinyin_t *s, size_t i);

/* The bytes in GBK of in[i]; returns how many, 0 if it has none. *ret_other: the ASCII character that may have stood
 * here instead (full-width forms), else 0. */
unsigned zw_pinyin_bytes(const zw_pinyin_t *s, size_t i, uint8_t ret[2], uint8_t *ret_other);

static inline bool zw_pinyin_is_lost(uint32_t cp)
{
    return cp == '?' || cp == 0xFFFD;
}
/* The same, or a '?' that somebody has put into full width, before "reading)". */
static inline bool zw_pinyin_may_be_lost(uint32_t cp)
{
    return zw_pinyin_is_lost(cp) || cp == 0xFF1F;
}
static inline bool zw_pinyin_opens(uint32_t cp)
{
    return cp == '(' || cp == 0xFF08;
}
static inline bool zw_pinyin_closes(uint32_t cp)
{
    return cp == ')' || cp == 0xFF09;
}

/* Whether these neighbours (two or three, GBK, the last lowest) stand so in an undamaged place of the article. */
bool zw_pinyin_run_seen(const zw_evidence_t *e, uint64_t run);

/* ---- pinyin_judge.c: how well a character goes on from those before it. All costs are quarters of a bit. */

/* What is known of the text so far: its last four characters, simplified, 16 bits each, 0 for anything but Chinese;
 * and how much cheaper its best division into words is that ends one, two, three characters earlier. */
typedef struct zw_sense {
    uint64_t last;
    int16_t back[3];
    uint16_t prev, before; /* the last two characters as they stand, lead << 8 | trail; or one of ASCII; 0 none */
    uint16_t face;         /* the last one as print has it: simplified, punctuation in full width; 0 for anything else */
} zw_sense_t;

/* The cost of `code` behind `m`, and (in *m) the text with it. `code` below 0x80 is ASCII; 0 stands for the rest. */
int zw_judge_add(const zw_pinyin_t *s, zw_sense_t *m, uint16_t code);

/* The same cost, of the i-th character of GBK, which is `code`. */
int zw_judge_cost(const zw_pinyin_t *s, const zw_sense_t *m, uint16_t code, uint32_t i);

/* How unlikely it is that the annotator has this character on its list: it puts a reading behind each occurrence. */
int zw_judge_unlisted(const zw_pinyin_t *s, uint16_t code);

/* Whether this character (the i-th of GBK) is common enough to be guessed, here or in print; or `common` in truth. */
bool zw_judge_guessable(const zw_pinyin_t *s, uint32_t i, bool common);

/* Which brackets and quotation marks are open at the end of s->out, one bit a kind. */
unsigned zw_judge_open(const zw_pinyin_t *s);

/* How unlikely it is that this character stands here without a reading. */
int zw_judge_bare(const zw_pinyin_t *s, uint16_t code);

/* How unlikely this character is before an ASCII character that was swallowed or torn off, `next`: '0' any figure, '\n', ','. */
int zw_judge_before(const zw_pinyin_t *s, uint32_t cp, uint32_t next);

/* The two-byte punctuation of running text. */
bool zw_judge_is_mark(uint32_t cp);

/* Resolves the torn place that begins at in[at], behind the true bytes `last` (lead, trail of a whole character).
 * Appends what it found to s->out. Returns the index behind it, `at` if nothing is torn there, or -ENOMEM. */
ssize_t zw_pinyin_search(zw_pinyin_t *s, size_t at, const uint8_t last[2]);

#endif
