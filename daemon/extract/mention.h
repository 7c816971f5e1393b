/* mention: the names, figures and times that a sentence speaks of, found once, before any rule runs.
 *
 * Purpose. One scan of the repaired text finds mentions of the classes below, leftmost and longest, never overlapping
 * (a mention may carry parts: the place inside an organisation's name). Rules see each mention as ONE character.
 * Threading. A zw_lexicon_t is immutable, shared. Scanning is pure. Ownership: all in the arena; strings borrow the text,
 * the lexicon or the arena. Time linear in the text.
 */
#ifndef ZW_MENTION_H
#define ZW_MENTION_H

#include "text/text.h"

typedef enum {
    ZW_M_REGION,  /* {REGION} 温州 浙江省 全市 我省 该县: value.region */
    ZW_M_GOV,     /* {GOV}    government organ, party or people's body: 温州市质监局 市政府 国家质检总局 */
    ZW_M_FIRM,    /* {FIRM}   company, factory, shop, institute, hospital, school: by form and suffix */
    ZW_M_ASSOC,   /* {ASSOC}  association, chamber, alliance */
    ZW_M_BODY,    /* {BODY}   领导小组 委员会 办公室 中心 实验室 联席会议: set up for a purpose */
    ZW_M_PERSON,  /* {PERSON} 支树平 */
    ZW_M_POST,    /* {POST}   局长 副市长 质量总监 (the post alone) */
    ZW_M_DOC,     /* {DOC}    《…》 that is a document, or a document's name without marks; span.without 《》 in `inner` */
    ZW_M_DOCNUM,  /* {DOCNUM} 浙政发〔2010〕12号 */
    ZW_M_STDNUM,  /* {STDNUM} GB/T 19001-2016 */
    ZW_M_TIME,    /* {TIME}   date or period: value.time */
    ZW_M_COUNT,   /* {COUNT}  number with a measure word, not money or per cent: 3616家 30多个 1.2万批次 */
    ZW_M_PERCENT, /* {PERCENT} 80%以上 近八成 过半 */
    ZW_M_MONEY,   /* {MONEY}  1.2亿元 */
    ZW_M_RANK,    /* {RANK}   全省第一 居全国第3位 */
    ZW_M_EDITION, /* {EDITION} 首届 第八届 第三批 */
    ZW_M_AWARD,   /* {AWARD}  浙江省政府质量奖 中国名牌产品 先进集体 */
    ZW_M_STATUS,  /* {STATUS} 中国驰名商标 国家免检产品 地理标志保护产品 全国质量强市示范城市 */
    ZW_M_CERT,    /* {CERT}   ISO9001质量管理体系认证 3C认证 */
    ZW_M_MEETING, /* {MEETING} 质量强市工作会议 颁奖大会 (the name) */
    ZW_M_INIT,    /* {INIT}   质量月活动 名牌培育工程 质量强省战略 专项资金 */
    ZW_M_AGREEMENT, /* {AGREEMENT} 大质量合作协议 备忘录 责任书 */
    ZW_M_NUMBER,  /* {NUMBER} a number without a measure word */
    ZW_M_CLASSES
} zw_mention_class_t;
extern const char *const ZW_MENTION_NAMES[ZW_M_CLASSES]; /* "REGION" … */

typedef enum { ZW_EQ, ZW_GE, ZW_LE, ZW_GT, ZW_LT, ZW_APPROX } zw_comparator_t;
extern const char *const ZW_COMPARATOR_NAMES[]; /* "eq" … */

typedef struct zw_quantity {
    double value;      /* in the basic unit (元, not 万元; per cent) */
    double value_max;  /* of a range; NAN when it is none */
    zw_str_t unit;     /* 家 元 % …; empty for a bare number */
    zw_comparator_t comparator;
} zw_quantity_t;

typedef struct zw_mention {
    zw_mention_class_t cls;
    zw_span_t span;      /* in the repaired text */
    zw_span_t inner;     /* without 《》 or “” around it; else equal to span */
    zw_str_t canonical;  /* the value as a fact states it (repaired text, EDTF for times, name as written) */
    zw_str_t identity;   /* normalised for ids: 浙江省质监局 = 浙江省质量技术监督局; empty: use canonical */
    uint32_t region;     /* of a region, or of the place inside the name; 0: none or unknown */
    bool region_by_context; /* region came from 我市/全省/市政府 and the like, not from a place's own name */
    bool approximate;    /* time: 近日 目前 (also shown by ~ in canonical) */
    bool vague;          /* time: a deictic that only points (目前, 截至目前, 今年以来), not an event's date */
    zw_quantity_t quantity; /* COUNT PERCENT MONEY NUMBER RANK */
    uint8_t level;       /* regions and organs: 0 nation 1 province 2 prefecture 3 county 4 township */
} zw_mention_t;

/* Names and grammars, read once at start from "rules/lexicon" of the data folder. */
typedef struct zw_lexicon zw_lexicon_t;
/* Returns 0, -errno, -ZW_E_DATA (with file:line in `message`, which has room for `size` bytes). */
int zw_lexicon_open(zw_lexicon_t **ret, char *message, size_t size);
void zw_lexicon_free(zw_lexicon_t *lexicon); /* takes NULL */
/* Content hash, so that the rules' version can include it. */
uint64_t zw_lexicon_hash(const zw_lexicon_t *lexicon);

/* What an article is about, gathered before the scan and kept for the article: lives in the arena. */
typedef struct zw_context {
    const zw_text_t *text;
    zw_str_t source;
    zw_str_t published;  /* EDTF of the anchor: published, else the last date of the text's own chain, else empty */
    int year, month, day; /* of the anchor; 0 where not known */
    uint32_t region;     /* the article's own place: dateline, source name, 我市 with the most named place …; 0 */
    struct zw_abbreviation { zw_str_t brief, full; zw_mention_class_t cls; uint32_t region; } *abbreviations; /* 以下简称 */
    size_t abbreviation_count;
    zw_str_t self;       /* the organ that writes (我局, 本局), when title or source name one; or empty */
    zw_str_t self_identity;
    uint32_t self_region;
} zw_context_t;

/* Gathers the context of an article. Returns 0 or -ENOMEM. */
int zw_context_make(const zw_lexicon_t *lexicon, const zw_text_t *text, zw_str_t source, zw_arena_t *arena,
                    zw_context_t *ret);

/* All mentions of the article's body lines (ZW_LINE_BODY and headings), in order. Times are resolved against the
 * context and against the times before them in the text (次年, 同年, 当月, 11月18日 after 2009年); places by what was
 * named before (全市, 该局). Returns 0 or -ENOMEM. */
int zw_mentions_scan(const zw_lexicon_t *lexicon, const zw_context_t *context, zw_arena_t *arena,
                     zw_mention_t **ret, size_t *ret_count);

/* Building blocks, also for normalising captured text. Each parses at the start of `s` and returns the bytes used, 0
 * when there is none. */
size_t zw_quantity_parse(zw_str_t s, zw_quantity_t *ret);
size_t zw_time_parse(const zw_context_t *context, zw_str_t s, zw_arena_t *arena, zw_str_t *ret_edtf);

/* The GB/T 2260 code of a place name standing alone (温州, 温州市, 浙江省温州市), in force in `year` (0: any);
 * 0: unknown or ambiguous without `within` (a code that it must lie in; 0: anywhere). */
uint32_t zw_region_find(const zw_lexicon_t *lexicon, zw_str_t name, int year, uint32_t within);

#endif
