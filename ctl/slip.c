#include "ctl/slip.h"

#include <string.h>

#include "core/near.h"
#include "ctl/manual.h"

static int slip_verb(const char *group, const char *verb)
{
    const struct ctl_command *const *room, *c;
    struct near n;

    if (verb == NULL)
        return ctl_slip("a word behind '%s' is missing", group);
    near_begin(&n, verb);
    for (room = manual_rooms; *room != NULL; room++)
        for (c = *room; c->group != NULL; c++)
            if (strcmp(c->group, group) == 0 && c->verb != NULL)
                near_look(&n, c->verb);
    if (n.best != NULL)
        return ctl_slip("there is no command '%s %.60s' (did you mean '%s %s'?)", group, verb,
                        group, n.best);
    return ctl_slip("there is no command '%s %.60s'", group, verb);
}

static int slip_group(const char *group)
{
    const struct ctl_command *const *room, *c;
    struct near n;

    near_begin(&n, group);
    for (room = manual_rooms; *room != NULL; room++)
        for (c = *room; c->group != NULL; c++)
            near_look(&n, c->group);
    if (n.best != NULL)
        return ctl_slip("there is no command '%.60s' (did you mean '%s'?)", group, n.best);
    return ctl_slip("there is no command '%.60s': relevoctl --help names them all", group);
}

int slip_command(int argc, char **argv)
{
    if (argc == 0) {
        manual_print_all(stderr);
        return CTL_USAGE;
    }
    if (strcmp(argv[0], "--config") == 0)
        return slip_option(NULL, argv[0]);
    if (argv[0][0] == '-')
        return ctl_usage("a command comes first, not", argv[0]);
    if (!manual_has_group(argv[0]))
        return slip_group(argv[0]);
    slip_verb(argv[0], argv[1]);
    manual_print_group(stderr, argv[0]);
    return CTL_USAGE;
}

/* NULL: it is none of these options; what is near is in `n`. */
static const struct ctl_option *slip_find(const struct ctl_option *o, struct near *n)
{
    for (; o != NULL && o->name != NULL; o++) {
        if (strcmp(o->name, n->said) == 0)
            return o;
        near_look(n, o->name);
    }
    return NULL;
}

int slip_option(const struct ctl_command *c, const char *word)
{
    static const struct ctl_option of_all[] = { { .name = "--config", .value = "FILE" },
                                                { .name = "--json" },
                                                { .name = "--help" },
                                                { .name = NULL } };
    size_t length = strcspn(word, "=");
    char name[NEAR_LENGTH + 2]; /* one that is cut here is too long to be near */
    const struct ctl_option *o;
    struct near n;

    snprintf(name, sizeof(name), "%.*s", (int)length, word);
    near_begin(&n, name);
    o = slip_find(c == NULL ? NULL : c->options, &n);
    if (o == NULL)
        o = slip_find(of_all, &n);
    if (o != NULL && o->value != NULL)
        return ctl_slip("%s: %s is missing", name, o->value);
    if (o != NULL)
        return word[length] == '=' ? ctl_slip("%s takes no value, not '%.60s'", name, word)
                                   : ctl_slip("%s stands last", name);
    if (n.best != NULL)
        return ctl_slip("there is no option '%s' (did you mean '%s'?)", name, n.best);
    return ctl_slip("there is no option '%s'", name);
}

/* The words that are needed, one after the other: "[BEFORE] AFTER", "TICKET TAG ...". */
static const char *slip_needed(const char *args, int i, size_t *length)
{
    const char *p = args;

    for (;; p += *length) {
        p += strspn(p, " ");
        *length = strcspn(p, " ");
        if (*length == 0 || (*p != '[' && i-- == 0))
            return p;
    }
}

int slip_words(const struct ctl_command *c, int argc, char **argv)
{
    size_t length;
    const char *name;

    if (argc >= c->least)
        return ctl_usage("there is a word too many", argv[c->most]);
    name = slip_needed(c->args, argc, &length);
    return ctl_slip("%.*s is missing", (int)length, name);
}
