/* libFuzzer target of what reads YAML: any bytes, as the daemon's configuration and as a rule pack. A mistake is told with the
 * file's name and never taken over. The lexicons are cut short, so that a pack is read in little time. */
#include "base/file.h"
#include "config.h"
#include "extract/extract.h"
#include "zw_error.h"

#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], packs[96], file[128];
static unsigned complaints;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int unlink_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static void remove_all(void)
{
    (void)nftw(dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_file(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
}

/* The first lines of each lexicon, in a data folder of our own. */
static void shorten_lexicons(void)
{
    enum { KEEP = 2048 };
    char from[PATH_MAX], to[160], path[PATH_MAX + 300];
    struct dirent *entry;
    if (zw_data_path("rules/lexicon", from, sizeof(from)) < 0)
        abort();
    DIR *lexicons = opendir(from);
    if (!lexicons)
        abort();
    while ((entry = readdir(lexicons))) {
        zw_buf_t text = { 0 };
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof(path), "%s/%s", from, entry->d_name);
        if (zw_file_read(path, 0, &text) < 0)
            abort();
        size_t n = text.n < KEEP ? text.n : KEEP;
        while (n > 0 && text.p[n - 1] != '\n')
            n--;
        (void)snprintf(to, sizeof(to), "%s/rules/lexicon/%.60s", dir, entry->d_name);
        write_file(to, text.p, n);
        zw_buf_done(&text);
    }
    (void)closedir(lexicons);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char path[128];
    (void)argc, (void)argv;
    (void)snprintf(dir, sizeof(dir), "/dev/shm/zhiwen-fuzz-XXXXXX");
    if (!mkdtemp(dir) || atexit(remove_all) != 0)
        abort();
    for (int i = 0; i < 3; i++) {
        static const char *const folders[] = { "rules", "rules/lexicon", "packs" };
        (void)snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
        if (mkdir(path, 0700) < 0)
            abort();
    }
    shorten_lexicons();
    (void)snprintf(packs, sizeof(packs), "%s/packs", dir);
    (void)snprintf(file, sizeof(file), "%s/pack.yaml", packs);
    return setenv("ZHIWEN_DATA_DIR", dir, 1);
}

static void hear(void *ctx, const char *path, unsigned line, unsigned column, const char *message)
{
    (void)ctx, (void)line, (void)column;
    complaints += path && message && message[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *dirs[] = { packs };
    zw_config_t config;
    zw_rules_t *rules = NULL;
    write_file(file, (const char *)data, size);
    if (zw_config_init(&config) < 0)
        abort();
    complaints = 0;
    int r = zw_config_load(&config, file, hear, NULL);
    if ((r == -ZW_E_CONFIG) != (complaints > 0) || (r < 0 && r != -ZW_E_CONFIG))
        abort();
    if (r == 0) {
        zw_buf_t out = { 0 };
        (void)zw_config_check(&config, hear, NULL);
        for (size_t i = 0; zw_config_key(i); i++)
            if (zw_config_describe(&config, i, &out) < 0)
                abort();
        zw_buf_done(&out);
    }
    zw_config_free(&config);
    complaints = 0;
    r = zw_rules_load(dirs, 1, hear, NULL, &rules);
    if (r < 0 && (complaints == 0 || rules))
        abort();
    zw_rules_unref(rules);
    return 0;
}
