/* An LD_PRELOAD shim for valgrind: patterns are interpreted. The machine code that PCRE2 makes looks at 16 bytes at once, also behind the
 * end of the subject, and drops what it finds there; valgrind cannot know that and reports jumps on values that nobody has set. */
#include <stdint.h>

enum { ERROR_BAD_OPTION = -45 }; /* PCRE2_ERROR_JIT_BADOPTION */
int pcre2_jit_compile_8(void *code, uint32_t options);

int pcre2_jit_compile_8(void *code, uint32_t options)
{
    (void)code, (void)options;
    return ERROR_BAD_OPTION;
}
