/* The layer of posts and persons. Precision first: a name needs a sign beside it: a post, a verb of saying, 男/女, or a
 * person named before. */
#include "extract/mention_scan.h"

/* How sure what stands behind a name makes us of its end. */
enum { NO_END, WEAK_END, END };

static int end_after(const zw_scan_t *scan, uint32_t end)
{
    const zw_chars_t *s = &scan->s;
    if (end >= s->n || (!zw_is_han(s->cp[end]) && s->cp[end] != 0xB7))
        return END;
    if (scan->atom[end] >= 0)
        return WEAK_END;
    const zw_hit_t *h = zw_scan_hit(scan, end, ZW_BIT(ZW_L_SAY) | ZW_BIT(ZW_L_STOP) | ZW_BIT(ZW_L_POST));
    if (!h)
        return NO_END;
    return h->end - h->start >= 2 ? END : WEAK_END;
}

static bool in_given_stop(const zw_scan_t *scan, uint32_t start, uint32_t n, bool beside_post)
{
    for (uint32_t k = scan->hit_from[start]; k < scan->hit_from[start + 1]; k++) {
        const zw_hit_t *h = &scan->hits[k];
        uint32_t length = h->end - h->start;
        if (length < 2)
            continue;
        for (uint32_t e = h->first; e; e = zw_lex_entry(scan->lex, e)->next) {
            const zw_lex_entry_t *sense = zw_lex_entry(scan->lex, e);
            if (sense->kind == ZW_L_NOT_NAME &&
                (sense->value == 0 ? length <= n || !beside_post : length == n && !beside_post))
                return true;
            if ((sense->kind == ZW_L_REGION || sense->kind == ZW_L_REGION_SHORT) && length >= 2 && length >= n - 1)
                return true;
            if (length >= n && sense->kind != ZW_L_NOT_NAME && sense->kind != ZW_L_SURNAME && sense->kind != ZW_L_REGION_WEAK &&
                sense->kind != ZW_L_SAY && sense->kind != ZW_L_STOP)
                return true;
        }
    }
    return false;
}

/* Words that a given name would tear apart, or that are no part of one. */
static bool given_is_clean(const zw_scan_t *scan, uint32_t start, uint32_t from, uint32_t end)
{
    static const char *const never[] = { "说", "的", "了", "在", "与", "对", "将", "被", "们", "就", "还", "都", "是", "这", "那", "很",
                                         "您", "他", "她", "它", "市", "省", "县", "区", "局", "厅", "委", "等", "称", "从", "由", "及",
                                         "获", "把", "给", "使" };
    for (uint32_t k = from; k < end; k++) {
        if (!zw_is_han(scan->s.cp[k]) || scan->atom[k] >= 0 || ZW_CHARS_ANY(&scan->s, k, never, NULL))
            return false;
        const zw_hit_t *post = zw_scan_hit(scan, k, ZW_BIT(ZW_L_POST));
        if (post && post->end >= end)
            return false; /* 任组长 */
        if (k + 1 == end && (zw_chars_at(&scan->s, k, "手中") || zw_chars_at(&scan->s, k, "手里")))
            return false; /* 从杨军手中 */
        const zw_hit_t *h = zw_scan_hit(scan, k, ZW_BIT(ZW_L_WORD) | ZW_BIT(ZW_L_STOP) | ZW_BIT(ZW_L_SAY) | ZW_BIT(ZW_L_POST) |
                                                     ZW_BIT(ZW_L_REGION) | ZW_BIT(ZW_L_UNIT));
        if (h && h->end > end && h->end - h->start >= 2)
            return false; /* 强调 torn at 强 */
    }
    return start < from;
}

static uint32_t surname_at(const zw_scan_t *scan, uint32_t i, zw_surname_t *ret)
{
    uint32_t best = 0;
    for (uint32_t k = scan->hit_from[i]; k < scan->hit_from[i + 1]; k++) {
        const zw_hit_t *h = &scan->hits[k];
        if (!zw_hit_has(h, ZW_L_SURNAME) || h->end - i < best)
            continue;
        for (uint32_t e = h->first; e; e = zw_lex_entry(scan->lex, e)->next) {
            if (zw_lex_entry(scan->lex, e)->kind != ZW_L_SURNAME)
                continue;
            best = h->end - i;
            *ret = (zw_surname_t)zw_lex_entry(scan->lex, e)->value;
        }
    }
    return best;
}

/* 买买提江·阿布都, 乌云其木格: to the next mark or verb. */
static uint32_t minority_name(const zw_scan_t *scan, uint32_t i)
{
    uint32_t k = i, dots = 0;
    for (; k < scan->s.n && k - i < 14; k++) {
        uint32_t cp = scan->s.cp[k];
        if (cp == 0xB7 || cp == 0x2022 || cp == 0x30FB) {
            dots++;
            continue;
        }
        static const char *const ends[] = { "说", "在", "对", "与", "和", "等", "获", "为" };
        if (!zw_is_han(cp) || (k - i >= 3 && end_after(scan, k) == END) || (k - i >= 3 && ZW_CHARS_ANY(&scan->s, k, ends, NULL)))
            break;
    }
    uint32_t n = k - i;
    return n >= 3 && (dots || n <= 7) && end_after(scan, k) != NO_END ? n : 0;
}

/* 才仁扎西|指出: behind a post, a name of two parts in the characters by which Tibetan, Mongolian and Uyghur names are
 * written. Idioms stand there, too (开门见山地指出). */
static uint32_t transcribed_name(const zw_scan_t *scan, uint32_t i)
{
    enum { MIN = 4, MAX = 7 };
    static const char sounds[] = "扎西才仁让次卓玛多吉旺久尼格桑罗布措姆达瓦平加巴图乌云其木那顺苏日娜阿不都热依买提江古丽艾力拉沙克孜尔汗别努塔吾斯哈合麦迪米帕吐"
                                 "逊伊萨如则曼朵索南德央金贡觉群培强曲珍边丹增洛单顿珠嘎本占堆朝鲁宝音雅斯琴毕特根莫满和";
    uint32_t k = i, cp;
    for (; k < scan->s.n && k - i <= MAX; k++) {
        bool sound = false;
        for (const char *p = sounds, *end = sounds + sizeof(sounds) - 1; p < end && !sound;) {
            p += zw_utf8_decode(p, end, &cp);
            sound = cp == scan->s.cp[k];
        }
        if (!sound)
            break;
    }
    return k - i >= MIN && k - i <= MAX && end_after(scan, k) == END ? k - i : 0;
}

/* The person's name at `i`: its characters, 0 for none. `strength`: how sure the sign is; with 2 a name may go without
 * an end. */
static uint32_t name_at(const zw_scan_t *scan, uint32_t i, int strength)
{
    if (i >= scan->s.n || !zw_is_han(scan->s.cp[i]) || scan->atom[i] >= 0)
        return 0;
    if (strength == 2) { /* 阿不都热依木·买买提 */
        for (uint32_t k = i + 1; k < scan->s.n && k - i <= 7 && (zw_is_han(scan->s.cp[k]) || scan->s.cp[k] == 0xB7); k++)
            if (scan->s.cp[k] == 0xB7 && k - i >= 2)
                return minority_name(scan, i);
    }
    zw_surname_t use = ZW_SURNAME_RARE;
    uint32_t n = surname_at(scan, i, &use);
    if (!n)
        return strength == 2 ? transcribed_name(scan, i) : 0;
    if (use == ZW_SURNAME_MINORITY && n >= 2) {
        uint32_t m = strength == 2 ? minority_name(scan, i) : 0;
        if (m)
            return m;
    }
    if (n >= 2 && use != ZW_SURNAME_COMPOUND)
        n = 1;
    bool beside_post = strength == 2;
    bool long_ok = i + n + 2 <= scan->s.n && given_is_clean(scan, i, i + n, i + n + 2) &&
                   !in_given_stop(scan, i, n + 2, beside_post);
    bool short_ok = i + n + 1 <= scan->s.n && given_is_clean(scan, i, i + n, i + n + 1) &&
                    !in_given_stop(scan, i, n + 1, beside_post);
    int long_end = long_ok ? end_after(scan, i + n + 2) : NO_END, short_end = short_ok ? end_after(scan, i + n + 1) : NO_END;
    if (use == ZW_SURNAME_RARE && strength < 2)
        short_ok = false;
    if (long_ok && long_end == END && !(short_ok && short_end == END && n == 2))
        return n + 2;
    if (short_ok && short_end == END)
        return n + 1;
    if (long_ok && long_end == WEAK_END)
        return n + 2;
    if (short_ok && short_end == WEAK_END && use != ZW_SURNAME_RARE)
        return n + 1;
    if (long_ok && strength == 2 && use != ZW_SURNAME_RARE)
        return n + 2;
    return strength == 2 && use == ZW_SURNAME_RARE ? transcribed_name(scan, i) : 0;
}

static void add_person(zw_scan_t *scan, uint32_t start, uint32_t end, bool journalist)
{
    zw_found_t *f = zw_found_add(scan, ZW_M_PERSON, start, end);
    if (!f)
        return;
    f->weight = 7;
    f->dropped = journalist;
    if (journalist)
        return;
    scan->ends[end] = (int32_t)scan->count - 1;
    zw_str_t name = zw_arena_str(scan->a->arena, zw_scan_str(scan, start, end));
    zw_known_add(scan->a, name, ZW_M_PERSON, name, (zw_str_t){ 0 }, 0);
}

static bool bounded(const zw_scan_t *scan, uint32_t i)
{
    return i == 0 || !zw_is_han(scan->s.cp[i - 1]) || scan->stop[i] || scan->atom[i - 1] >= 0;
}

/* 任命, 免去 before a name. */
static bool appointed_at(const zw_scan_t *scan, uint32_t i)
{
    static const char *const verbs[] = { "任命", "选举", "推选", "聘任", "聘请", "免去", "免去了", "任命了", "提名", "增选", "补选", "选举了" };
    return ZW_CHARS_ANY_BEFORE(&scan->s, i, verbs);
}

/* 许志坚局长: the name that ends right before a post. */
static void name_before(zw_scan_t *scan, uint32_t post, uint32_t post_end)
{
    if (post < 2 || scan->ends[post] >= 0 || end_after(scan, post_end) == NO_END)
        return;
    for (uint32_t n = 4; n >= 2; n--) {
        zw_surname_t use = ZW_SURNAME_RARE;
        if (n > post || !bounded(scan, post - n) || (appointed_at(scan, post - n) && zw_chars_before(&scan->s, post, "为")))
            continue; /* 任命张华|为局长 */
        uint32_t m = surname_at(scan, post - n, &use);
        bool fits = (n == 4 && m == 2 && use == ZW_SURNAME_COMPOUND) || (n < 4 && m >= 1 && use == ZW_SURNAME_COMMON);
        if (fits && !in_given_stop(scan, post - n, n, false) && given_is_clean(scan, post - n, post - n + (n == 4 ? 2 : 1), post)) {
            add_person(scan, post - n, post, false);
            return;
        }
    }
}

static uint32_t skip_blank(const zw_scan_t *scan, uint32_t i)
{
    while (zw_char(&scan->s, i) == ' ')
        i++;
    return i;
}

/* 甲、乙和丙 behind a person. */
static void more_persons(zw_scan_t *scan, uint32_t end)
{
    for (int k = 0; k < 12; k++) {
        uint32_t cp = zw_char(&scan->s, end);
        if (cp != 0x3001 && cp != 0x548C && cp != 0x4E0E) /* 、 和 与 */
            return;
        uint32_t n = name_at(scan, end + 1, 1);
        if (!n || (cp != 0x3001 && end_after(scan, end + 1 + n) != END))
            return;
        add_person(scan, end + 1, end + 1 + n, false);
        end += 1 + n;
    }
}

static bool post_goes_on(const zw_scan_t *scan, uint32_t end)
{
    static const char *const tails[] = { "质量奖", "质量管理奖", "会议", "单位", "热线", "信箱", "办公会", "接待日", "团", "性", "作",
                                         "室", "组", "库", "制", "资格", "职称", "站" };
    return ZW_CHARS_ANY(&scan->s, end, tails, NULL) > 0;
}

/* 法人 of 执法人员, 署长 of 签署长三角协议. */
static bool torn_from_word(const zw_scan_t *scan, const zw_hit_t *h)
{
    for (uint32_t from = h->start > 3 ? h->start - 3 : 0; from <= h->start; from++) {
        const zw_hit_t *w = zw_scan_hit(scan, from, ZW_BIT(ZW_L_WORD));
        if (w && w->end > h->start && (from < h->start || w->end > h->end))
            return true;
        const zw_hit_t *verb = zw_scan_hit(scan, from, ZW_BIT(ZW_L_STOP));
        if (verb && from < h->start && verb->end > h->start && verb->end < h->end)
            return true;
    }
    return false;
}

static void post_at(zw_scan_t *scan, const zw_hit_t *h)
{
    static const char *const press[] = { "记者", "本报记者", "本刊记者", "本网记者", "通讯员", "编辑", "实习生", "摄影" };
    if (scan->atom[h->start] >= 0 || post_goes_on(scan, h->end) || ZW_CHARS_ANY(&scan->s, h->start, press, NULL) ||
        torn_from_word(scan, h))
        return;
    zw_found_t *f = zw_found_add(scan, ZW_M_POST, h->start, h->end);
    if (!f)
        return;
    f->weight = 2;
    uint32_t i = skip_blank(scan, h->end), n = name_at(scan, i, 2);
    if (n) {
        scan->found[scan->count - 1].weight = 8; /* 首席技师 before a name is a post, elsewhere an honour */
        add_person(scan, i, i + n, false);
        more_persons(scan, i + n);
    } else {
        name_before(scan, h->start, h->end);
    }
}

/* (记者 郭敏 通讯员 覃芸): journalists are shielded and left out. */
static bool journalist_at(zw_scan_t *scan, uint32_t i)
{
    static const char *const roles[] = { "记者", "本报通讯员", "本网记者", "通讯员", "实习生", "特约记者", "本报记者", "本刊记者", "编辑", "摄影", "报道员", "见习记者",
                                         "特派记者" };
    uint32_t n = ZW_CHARS_ANY(&scan->s, i, roles, NULL);
    if (!n)
        return false;
    uint32_t before = i ? scan->s.cp[i - 1] : 0;
    uint32_t k = skip_blank(scan, i + n);
    if (before != '(' && before != ' ' && before != 0 && before != 0x3014 && k == i + n)
        return false;
    for (int round = 0; round < 8; round++) {
        uint32_t m = name_at(scan, k, 2);
        if (m)
            add_person(scan, k, k + m, true);
        k = skip_blank(scan, k + m);
        uint32_t role = ZW_CHARS_ANY(&scan->s, k, roles, NULL);
        if (!m && !role)
            break;
        k = skip_blank(scan, k + role);
        if (zw_char(&scan->s, k) == 0x3001)
            k++;
    }
    return true;
}

/* 村民王德贵说: people without a post who are asked. */
static bool everyman_before(const zw_scan_t *scan, uint32_t i)
{
    static const char *const people[] = { "农户", "村民", "果农", "农民", "茶农", "菜农", "种植户", "养殖户", "大户", "社员", "市民", "居民", "消费者",
                                          "工人", "职工", "员工", "老人", "支书", "店主", "老板", "摊主", "匠", "师傅", "游客", "车主", "司机",
                                          "学生", "家长", "业主", "住户", "顾客", "商户", "传人", "负责人", "牧民", "渔民", "队员" };
    return ZW_CHARS_ANY_BEFORE(&scan->s, i, people);
}

/* 陈婉玲告诉记者 at the head of a clause. */
static void sayer_at(zw_scan_t *scan, uint32_t i)
{
    static const char *const verbs[] = { "指出", "强调", "表示", "介绍", "认为", "要求", "呼吁", "透露", "告诉", "坦言", "直言", "回忆",
                                         "补充", "解释", "提醒", "说", "感慨", "回应", "否认", "证实", "建议", "分析", "在致辞中", "在讲话中",
                                         "在会上", "在接受", "代表", "当选", "同志", "出任", "担任", "兼任", "主持", "出席", "致辞", "致词", "点评",
                                         "坦率", "直白", "接过", "告诫", "笑着", "被任命", "被聘", "被推选", "被选", "被免", "获任", "获聘",
                                         "升任", "转任", "调任", "就任", "接任", "履新", "卸任", "辞去" };
    zw_surname_t use = ZW_SURNAME_RARE;
    uint32_t m = surname_at(scan, i, &use), before = i ? scan->s.cp[i - 1] : 0; /* the surname first: few characters are one */
    if (!m || (use != ZW_SURNAME_COMMON && use != ZW_SURNAME_COMPOUND) || before == 0x3001 || zw_is_ascii_alnum(before))
        return;
    static const char *const holds[] = { "担任", "兼任", "出任" };
    bool appointed = appointed_at(scan, i) || (zw_chars_before(&scan->s, i, "由") && (ZW_CHARS_ANY(&scan->s, i + 2, holds, NULL) ||
                                                                                        ZW_CHARS_ANY(&scan->s, i + 3, holds, NULL)));
    if (i && zw_is_han(before) && !appointed && !everyman_before(scan, i))
        return;
    static const char *const offices[] = { "为", "的", "任", "同志", "担任", "兼任", "出任" }; /* 任命张华为局长, 免去刘强的局长职务 */
    uint32_t given = (use == ZW_SURNAME_COMPOUND ? m : 1), n = given + 2;
    bool sign = ZW_CHARS_ANY(&scan->s, i + n, verbs, NULL) || (appointed && ZW_CHARS_ANY(&scan->s, i + n, offices, NULL));
    if (!sign && appointed && ZW_CHARS_ANY(&scan->s, i + given + 1, offices, NULL)) {
        n = given + 1;
        sign = true;
    }
    if (i + n >= scan->s.n || !sign)
        return;
    if (in_given_stop(scan, i, n, false) || !given_is_clean(scan, i, i + given, i + n))
        return;
    /* no word inside; a given name may be one (建国) */
    for (uint32_t k = i; k + 1 < i + n; k++) {
        uint32_t words = ZW_BIT(ZW_L_WORD) | ZW_BIT(ZW_L_NOT_NAME) | ZW_BIT(ZW_L_REGION) | ZW_BIT(ZW_L_REGION_SHORT);
        const zw_hit_t *h = zw_scan_hit(scan, k, ~(ZW_BIT(ZW_L_SURNAME) | ZW_BIT(ZW_L_REGION_WEAK) | (k > i ? words : 0)));
        if (h && h->end - h->start >= 2)
            return;
    }
    add_person(scan, i, i + n, false);
}

/* (淄博市质监局局长) */
static bool post_in_brackets(const zw_scan_t *scan, uint32_t open)
{
    enum { REACH = 30 };
    for (uint32_t k = open + 1; k < scan->s.n && k - open < REACH && scan->s.cp[k] != ')'; k++) {
        const zw_hit_t *post = zw_scan_hit(scan, k, ZW_BIT(ZW_L_POST));
        if (post && zw_char(&scan->s, post->end) == ')' && k > open + 2)
            return true;
    }
    return false;
}

/* 王乐芹(女), 于海田(某局局长) */
static void marked_at(zw_scan_t *scan, uint32_t i)
{
    if (scan->s.cp[i] != '(')
        return;
    if (!zw_chars_at(&scan->s, i, "(女") && !zw_chars_at(&scan->s, i, "(男") && !post_in_brackets(scan, i))
        return;
    for (uint32_t n = 3; n >= 2 && n <= i; n--) {
        zw_surname_t use;
        if (surname_at(scan, i - n, &use) && (bounded(scan, i - n) || scan->ends[i - n] >= 0) &&
            !in_given_stop(scan, i - n, n, true)) {
            add_person(scan, i - n, i, false);
            return;
        }
    }
}

void zw_scan_persons(zw_scan_t *scan)
{
    for (uint32_t i = 0; i < scan->s.n; i++) {
        if (journalist_at(scan, i))
            continue;
        const zw_hit_t *h = zw_scan_hit(scan, i, ZW_BIT(ZW_L_POST));
        if (h) {
            uint32_t count = scan->count;
            post_at(scan, h);
            if (scan->count > count)
                i = h->end - 1;
            continue;
        }
        sayer_at(scan, i);
        marked_at(scan, i);
    }
}
