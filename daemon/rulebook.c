#include "rulebook.h"

void zw_rulebook_init(zw_rulebook_t *book)
{
    pthread_mutex_init(&book->lock, NULL);
    book->rules = NULL;
}

void zw_rulebook_done(zw_rulebook_t *book)
{
    zw_rules_unref(book->rules);
    book->rules = NULL;
    pthread_mutex_destroy(&book->lock);
}

void zw_rulebook_set(zw_rulebook_t *book, zw_rules_t *rules)
{
    pthread_mutex_lock(&book->lock);
    zw_rules_t *old = book->rules;
    book->rules = rules;
    pthread_mutex_unlock(&book->lock);
    zw_rules_unref(old);
}

zw_rules_t *zw_rulebook_get(zw_rulebook_t *book)
{
    pthread_mutex_lock(&book->lock);
    zw_rules_t *rules = zw_rules_ref(book->rules);
    pthread_mutex_unlock(&book->lock);
    return rules;
}
