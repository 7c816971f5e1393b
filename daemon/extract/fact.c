#include "extract/fact.h"

#include <math.h>
#include <msgpack.h>

const char *const ZW_MODALITY_NAMES[] = { "asserted", "planned", "required", "negated" };

const zw_value_t *zw_fact_slot(const zw_fact_t *fact, const char *name)
{
    for (size_t i = 0; i < fact->slot_count; i++)
        if (zw_str_eqz(fact->slots[i].name, name))
            return &fact->slots[i].value;
    return NULL;
}

static int buf_write(void *buf, const char *bytes, size_t n)
{
    return zw_buf_put(buf, bytes, n);
}

static void pack_str(msgpack_packer *pk, zw_str_t s)
{
    msgpack_pack_str(pk, s.n);
    msgpack_pack_str_body(pk, s.p, s.n);
}

static void pack_key(msgpack_packer *pk, const char *key)
{
    pack_str(pk, zw_strz(key));
}

static void pack_num(msgpack_packer *pk, double num)
{
    /* 2^53: the whole numbers that a double holds exactly */
    if (num == floor(num) && fabs(num) <= 9007199254740992.0)
        msgpack_pack_int64(pk, (int64_t)num);
    else
        msgpack_pack_double(pk, num);
}

static void pack_value(msgpack_packer *pk, const zw_value_t *value)
{
    switch (value->kind) {
    case ZW_V_NULL:
        msgpack_pack_nil(pk);
        break;
    case ZW_V_STR:
        pack_str(pk, value->str);
        break;
    case ZW_V_NUM:
        pack_num(pk, value->num);
        break;
    case ZW_V_BOOL:
        value->flag ? msgpack_pack_true(pk) : msgpack_pack_false(pk);
        break;
    case ZW_V_LIST:
        msgpack_pack_array(pk, value->list.n);
        for (size_t i = 0; i < value->list.n; i++)
            pack_value(pk, &value->list.items[i]);
        break;
    case ZW_V_MAP:
        msgpack_pack_map(pk, value->map.n);
        for (size_t i = 0; i < value->map.n; i++) {
            pack_str(pk, value->map.slots[i].name);
            pack_value(pk, &value->map.slots[i].value);
        }
        break;
    }
}

static void pack_span(msgpack_packer *pk, zw_span_t span)
{
    pack_key(pk, "start");
    msgpack_pack_uint32(pk, span.start);
    pack_key(pk, "end");
    msgpack_pack_uint32(pk, span.end);
}

static void pack_id(msgpack_packer *pk, const uint8_t *id)
{
    static const char DIGITS[] = "0123456789abcdef";
    char hex[32];
    for (size_t i = 0; i < 16; i++) {
        hex[2 * i] = DIGITS[id[i] >> 4];
        hex[2 * i + 1] = DIGITS[id[i] & 15];
    }
    pack_str(pk, zw_str(hex, sizeof(hex)));
}

static void pack_region(msgpack_packer *pk, uint32_t region)
{
    char code[7];
    if (region == 0 || region > 999999) {
        msgpack_pack_nil(pk);
        return;
    }
    for (int i = 5; i >= 0; i--, region /= 10)
        code[i] = (char)('0' + region % 10);
    pack_str(pk, zw_str(code, 6));
}

void zw_fact_encode(const zw_fact_t *fact, zw_buf_t *out)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, out, buf_write);
    msgpack_pack_map(&pk, 9 + fact->slot_count);
    pack_key(&pk, "type");
    pack_str(&pk, fact->type);
    pack_key(&pk, "id");
    pack_id(&pk, fact->id);
    pack_key(&pk, "time");
    fact->time.n ? pack_str(&pk, fact->time) : (void)msgpack_pack_nil(&pk);
    pack_key(&pk, "region");
    pack_region(&pk, fact->region);
    pack_key(&pk, "modality");
    pack_key(&pk, ZW_MODALITY_NAMES[fact->modality]);
    pack_key(&pk, "confidence");
    msgpack_pack_double(&pk, fact->confidence);
    pack_key(&pk, "span");
    msgpack_pack_map(&pk, 3);
    pack_span(&pk, fact->src);
    pack_key(&pk, "quote");
    pack_str(&pk, fact->quote);
    pack_key(&pk, "also");
    msgpack_pack_array(&pk, fact->also_count);
    for (size_t i = 0; i < fact->also_count; i++) {
        msgpack_pack_map(&pk, 2);
        pack_span(&pk, fact->also[i]);
    }
    pack_key(&pk, "rule");
    pack_str(&pk, fact->rule);
    for (size_t i = 0; i < fact->slot_count; i++) {
        pack_str(&pk, fact->slots[i].name);
        pack_value(&pk, &fact->slots[i].value);
    }
}
