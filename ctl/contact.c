/* Who writes to a desk: people, and the organizations they belong to. */
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/calendar.h"
#include "core/inbound.h"
#include "core/policy.h"
#include "core/policy_texts.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "ctl/ticket.h"

enum { DOMAINS_MAX = 100 };

static const struct output_column contact_columns[] = {
    { "contact_id", OUTPUT_INT, "number", false },
    { "desk", OUTPUT_TEXT, NULL, false },
    { "name", OUTPUT_TEXT, "name", true },
    { "organization", OUTPUT_TEXT, "organization", true },
    { "plan", OUTPUT_TEXT, "plan", false },
    { "vip", OUTPUT_BOOL, "VIP", false },
    { "tickets", OUTPUT_INT, "tickets", false },
    { "addresses", OUTPUT_TEXTS, "addresses", true },
    { "language", OUTPUT_TEXT, "language", false },
    { "zone", OUTPUT_TEXT, NULL, false },
    { "any_hour", OUTPUT_BOOL, NULL, false },
    { "created_at", OUTPUT_TIME, NULL, false },
    { .name = NULL },
};
static const struct output_column organization_columns[] = {
    { "organization", OUTPUT_TEXT, "organization", true },
    { "desk", OUTPUT_TEXT, NULL, false },
    { "plan", OUTPUT_TEXT, "plan", false },
    { "vip", OUTPUT_BOOL, "VIP", false },
    { "contacts", OUTPUT_INT, "people", false },
    { "domains", OUTPUT_TEXTS, "domains", true },
    { .name = NULL },
};

/* --- people
 * ------------------------------------------------------------------------------------------------
 */

static const PGresult *ask_contacts(const struct ctl *ctl, struct session *s,
                                    const char *organization, struct db_value number,
                                    const char *address, int64_t limit, struct error *err)
{
    struct db_value v[5] = { db_text(NULL), db_text(organization), number, db_text(address),
                             db_int(s->a, limit) };

    return session_desk_name(ctl, s, &v[0], err) < 0 ? NULL
                                                     : session_ask(s, "contact_list", v, 5, err);
}

static int list(const struct ctl *ctl, struct session *s, char **argv)
{
    const PGresult *res;
    struct error err;
    int64_t limit;

    (void)argv;
    if (ctl_limit(ctl, &limit) < 0)
        return CTL_USAGE;
    res = ask_contacts(ctl, s, ctl_value(ctl, "--organization"), db_text(NULL), NULL, limit, &err);
    return res == NULL ? ctl_fail(&err) : output_list(ctl, res, contact_columns);
}

/* By number or by address; *code is how to end where it is NULL. */
static const PGresult *find(const struct ctl *ctl, struct session *s, const char *word, int *code)
{
    const PGresult *res;
    struct error err;
    int64_t number;
    bool numbered = ticket_number(word, &number) == 0;

    res = ask_contacts(ctl, s, NULL, numbered ? db_int(s->a, number) : db_text(NULL),
                       numbered ? NULL : word, 2, &err);
    if (res != NULL && PQntuples(res) != 1) {
        error_set(&err, ERROR_PERMANENT,
                  PQntuples(res) == 0 ? "there is no contact '%.80s'"
                                      : "'%.80s' is a contact of several desks: which one, "
                                        "--desk says",
                  word);
        res = NULL;
    }
    if (res == NULL)
        *code = ctl_fail(&err);
    return res;
}

static int show_row(const struct ctl *ctl, const PGresult *res)
{
    if (ctl->json)
        return output_json(output_row(res, 0, contact_columns));
    output_fields(res, 0, contact_columns);
    return CTL_DONE;
}

static int show(const struct ctl *ctl, struct session *s, char **argv)
{
    int code = CTL_DONE;
    const PGresult *res = find(ctl, s, argv[0], &code);

    return res == NULL ? code : show_row(ctl, res);
}

/* "yes" and "no"; -1: neither. */
static int read_yes(const struct ctl *ctl, const char *option, struct db_value *out)
{
    const char *said = ctl_value(ctl, option);

    *out = said == NULL ? db_text(NULL) : db_bool(strcmp(said, "yes") == 0);
    if (said == NULL || strcmp(said, "yes") == 0 || strcmp(said, "no") == 0)
        return 0;
    ctl_usage(strcmp(option, "--vip") == 0 ? "--vip is yes or no, not"
                                           : "--any-hour is yes or no, not",
              said);
    return -1;
}

static const char *none_of(const char *said)
{
    return said != NULL && strcmp(said, "-") == 0 ? "" : said;
}

static int set(const struct ctl *ctl, struct session *s, char **argv)
{
    const char *organization = none_of(ctl_value(ctl, "--organization"));
    const char *zone = ctl_value(ctl, "--zone"), *language = ctl_value(ctl, "--language");
    struct db_value v[8];
    const PGresult *res, *done;
    struct error err;
    int code = CTL_DONE;

    if (read_yes(ctl, "--vip", &v[6]) < 0 || read_yes(ctl, "--any-hour", &v[7]) < 0)
        return CTL_USAGE;
    if (zone != NULL && !calendar_is_zone(zone))
        return ctl_usage("expected a zone like Europe/Madrid, not", zone);
    if (language != NULL && !policy_is_language(language))
        return ctl_usage("expected a language like es or pt-BR, not", language);
    res = find(ctl, s, argv[0], &code);
    if (res == NULL)
        return code;
    v[0] = db_int(s->a, db_cell_int(res, 0, PQfnumber(res, "desk_id")));
    v[1] = db_int(s->a, db_cell_int(res, 0, PQfnumber(res, "contact_id")));
    v[2] = db_text(ctl_value(ctl, "--name"));
    v[3] = db_text(language);
    v[4] = db_text(zone);
    v[5] = db_text(organization);
    done = session_ask(s, "contact_set", v, 8, &err);
    if (done == NULL)
        return ctl_fail(&err);
    if (PQntuples(done) == 0) {
        error_set(&err, ERROR_PERMANENT, "there is no organization '%.80s'", organization);
        return ctl_fail(&err);
    }
    res = find(ctl, s, argv[0], &code);
    return res == NULL ? code : show_row(ctl, res);
}

/* --- organizations
 * ------------------------------------------------------------------------------------------------
 */

static int organizations(const struct ctl *ctl, struct session *s, char **argv)
{
    struct db_value v[2];
    struct error err;
    int64_t limit;

    (void)argv;
    if (ctl_limit(ctl, &limit) < 0)
        return CTL_USAGE;
    if (session_desk_name(ctl, s, &v[0], &err) < 0)
        return ctl_fail(&err);
    v[1] = db_int(s->a, limit);
    return session_list(ctl, s, "organization_list", v, 2, organization_columns);
}

/* "a.example,b.example" in canonical form, as an array. -1: said what is wrong. */
static int read_domains(const struct ctl *ctl, struct arena *a, struct db_value *out)
{
    const char *said = none_of(ctl_value(ctl, "--domains"));
    struct db_array domains = { 0 };
    char *save = NULL, *word, *words;
    size_t count = 0;

    *out = db_text(NULL);
    if (said == NULL)
        return 0;
    words = arena_strdup(a, said);
    for (word = strtok_r(words, ", ", &save); word != NULL; word = strtok_r(NULL, ", ", &save)) {
        const char *address = inbound_email(a, span_of(arena_printf(a, "x@%s", word)));

        if (address == NULL || strchr(word, '@') != NULL || ++count > DOMAINS_MAX) {
            text_buffer_clear(&domains.text);
            ctl_usage("expected at most 100 mail domains, a.example,b.example, got", word);
            return -1;
        }
        db_array_text(&domains, strchr(address, '@') + 1);
    }
    *out = db_array_end(&domains, a);
    return 0;
}

static int put(const struct ctl *ctl, struct session *s, const struct desk *d, const char *name)
{
    const char *plan = none_of(ctl_value(ctl, "--plan"));
    struct db_value v[5] = { db_int(s->a, d->desk_id), db_text(name), db_text(plan) };
    const PGresult *res;
    struct error err;

    if (read_yes(ctl, "--vip", &v[3]) < 0 || read_domains(ctl, s->a, &v[4]) < 0)
        return CTL_USAGE;
    if (plan != NULL && *plan != '\0' && policy_find_plan(d->policy.policy, plan) == NULL) {
        error_set(&err, ERROR_PERMANENT, "the policy of desk %s has no plan '%.64s'", d->name,
                  plan);
        return ctl_fail(&err);
    }
    res = session_ask(s, "organization_put", v, 5, &err);
    if (res == NULL)
        return ctl_fail(&err);
    if (ctl->json)
        return output_json(json_pack("{s:s, s:s, s:I}", "organization", name, "desk", d->name,
                                     "contacts", (json_int_t)db_cell_int(res, 0, 1)));
    printf("%s: set; %s people more belong to it\n", output_line(s->a, name),
           PQgetvalue(res, 0, 1));
    return CTL_DONE;
}

static int organization(const struct ctl *ctl, struct session *s, char **argv)
{
    const struct desk *d;
    struct error err;

    if (*argv[0] == '\0' || strlen(argv[0]) > 200)
        return ctl_usage("an organization's name has 1 to 200 bytes, not", argv[0]);
    d = session_desk(ctl, s, &err);
    return d == NULL ? ctl_fail(&err) : put(ctl, s, d, argv[0]);
}

/* --- the table
 * ------------------------------------------------------------------------------------------------
 */

static const struct ctl_option list_options[] = {
    { "--desk", "DESK", "Of this desk." },
    { "--organization", "NAME", "Only people of this organization." },
    { "--limit", "N", "At most so many; 50 without it." },
    { .name = NULL },
};
static const struct ctl_option show_options[] = {
    { "--desk", "DESK", "Of this desk." },
    { .name = NULL },
};
static const struct ctl_option set_options[] = {
    { "--desk", "DESK", "Of this desk." },
    { "--name", "NAME", "What the person is called." },
    { "--language", "LANGUAGE",
      "What is written to the person, like es or pt-BR; in the policy's own where there are no "
      "words in it." },
    { "--zone", "ZONE", "The IANA time zone of dates that the person reads." },
    { "--organization", "NAME", "Whose customer the person is; - for nobody's." },
    { "--vip", "YES", "Is the person marked, yes or no: the policy says what that means." },
    { "--any-hour", "YES",
      "Does the person want to hear of what is urgent at night too, yes or no?" },
    { .name = NULL },
};
static const struct ctl_option organizations_options[] = {
    { "--desk", "DESK", "Of this desk." },
    { "--limit", "N", "At most so many; 50 without it." },
    { .name = NULL },
};
static const struct ctl_option organization_options[] = {
    { "--desk", "DESK", "Of this desk; needed where the configuration has several." },
    { "--plan", "PLAN", "What it has bought, a plan of the policy; - for none." },
    { "--vip", "YES", "Is it marked, yes or no: the policy says what that means." },
    { "--domains", "LIST", "Its mail domains, a.example,b.example, all there are; - for none." },
    { .name = NULL },
};
const struct ctl_command contact_commands[] = {
    { "contact", "list", NULL, list, "", 0, 0, list_options,
      "The people who write, newest first." },
    { "contact", "show", NULL, show, "CONTACT", 1, 1, show_options,
      "One of them, by number or address." },
    { "contact", "set", NULL, set, "CONTACT", 1, 1, set_options,
      "Say who somebody is. Tickets that are opened from then on go by it." },
    { "organization", "list", NULL, organizations, "", 0, 0, organizations_options,
      "The organizations that people belong to." },
    { "organization", "set", NULL, organization, "NAME", 1, 1, organization_options,
      "Make an organization, or change one. Whoever writes from its mail domains belongs to it, "
      "and "
      "so do those who wrote from there before and belong to none." },
    { .group = NULL },
};
