/* evidence: where an article says what a fact says, in the repaired text and in the text as it was received. */
#ifndef WEB_EVIDENCE_H
#define WEB_EVIDENCE_H

#include "web.h"

void evidence_answer(request_t *r, const char *fact_id);

#endif
