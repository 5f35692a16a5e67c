#include "ctl/manual.h"

#include <string.h>

static void print_name(FILE *to, const struct ctl_command *c)
{
    fprintf(to, "%s%s%s%s%s", c->group, c->verb == NULL ? "" : " ", c->verb == NULL ? "" : c->verb,
            c->args[0] == '\0' ? "" : " ", c->args);
}

void manual_print_usage(FILE *to, const struct ctl_command *c)
{
    const struct ctl_option *o;
    int width;

    fputs("usage: relevoctl [--config FILE] [--json] ", to);
    print_name(to, c);
    fprintf(to, "%s\n\n  %s\n", c->options == NULL ? "" : " [OPTIONS]", c->doc);
    for (o = c->options; o != NULL && o->name != NULL; o++) {
        width = 24 - (int)strlen(o->name);
        fprintf(to, "\n  %s %-*s %s", o->name, width < 1 ? 1 : width,
                o->value == NULL ? "" : o->value, o->doc);
    }
    if (c->options != NULL)
        fputc('\n', to);
}

bool manual_has_group(const char *group)
{
    const struct ctl_command *const *room, *c;

    for (room = manual_rooms; *room != NULL; room++)
        for (c = *room; c->group != NULL; c++)
            if (c->verb != NULL && strcmp(c->group, group) == 0)
                return true;
    return false;
}

void manual_print_all(FILE *to)
{
    manual_print_group(to, NULL);
}

/* NULL: those of all. */
void manual_print_group(FILE *to, const char *group)
{
    const struct ctl_command *const *room, *c;

    fputs("usage: relevoctl [--config FILE] [--json] COMMAND\n\n", to);
    for (room = manual_rooms; *room != NULL; room++)
        for (c = *room; c->group != NULL; c++) {
            if (group != NULL && strcmp(c->group, group) != 0)
                continue;
            fputs("  ", to);
            print_name(to, c);
            fprintf(to, "\n      %s\n", c->doc);
        }
    fputs("\nrelevoctl COMMAND --help tells its options.\n"
          "exit: 0 done, 1 refused, 2 wrong usage, 3 wrong configuration, 4 try later\n",
          to);
}

/* --- relevoctl(1)
 * ------------------------------------------------------------------------------------- */

/* Text for mdoc: what would be taken for a request or an escape is guarded; lines are short, and a
 * sentence begins on one of its own. */
static void page_text(FILE *to, const char *s)
{
    size_t column = 0, n;

    for (; *s != '\0'; s += n + (s[n] == ' ')) {
        n = strcspn(s, " ");
        if (column > 0 && column + n > 78) {
            fputc('\n', to);
            column = 0;
        } else if (column > 0) {
            fputc(' ', to);
        }
        if (column == 0 && (*s == '.' || *s == '\''))
            fputs("\\&", to);
        fprintf(to, "%.*s", (int)n, s);
        column += n + 1;
        if (n > 0 && s[n - 1] == '.' && s[n] == ' ') {
            fputc('\n', to);
            column = 0;
        }
    }
    fputc('\n', to);
}

static void page_command(FILE *to, const struct ctl_command *c)
{
    const struct ctl_option *o;

    fprintf(to, ".It Cm %s%s%s%s%s\n", c->group, c->verb == NULL ? "" : " ",
            c->verb == NULL ? "" : c->verb, c->args[0] == '\0' ? "" : " Ar ", c->args);
    page_text(to, c->doc);
    if (c->options == NULL)
        return;
    fputs(".Bl -tag -width Ds -compact\n", to);
    for (o = c->options; o->name != NULL; o++) {
        fprintf(to, ".It Fl %s%s%s\n", o->name + 1, o->value == NULL ? "" : " Ar ",
                o->value == NULL ? "" : o->value);
        page_text(to, o->doc);
    }
    fputs(".El\n", to);
}

static const char page_head[] =
    ".Dd November 24, 2026\n.Dt RELEVOCTL 1\n.Os\n.Sh NAME\n.Nm relevoctl\n"
    ".Nd operate relevo from the command line\n.Sh SYNOPSIS\n.Nm\n.Op Fl -config Ar FILE\n"
    ".Op Fl -json\n.Ar command\n.Sh DESCRIPTION\n"
    "Operators and agents work with tickets, look at what was decided and why,\n"
    "and see to deliveries, channels and policies.\n"
    "Whatever it changes goes through the same decisions as what\n.Xr relevod 8\ndoes.\n.Pp\n"
    ".Fl -config\nnames the configuration, otherwise\n.Pa /etc/relevo/relevo.yaml .\n"
    ".Fl -json\nprints JSON, with times in RFC 3339 and UTC;\n"
    "otherwise tables are cut to the terminal's width, or to\n.Ev COLUMNS ,\n"
    "and times are local.\n"
    "Both may stand anywhere on the line before\n.Sq -- ,\n"
    "after which nothing is an option.\n.Pp\n.Fl -help\nalone, behind a command, or behind the "
    "first "
    "word of several, tells what there is;\n.Fl -version\nthe version.\n.Pp\nThe commands "
    "are:\n.Bl -tag -width Ds\n";
static const char page_tail[] =
    ".El\n.Sh ENVIRONMENT\n.Bl -tag -width COLUMNS -compact\n.It Ev COLUMNS\n"
    "How wide a table may be where the output is no terminal.\n.It Ev TZ\n"
    "The zone of the times in tables.\n.El\n.Sh FILES\n.Bl -tag -width Ds -compact\n"
    ".It Pa /etc/relevo/relevo.yaml\nThe configuration.\n.El\n.Sh EXIT STATUS\n"
    ".Bl -tag -width Ds -compact\n.It 0\nDone.\n.It 1\nRefused: the answer is no, or the input is "
    "wrong.\n.It 2\nWrong usage.\n.It 3\nWrong configuration, policy or schema.\n.It 4\n"
    "The same command may work later: the database is away, or busy.\n.It 75\n"
    "It ran out of memory; it may work later too.\n.El\n.Pp\n"
    ".Cm deliver\nends otherwise, as it says.\n.Sh SEE ALSO\n"
    ".Xr relevo-policy 5 ,\n.Xr relevo.yaml 5 ,\n.Xr relevod 8\n";

void manual_print_page(FILE *to)
{
    const struct ctl_command *const *room, *c;

    fputs(page_head, to);
    for (room = manual_rooms; *room != NULL; room++)
        for (c = *room; c->group != NULL; c++)
            page_command(to, c);
    fputs(page_tail, to);
}
