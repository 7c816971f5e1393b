#include "columns.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <xxhash.h>

const char *const MODALITY_NAMES[MODALITIES] = { "asserted", "planned", "required", "negated" };

typedef struct names {
    char **list; /* [0] is "" */
    size_t count, capacity;
    uint32_t *slots; /* open addressing; 0: free */
    size_t slot_count;
} names_t;

struct columns {
    pthread_rwlock_t lock;
    row_t *rows;
    size_t count, capacity, gone;
    names_t names[NAME_KINDS];
};

static int names_grow(names_t *n)
{
    if (n->count == n->capacity) {
        size_t capacity = n->capacity ? n->capacity * 2 : 64;
        char **list = realloc(n->list, capacity * sizeof *list);
        if (!list)
            return -ENOMEM;
        n->list = list;
        n->capacity = capacity;
    }
    if (n->count * 2 < n->slot_count)
        return 0;
    size_t count = n->slot_count ? n->slot_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    for (uint32_t k = 1; k < n->count; k++) {
        size_t at = XXH3_64bits(n->list[k], strlen(n->list[k])) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = k;
    }
    free(n->slots);
    n->slots = slots;
    n->slot_count = count;
    return 0;
}

/* Where the name is or would be. */
static size_t names_slot(const names_t *n, zw_str_t name)
{
    size_t at = XXH3_64bits(name.p, name.n) & (n->slot_count - 1);
    while (n->slots[at] && !zw_str_eqz(name, n->list[n->slots[at]]))
        at = (at + 1) & (n->slot_count - 1);
    return at;
}

static void names_clear(names_t *n)
{
    for (size_t k = 0; k < n->count; k++)
        free(n->list[k]);
    free(n->list);
    free(n->slots);
    *n = (names_t){ 0 };
}

/* ---- */

static int names_begin(columns_t *c)
{
    for (int k = 0; k < NAME_KINDS; k++) {
        int r = names_grow(&c->names[k]);
        char *none = r == 0 ? strdup("") : NULL;
        if (!none)
            return -ENOMEM;
        c->names[k].list[c->names[k].count++] = none;
    }
    return 0;
}

columns_t *columns_new(void)
{
    columns_t *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    (void)pthread_rwlock_init(&c->lock, NULL);
    if (names_begin(c) == 0)
        return c;
    columns_free(c);
    return NULL;
}

void columns_free(columns_t *c)
{
    if (!c)
        return;
    for (int k = 0; k < NAME_KINDS; k++)
        names_clear(&c->names[k]);
    (void)pthread_rwlock_destroy(&c->lock);
    free(c->rows);
    free(c);
}

/* ---- the writer: it alone changes anything, so it reads without the lock */

int64_t columns_intern(columns_t *c, name_kind_t kind, zw_str_t name)
{
    names_t *n = &c->names[kind];
    if (name.n == 0)
        return 0;
    size_t at = names_slot(n, name);
    if (n->slots[at])
        return n->slots[at];
    char *copy = strndup(name.p, name.n);
    if (!copy)
        return -ENOMEM;
    (void)pthread_rwlock_wrlock(&c->lock);
    int r = names_grow(n);
    uint32_t number = (uint32_t)n->count;
    if (r == 0) {
        n->slots[names_slot(n, name)] = number;
        n->list[n->count++] = copy;
    } else {
        free(copy);
    }
    (void)pthread_rwlock_unlock(&c->lock);
    return r < 0 ? r : (int64_t)number;
}

size_t view_lower(const view_t *v, uint64_t seq)
{
    size_t low = 0, high = v->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v->rows[middle].seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int make_room(columns_t *c)
{
    if (c->count < c->capacity)
        return 0;
    size_t capacity = c->capacity ? c->capacity * 2 : 4096;
    row_t *rows = realloc(c->rows, capacity * sizeof *rows);
    if (!rows)
        return -ENOMEM;
    c->rows = rows;
    c->capacity = capacity;
    return 0;
}

/* Takes out what is gone, when it is much. */
static void squeeze(columns_t *c)
{
    size_t n = 0;
    if (c->gone < 1024 || c->gone < c->count / 4)
        return;
    for (size_t k = 0; k < c->count; k++)
        if (!c->rows[k].gone)
            c->rows[n++] = c->rows[k];
    c->count = n;
    c->gone = 0;
}

int columns_put(columns_t *c, const row_t *row)
{
    (void)pthread_rwlock_wrlock(&c->lock);
    view_t v = { c->rows, c->count, 0 };
    size_t at = view_lower(&v, row->seq);
    int r = 0;
    if (at < c->count && c->rows[at].seq == row->seq) {
        c->gone -= c->rows[at].gone;
        c->rows[at] = *row;
    } else if ((r = make_room(c)) == 0) {
        memmove(c->rows + at + 1, c->rows + at, (c->count - at) * sizeof *c->rows);
        c->rows[at] = *row;
        c->count++;
    }
    (void)pthread_rwlock_unlock(&c->lock);
    return r;
}

void columns_remove(columns_t *c, uint64_t seq)
{
    (void)pthread_rwlock_wrlock(&c->lock);
    view_t v = { c->rows, c->count, 0 };
    size_t at = view_lower(&v, seq);
    if (at < c->count && c->rows[at].seq == seq && !c->rows[at].gone) {
        c->rows[at].gone = true;
        c->gone++;
        squeeze(c);
    }
    (void)pthread_rwlock_unlock(&c->lock);
}

void columns_clear(columns_t *c)
{
    (void)pthread_rwlock_wrlock(&c->lock);
    c->count = c->gone = 0;
    (void)pthread_rwlock_unlock(&c->lock);
}

/* ---- readers */

view_t columns_read(columns_t *c)
{
    (void)pthread_rwlock_rdlock(&c->lock);
    return (view_t){ c->rows, c->count, c->count - c->gone };
}

void columns_done(columns_t *c)
{
    (void)pthread_rwlock_unlock(&c->lock);
}

uint32_t columns_find(columns_t *c, name_kind_t kind, zw_str_t name)
{
    const names_t *n = &c->names[kind];
    return name.n ? n->slots[names_slot(n, name)] : 0;
}

zw_str_t columns_name(columns_t *c, name_kind_t kind, uint32_t number)
{
    const names_t *n = &c->names[kind];
    return zw_strz(number < n->count ? n->list[number] : "");
}

size_t columns_names(columns_t *c, name_kind_t kind)
{
    return c->names[kind].count;
}
