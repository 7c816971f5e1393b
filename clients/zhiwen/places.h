/* places: the names of regions, where the list that the daemon has is at hand. One thread. */
#ifndef ZW_PLACES_H
#define ZW_PLACES_H

#include "zw_str.h"

typedef struct places places_t;

places_t *places_load(void); /* NULL without memory; without the list no code has a name */
void places_free(places_t *places); /* takes NULL */
/* "温州市" of "330300"; the code itself where it has no name. Borrowed. */
zw_str_t places_name(const places_t *places, const char *code);

typedef struct region {
    char code[7];
    char *name;
    bool gone; /* the code is no longer in force */
} region_t;

/* All of them, sorted by code. */
const region_t *places_all(const places_t *places, size_t *ret_count);

#endif
