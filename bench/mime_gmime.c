/* Mails as somebody reads them who has GMime: the fields of tests/data/mail/README.md that the
 * library can give, by its documented functions. "bench_mime_gmime FILE" prints them as JSON;
 * "bench_mime_gmime TIMES FILE..." reads each mail that many times and prints the processor
 * seconds.
 *
 * What GMime leaves to its user is done the short way: which parts are shown is what the contract
 * says, and HTML becomes text by libxml2's parser, with block elements on lines of their own. */
#include <gmime/gmime.h>
#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/support/mails.h"

struct file {
    char *name, *type, *sha256;
    size_t size;
};
struct reading {
    GMimeMessage *message;
    InternetAddressList *from, *to, *cc; /* the message's */
    GMimeReferences *references, *answers;
    GDateTime *date; /* UTC */
    GString *text;
    GString *html; /* NULL: none */
    GArray *files; /* of struct file */
    bool crlf;
};

/* --- HTML
 * --------------------------------------------------------------------------------------- */

static bool is_one_of(const char *name, const char *const *list)
{
    while (*list != NULL && strcmp(name, *list) != 0)
        list++;
    return *list != NULL;
}

static void add_html(const xmlNode *node, GString *out)
{
    static const char *const hidden[] = { "head", "script", "style", "title", NULL };
    static const char *const blocks[] = { "address", "blockquote", "br",    "dd", "div", "dl",
                                          "dt",      "fieldset",   "form",  "h1", "h2",  "h3",
                                          "h4",      "h5",         "h6",    "hr", "li",  "ol",
                                          "p",       "pre",        "table", "td", "th",  "tr",
                                          "ul",      NULL };

    for (; node != NULL; node = node->next) {
        if (node->type == XML_TEXT_NODE)
            g_string_append(out, (const char *)node->content);
        if (node->type != XML_ELEMENT_NODE || is_one_of((const char *)node->name, hidden))
            continue;
        if (is_one_of((const char *)node->name, blocks))
            g_string_append_c(out, '\n');
        add_html(node->children, out);
        if (is_one_of((const char *)node->name, blocks))
            g_string_append_c(out, '\n');
    }
}

static void add_html_text(const char *html, GString *out)
{
    int how = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
    htmlDocPtr doc = htmlReadMemory(html, (int)strlen(html), NULL, "UTF-8", how);

    if (doc == NULL)
        return;
    add_html(xmlDocGetRootElement(doc), out);
    xmlFreeDoc(doc);
}

/* --- parts
 * -------------------------------------------------------------------------------------- */

static bool is_shown(GMimeObject *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(part);
    const char *disposition = g_mime_object_get_disposition(part);

    return GMIME_IS_TEXT_PART(part) &&
           (g_mime_content_type_is_type(type, "text", "plain") ||
            g_mime_content_type_is_type(type, "text", "html") ||
            g_mime_content_type_is_type(type, "text", "enriched")) &&
           (disposition == NULL || g_ascii_strcasecmp(disposition, "attachment") != 0) &&
           g_mime_part_get_filename(GMIME_PART(part)) == NULL;
}

static void add_text(struct reading *r, GMimeObject *part, bool wanted)
{
    bool html = g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "html");
    char *text;

    if (!wanted && !html)
        return;
    text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
    if (text == NULL)
        return;
    if (wanted && html)
        add_html_text(text, r->text);
    else if (wanted)
        g_string_append(r->text, text);
    if (wanted)
        g_string_append_c(r->text, '\n');
    if (html) {
        r->html = r->html != NULL ? g_string_append_c(r->html, '\n') : g_string_new(NULL);
        g_string_append(r->html, text);
    }
    g_free(text);
}

static const char *filename(GMimeObject *part)
{
    return GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part))
                               : g_mime_object_get_content_disposition_parameter(part, "filename");
}

static void add_file(struct reading *r, GMimeObject *part)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    GMimeFormatOptions *format = g_mime_format_options_new();
    GMimeContentType *type = g_mime_object_get_content_type(part);
    const char *name = filename(part);
    const char *last;
    struct file file = { 0 };
    GByteArray *bytes;
    char *written = g_mime_content_type_get_mime_type(type);

    if (r->crlf)
        g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    if (GMIME_IS_MESSAGE_PART(part))
        g_mime_object_write_to_stream(
            GMIME_OBJECT(g_mime_message_part_get_message(GMIME_MESSAGE_PART(part))), format,
            stream);
    else if (GMIME_IS_PART(part) && g_mime_part_get_content(GMIME_PART(part)) != NULL)
        g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), stream);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    file.size = bytes->len;
    file.sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
    file.type = g_ascii_strdown(written, -1);
    if (name != NULL) {
        last = strrchr(name, '\\');
        name = last != NULL ? last + 1 : name;
        last = strrchr(name, '/');
        file.name = g_strdup(last != NULL ? last + 1 : name);
    }
    g_array_append_val(r->files, file);
    g_free(written);
    g_mime_format_options_free(format);
    g_object_unref(stream);
}

static bool has_words(GMimeObject *part)
{
    char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
    const char *s = text;
    bool has;

    while (s != NULL && g_unichar_isspace(g_utf8_get_char(s)))
        s = g_utf8_next_char(s);
    has = s != NULL && *s != '\0';
    g_free(text);
    return has;
}

/* Of the forms of a multipart/alternative: the plain text unless it is blank, or else the last. */
static int chosen_form(GMimeMultipart *forms)
{
    int i, count = g_mime_multipart_get_count(forms), last = -1;
    GMimeContentType *type;
    GMimeObject *part;

    for (i = 0; i < count; i++) {
        part = g_mime_multipart_get_part(forms, i);
        type = g_mime_object_get_content_type(part);
        if (is_shown(part) && g_mime_content_type_is_type(type, "text", "plain") && has_words(part))
            return i;
        if (is_shown(part) || GMIME_IS_MULTIPART(part))
            last = i;
    }
    return last;
}

static void add_part(struct reading *r, GMimeObject *part, bool wanted)
{
    GMimeContentType *type = g_mime_object_get_content_type(part);
    GMimeMultipart *whole;
    int i, chosen;

    if (GMIME_IS_MULTIPART(part)) {
        whole = GMIME_MULTIPART(part);
        chosen =
            g_mime_content_type_is_type(type, "multipart", "alternative") ? chosen_form(whole) : -1;
        for (i = 0; i < g_mime_multipart_get_count(whole); i++)
            add_part(r, g_mime_multipart_get_part(whole, i), wanted && (chosen < 0 || i == chosen));
    } else if (is_shown(part)) {
        add_text(r, part, wanted);
    } else {
        add_file(r, part);
    }
}

/* --- the whole
 * ---------------------------------------------------------------------------------- */

static void read_header(struct reading *r)
{
    static const GMimeAddressType senders[] = { GMIME_ADDRESS_TYPE_FROM, GMIME_ADDRESS_TYPE_SENDER,
                                                GMIME_ADDRESS_TYPE_REPLY_TO };
    const char *references = g_mime_object_get_header(GMIME_OBJECT(r->message), "References");
    const char *answers = g_mime_object_get_header(GMIME_OBJECT(r->message), "In-Reply-To");
    GDateTime *date = g_mime_message_get_date(r->message);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(senders); i++) {
        r->from = g_mime_message_get_addresses(r->message, senders[i]);
        if (r->from != NULL && internet_address_list_length(r->from) > 0)
            break;
    }
    r->to = g_mime_message_get_addresses(r->message, GMIME_ADDRESS_TYPE_TO);
    r->cc = g_mime_message_get_addresses(r->message, GMIME_ADDRESS_TYPE_CC);
    r->references = g_mime_references_parse(NULL, references != NULL ? references : "");
    r->answers = g_mime_references_parse(NULL, answers != NULL ? answers : "");
    r->date = date != NULL ? g_date_time_to_utc(date) : NULL;
}

/* False: GMime says that it is no mail. */
static bool reading_begin(struct reading *r, struct span raw)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(raw.ptr, raw.len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);

    *r = (struct reading){ .message = g_mime_parser_construct_message(parser, NULL),
                           .crlf = memmem(raw.ptr, raw.len, "\r\n", 2) != NULL };
    g_object_unref(parser);
    g_object_unref(stream);
    if (r->message == NULL)
        return false;
    r->text = g_string_new(NULL);
    r->files = g_array_new(FALSE, FALSE, sizeof(struct file));
    read_header(r);
    if (g_mime_message_get_mime_part(r->message) != NULL)
        add_part(r, g_mime_message_get_mime_part(r->message), true);
    return true;
}

static void reading_end(struct reading *r)
{
    guint i;

    for (i = 0; i < r->files->len; i++) {
        g_free(g_array_index(r->files, struct file, i).name);
        g_free(g_array_index(r->files, struct file, i).type);
        g_free(g_array_index(r->files, struct file, i).sha256);
    }
    g_array_free(r->files, TRUE);
    g_string_free(r->text, TRUE);
    if (r->html != NULL)
        g_string_free(r->html, TRUE);
    if (r->date != NULL)
        g_date_time_unref(r->date);
    g_mime_references_free(r->references);
    g_mime_references_free(r->answers);
    g_object_unref(r->message);
}

/* --- as JSON
 * ------------------------------------------------------------------------------------ */

static json_t *json_text(const char *s)
{
    char *valid = s != NULL ? g_utf8_make_valid(s, -1) : NULL;
    json_t *o = valid != NULL ? json_string(valid) : json_null();

    g_free(valid);
    return o;
}

static void add_people(json_t *out, InternetAddressList *list)
{
    int i, count = list != NULL ? internet_address_list_length(list) : 0;
    InternetAddress *one;
    const char *name;

    for (i = 0; i < count; i++) {
        one = internet_address_list_get_address(list, i);
        name = internet_address_get_name(one);
        if (INTERNET_ADDRESS_IS_GROUP(one))
            add_people(out, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one)));
        else
            json_array_append_new(out, json_pack("{s:o, s:o}", "name",
                                                 json_text(name != NULL ? name : ""), "address",
                                                 json_text(internet_address_mailbox_get_addr(
                                                     INTERNET_ADDRESS_MAILBOX(one)))));
    }
}

static json_t *people(InternetAddressList *list)
{
    json_t *out = json_array();

    add_people(out, list);
    return out;
}

/* The first that one could write to. */
static json_t *sender(InternetAddressList *list)
{
    json_t *all = people(list), *found = NULL;
    const char *address;
    size_t i;

    for (i = 0; found == NULL && i < json_array_size(all); i++) {
        address = json_string_value(json_object_get(json_array_get(all, i), "address"));
        if (address != NULL && strchr(address, '@') != NULL)
            found = json_incref(json_array_get(all, i));
    }
    json_decref(all);
    return found != NULL ? found : json_null();
}

static json_t *ids(GMimeReferences *list)
{
    json_t *out = json_array();
    int i;

    for (i = 0; i < g_mime_references_length(list); i++)
        json_array_append_new(out, json_text(g_mime_references_get_message_id(list, i)));
    return out;
}

static json_t *files(const GArray *list)
{
    json_t *out = json_array();
    const struct file *f;
    guint i;

    for (i = 0; i < list->len; i++) {
        f = &g_array_index(list, struct file, i);
        json_array_append_new(out, json_pack("{s:o, s:o, s:I, s:s}", "filename", json_text(f->name),
                                             "content_type", json_text(f->type), "size",
                                             (json_int_t)f->size, "sha256", f->sha256));
    }
    return out;
}

static json_t *reading_json(const struct reading *r)
{
    const char *subject = g_mime_message_get_subject(r->message);
    char *date = r->date != NULL ? g_date_time_format(r->date, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    const char *id = g_mime_message_get_message_id(r->message);
    json_t *o = json_object(), *answers = ids(r->answers);

    json_object_set_new(o, "from", sender(r->from));
    json_object_set_new(o, "to", people(r->to));
    json_object_set_new(o, "cc", people(r->cc));
    json_object_set_new(o, "subject", json_text(subject != NULL ? subject : ""));
    json_object_set_new(o, "message_id", json_text(id != NULL && *id != '\0' ? id : NULL));
    json_object_set_new(o, "in_reply_to",
                        json_array_size(answers) > 0 ? json_incref(json_array_get(answers, 0))
                                                     : json_null());
    json_object_set_new(o, "references", ids(r->references));
    json_object_set_new(o, "date", json_text(date));
    json_object_set_new(o, "text", json_text(r->text->str));
    json_object_set_new(o, "html", json_text(r->html != NULL ? r->html->str : NULL));
    json_object_set_new(o, "attachments", files(r->files));
    json_decref(answers);
    g_free(date);
    return o;
}

static int print_one(const char *path)
{
    struct span raw = mails_load(path);
    struct reading r;
    json_t *o;
    bool is_mail = reading_begin(&r, raw);

    if (is_mail) {
        o = reading_json(&r);
        json_dumpf(o, stdout, JSON_COMPACT);
        json_decref(o);
        reading_end(&r);
    }
    free((char *)raw.ptr);
    return is_mail ? 0 : 1;
}

static void read_one(struct span raw)
{
    struct reading r;

    if (reading_begin(&r, raw))
        reading_end(&r);
}

int main(int argc, char **argv)
{
    int rc = 0;

    g_mime_init();
    if (argc == 2) {
        rc = print_one(argv[1]);
    } else if (argc > 2) {
        mails_time(strtol(argv[1], NULL, 10), argv + 2, argc - 2, read_one);
    } else {
        fprintf(stderr, "usage: bench_mime_gmime [TIMES] FILE...\n");
        rc = 2;
    }
    g_mime_shutdown();
    return rc;
}
