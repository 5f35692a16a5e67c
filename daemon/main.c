/* daemon/main.c - relevod: what its arguments ask for. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/log.h"
#include "daemon/relevod.h"
#include "daemon/worker_main.h"

enum { EXIT_USAGE = 64, EXIT_CONFIG = 78 };

static const char usage[] =
    "usage: relevod [--config FILE] [--check]\n"
    "  -c, --config FILE  the configuration; /etc/relevo/relevo.yaml unless said\n"
    "      --check        only say whether it could start with it: every mistake, with its place\n"
    "      --version      print the version\n"
    "  -h, --help         print this\n"
    "See relevod(8) and relevo.yaml(5).\n";

/* Who only asks is told line by line; what the service does is an event in its log. */
static struct config *main_config(const char *path, bool asked)
{
    struct conf_errors errors = { 0 };
    struct config *config = NULL;
    size_t i;

    if (config_load(path, &config, &errors) == 0)
        return config;
    for (i = 0; i < errors.count; i++)
        if (asked)
            fprintf(stderr, "%s\n", errors.lines[i]);
        else
            log_event(LOG_LEVEL_ERROR, "start_refused", LOG_TEXT("words", errors.lines[i]));
    conf_errors_clear(&errors);
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct option options[] = { { "config", required_argument, NULL, 'c' },
                                             { "check", no_argument, NULL, 'k' },
                                             { "version", no_argument, NULL, 'v' },
                                             { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    const char *path = "/etc/relevo/relevo.yaml";
    const char *role = worker_main_role(argc, argv);
    struct config *config;
    bool check = false;
    int option, rc;

    if (role != NULL)
        return worker_main(role, WORKER_FD);
    log_open();
    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            path = optarg;
            break;
        case 'k':
            check = true;
            break;
        case 'v':
            puts("relevod " RELEVO_VERSION);
            return 0;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "relevod: unexpected argument '%s'\n%s", argv[optind], usage);
        return EXIT_USAGE;
    }
    config = main_config(path, check);
    if (config == NULL)
        return EXIT_CONFIG;
    if (!check)
        return relevod_run(config, path);
    rc = relevod_check(config) < 0 ? EXIT_CONFIG : 0;
    config_free(config);
    if (rc == 0)
        printf("%s: good\n", path);
    return rc;
}
