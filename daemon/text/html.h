/* html: a page as a flat array of its elements, and what each is for. Shared by html.c, html_body.c and html_emit.c;
 * internal to text. */
#ifndef ZW_TEXT_HTML_H
#define ZW_TEXT_HTML_H

#include <gumbo.h>

#include "text/stage.h"

enum {
    ZW_EL_BLOCK = 1,    /* begins and ends a line */
    ZW_EL_DROP = 2,     /* script, style, form controls, rt, hidden: no text of the page */
    ZW_EL_CHROME = 4,   /* navigation, share bars, advertisement, footers, comments */
    ZW_EL_RELATED = 8,  /* a list of other articles */
    ZW_EL_LINK = 16,
    ZW_EL_HEADING = 32,
    ZW_EL_CAPTION = 64,
    ZW_EL_ROW = 128,
    ZW_EL_CELL = 256,
    ZW_EL_BREAK = 512,  /* br, hr */
    ZW_EL_PRE = 1024
};

typedef struct zw_element {
    const GumboNode *node;
    uint32_t parent;      /* index; the root is its own */
    uint32_t end;         /* one behind its last descendant: they stand in document order */
    uint32_t flags;       /* ZW_EL_*; DROP, CHROME, RELATED, LINK, PRE are handed down */
    uint32_t chars, link_chars, marks; /* Chinese characters of its own text, those in links, ends of sentences */
    uint32_t mass;        /* characters of running text in it and below */
} zw_element_t;

typedef struct zw_page {
    zw_repair_t *r;
    const char *buffer;         /* the page as UTF-8, as given to the parser */
    size_t size;
    const uint32_t *unit_at;    /* unit of every byte of the buffer that begins one */
    zw_element_t *el;
    size_t n;
} zw_page_t;

/* Where the article stands: the deepest element with nearly all running text. */
uint32_t zw_page_body(zw_page_t *page);

/* Marks elements that head a list of other articles by their words (相关新闻 …). Call before zw_page_body. */
void zw_page_related(zw_page_t *page);

/* The text of the body and of the related lists, as units. Returns 0 or -ENOMEM. */
int zw_page_emit(zw_page_t *page, uint32_t body);

/* What mark-up says of title and date. Returns 0 or -ENOMEM. */
int zw_page_facts(zw_page_t *page, const GumboNode *document);

/* Text without a parser, for pages that would take it too long: tags out, blocks to lines. In place. */
void zw_html_strip(zw_repair_t *r);

#endif
