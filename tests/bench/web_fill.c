/* web_fill FACTS DIR: a store of zhiwen-web with so many made-up facts, put in as events of a log are, ten to an article; prints how fast.
 * The same numbers every time. */
#include "store.h"
#include "zw_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum { PER_ARTICLE = 10, PER_COMMIT = 5000 };

static const char *const TYPES[] = { "indicator", "indicator", "indicator", "award", "policy_document", "meeting", "inspection", "statement", "designation", "standard" };
static const char *const MEASURES[] = { "产品质量合格率", "主要农产品抽检合格率", "通过ISO9001质量管理体系认证的企业", "重点产品采标率", "中国名牌产品", "顾客满意度", "制造业质量竞争力指数" };
static const char *const OUTLETS[] = { "温州日报", "浙江在线", "中国质量报", "新华网", "临江新闻网", "德清新闻", "人民网", "市场监管报" };
static const char *const WORDS[] = { "质量", "提升", "行动", "企业", "标准", "品牌", "监管", "检测", "认证", "奖励", "抽查", "合格", "会议", "工作", "召开", "评审", "管理", "办法", "计量", "食品", "安全", "特种", "设备", "服务" };
static const char *const MODALITIES_OF[] = { "asserted", "asserted", "asserted", "asserted", "planned", "required", "negated" };
#define PICK(list) list[next() % (sizeof list / sizeof *list)]

static uint64_t state = 1;

static uint64_t next(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

static void put(zw_buf_t *out, const char *key, const char *value)
{
    zw_mp_key(out, key);
    zw_mp_str(out, zw_strz(value));
}

static void sentence(char *out, size_t size, const char *place)
{
    size_t n = (size_t)snprintf(out, size, "%s", place);
    for (int k = 0; k < 14 && n < size - 8; k++)
        n += (size_t)snprintf(out + n, size - n, "%s", PICK(WORDS));
}

static void make_fact(zw_buf_t *out, uint64_t number, const region_t *region)
{
    char id[33], quote[256], time[16], name[128];
    const char *type = PICK(TYPES);
    bool indicator = strcmp(type, "indicator") == 0;
    (void)snprintf(id, sizeof id, "%032llx", (unsigned long long)number);
    (void)snprintf(time, sizeof time, next() % 2 ? "%d" : "%d-%02d", 2000 + (int)(next() % 25), 1 + (int)(next() % 12));
    sentence(quote, sizeof quote, region->name);
    (void)snprintf(name, sizeof name, "%s%s%s%llu", region->name, PICK(WORDS), PICK(WORDS), (unsigned long long)(number % 5000));
    zw_buf_clear(out);
    zw_mp_map(out, indicator ? 11 : 8);
    put(out, "type", type);
    put(out, "id", id);
    put(out, "time", time);
    put(out, "region", region->code);
    put(out, "modality", PICK(MODALITIES_OF));
    zw_mp_key(out, "confidence");
    zw_mp_double(out, 0.5 + (double)(next() % 50) / 100);
    zw_mp_key(out, "span");
    zw_mp_map(out, 3);
    zw_mp_key(out, "start");
    zw_mp_uint(out, 10);
    zw_mp_key(out, "end");
    zw_mp_uint(out, 90);
    put(out, "quote", quote);
    put(out, indicator ? "subject" : strcmp(type, "award") == 0 ? "recipient" : "name", name);
    if (!indicator)
        return;
    put(out, "measure", PICK(MEASURES));
    zw_mp_key(out, "value");
    zw_mp_uint(out, next() % 1000);
    put(out, "unit", "%");
}

static void make_article(zw_buf_t *out, uint64_t number)
{
    char id[24], title[256];
    (void)snprintf(id, sizeof id, "a-%llu", (unsigned long long)number);
    sentence(title, sizeof title, "");
    zw_buf_clear(out);
    zw_mp_map(out, 4);
    zw_mp_key(out, "number");
    zw_mp_uint(out, number);
    put(out, "id", id);
    put(out, "source", PICK(OUTLETS));
    put(out, "title", title);
}

static int apply(store_t *store, const char *event, uint64_t seq, zw_str_t fact, zw_str_t article)
{
    change_t change;
    const zw_item_t item = { .seq = seq, .event = event, .time_us = 1700000000000000 + (int64_t)seq * 1000, .support = 1, .fact = fact, .article = article, .replayed = true };
    return store_apply(store, &item, false, &change);
}

static int fill(store_t *store, const places_t *places, uint64_t facts)
{
    zw_buf_t _cleanup_buf_ fact = { 0 }, article = { 0 };
    size_t regions;
    const region_t *all = places_all(places, &regions);
    uint64_t seq = store_position(store);
    int r = 0;
    for (uint64_t k = 0; k < facts && r == 0; k++) {
        if (k % PER_ARTICLE == 0) {
            make_article(&article, k / PER_ARTICLE + 1);
            r = apply(store, "article", ++seq, (zw_str_t){ 0 }, zw_buf_str(&article));
        }
        make_fact(&fact, k + 1, &all[next() % regions]);
        if (r == 0)
            r = apply(store, "fact", ++seq, zw_buf_str(&fact), zw_buf_str(&article));
        if (r == 0 && (k + 1) % PER_COMMIT == 0)
            r = store_commit(store, seq);
    }
    return r < 0 ? r : store_commit(store, seq);
}

int main(int argc, char **argv)
{
    zw_text_tables_t *tables = NULL;
    store_t *store = NULL;
    struct timespec began, ended;
    char path[4096];
    if (argc != 3)
        return (void)fprintf(stderr, "usage: web_fill FACTS DIR\n"), 2;
    places_t *places = places_load();
    (void)mkdir(argv[2], 0700);
    (void)snprintf(path, sizeof path, "%s/facts.db", argv[2]);
    int r = places ? zw_text_tables_open(&tables) : -1;
    if (r == 0)
        r = store_open(path, tables, places, &store);
    uint64_t facts = strtoull(argv[1], NULL, 10);
    (void)clock_gettime(CLOCK_MONOTONIC, &began);
    if (r == 0)
        r = fill(store, places, facts);
    (void)clock_gettime(CLOCK_MONOTONIC, &ended);
    double s = (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
    if (r == 0)
        (void)printf("%llu facts in %.0f s, %.0f a second, %.0f MB\n", (unsigned long long)facts, s, (double)facts / s, (double)store_bytes(store) / 1e6);
    else
        (void)fprintf(stderr, "web_fill: %s\n", store_error(store));
    store_close(store);
    zw_text_tables_free(tables);
    places_free(places);
    return r < 0;
}
