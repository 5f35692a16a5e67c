#include "channels/mail_part.h"

#include <string.h>
#include <strings.h>

#include "channels/mail_charset.h"
#include "core/arena.h"
#include "core/inbound.h"

enum { BOUNDARY_MAX = 1000, NAME_BYTES_MAX = 4096, WORK_TIMES = 8, WORK_LEAST = 4 << 20 };
/* Of what says no charset, as much as tells it: of the header, of a text, and of that before its
 * first byte beyond ASCII. */
enum { FIELDS_SAMPLE_MAX = 600, TEXT_SAMPLE_MAX = 1400, BEFORE_HIGH = 16 };

struct tree {
    struct arena *arena;
    size_t parts;
    size_t work; /* bytes that may still be searched for boundaries */
    bool over;
};

static struct mail_part *read_part(struct tree *t, struct span raw, struct span mark,
                                   const char *unsaid, int level);

/* --- what a part says of itself
 * ----------------------------------------------------------------------- */

/* What scripts write for the types of words. */
static const char *written_for(const char *type)
{
    static const char *const rows[][2] = {
        { "plain/text", "text/plain" },
        { "html/text", "text/html" },
        { "text/htm", "text/html" },
        { "html", "text/html" },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(type, rows[i][0]) == 0)
            return rows[i][1];
    return NULL;
}

/* What RFC 2045 5.2 makes of a type that is none, unless a boundary tells that it has parts, or a
 * name that it is a file. */
static const char *type_of(struct arena *a, const struct mail_value *v, const char *unsaid)
{
    const char *slash = strchr(v->head, '/'), *meant = written_for(v->head);

    if (meant != NULL)
        return meant;
    if (slash == NULL || slash == v->head || slash[1] == '\0') {
        if (mail_param_bytes(a, v, "boundary", NULL).len > 0)
            return "multipart/mixed";
        if (strncmp(v->head, "text", 4) != 0 && mail_param_bytes(a, v, "name", NULL).len > 0)
            return "application/octet-stream";
        return v->head[0] == '\0' ? unsaid : "text/plain";
    }
    return text_clean_line(a, span_of(v->head), 200);
}

static bool is_named(struct arena *a, const struct mail_part *p)
{
    return mail_param_bytes(a, &p->disposition, "filename", NULL).len > 0 ||
           mail_param_bytes(a, &p->content_type, "filename", NULL).len > 0 ||
           mail_param_bytes(a, &p->content_type, "name", NULL).len > 0;
}

/* "test/plain": of no kind that there is (RFC 6838, 9695). */
static bool is_of_no_kind(const char *type)
{
    static const char *const kinds[] = {
        "application/", "audio/", "chemical/",  "example/", "font/",  "haptics/", "image/",
        "message/",     "model/", "multipart/", "text/",    "video/", NULL
    };

    return !span_begins_any(span_of(type), kinds);
}

/* Are its bytes words, and no file's? */
static bool holds_words(const struct mail_part *p)
{
    struct text_buffer bytes = { 0 };
    struct span s;
    size_t i;
    bool words;

    mail_transfer_decode(&bytes, p->body, p->transfer);
    s = span_trim(text_buffer_span(&bytes));
    words = s.len > 0;
    for (i = 0; words && i < s.len; i++)
        words = (unsigned char)s.ptr[i] >= ' ' || memchr("\t\n\f\r\033", s.ptr[i], 5) != NULL;
    text_buffer_clear(&bytes);
    return words;
}

/* Nothing else is in the mail, and what it is called tells nobody what it is. */
static void read_words_of_no_kind(struct arena *a, struct mail_part *p)
{
    const char *subtype;

    while (p->is_multipart && p->count == 1)
        p = p->parts[0];
    if (p->is_multipart || p->attached || is_named(a, p) || !is_of_no_kind(p->type) ||
        !holds_words(p))
        return;
    subtype = strchr(p->type, '/');
    p->type = subtype != NULL && strcmp(subtype, "/html") == 0 ? "text/html" : "text/plain";
}

/* Characters that are not seen but make one name look like another (S-30). */
static bool is_unseen(const char *p)
{
    static const char *const unseen[] = {
        "\u200b", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
        "\u2060", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff", NULL,
    };
    const char *const *u;

    for (u = unseen; *u != NULL; u++)
        if (strncmp(p, *u, 3) == 0)
            return true;
    return false;
}

const char *mail_part_filename(struct arena *a, const char *name)
{
    struct text_buffer b = { 0 };
    const char *p, *out;
    struct span s;

    for (p = name; *p != '\0'; p++) {
        if (*p == '/' || *p == '\\')
            b.len = 0;
        else if (is_unseen(p))
            p += 2;
        else
            text_buffer_add(&b, p, 1);
    }
    s = span_trim(text_buffer_span(&b));
    out = s.len == 0 || span_is(s, ".") || span_is(s, "..")
              ? NULL
              : arena_strndup(a, s.ptr, text_cut(s, INBOUND_NAME_MAX));
    text_buffer_clear(&b);
    return out;
}

static void name_parts(struct arena *a, struct mail_part *p, const char *likely)
{
    const char *name = mail_param_text(a, &p->disposition, "filename", likely, NAME_BYTES_MAX);
    size_t i;

    if (name == NULL)
        name = mail_param_text(a, &p->content_type, "name", likely, NAME_BYTES_MAX);
    if (name == NULL) /* the other field's parameter */
        name = mail_param_text(a, &p->content_type, "filename", likely, NAME_BYTES_MAX);
    p->filename = name != NULL ? mail_part_filename(a, name) : NULL;
    for (i = 0; i < p->count; i++)
        name_parts(a, p->parts[i], likely);
}

/* --- what charset it is in
 * ------------------------------------------------------------------------------- */

/* The header's bytes that say no charset, a field a line. Empty: there are none, or they are UTF-8,
 * which says nothing of other texts. */
static struct span raw_fields(struct arena *a, const struct mail_header *h)
{
    struct text_buffer b = { 0 };
    struct span kept = { "", 0 };
    size_t i;

    for (i = 0; i < h->count && b.len < FIELDS_SAMPLE_MAX; i++)
        if (!text_is_ascii(h->fields[i].value)) {
            text_buffer_add(&b, h->fields[i].value.ptr, h->fields[i].value.len);
            text_buffer_puts(&b, "\n");
        }
    if (b.len > FIELDS_SAMPLE_MAX)
        b.len = FIELDS_SAMPLE_MAX;
    if (b.len > 0 && mail_charset_guess(a, text_buffer_span(&b)) != NULL)
        kept = (struct span){ arena_strndup(a, b.ptr, b.len), b.len };
    text_buffer_clear(&b);
    return kept;
}

/* What a text is in that does not say it: by what the header has of the kind, too. */
static const char *guess(struct arena *a, struct span fields, struct span text)
{
    struct text_buffer b = { 0 };
    const char *name;
    size_t i = 0;

    name = mail_charset_guess(a, text);
    if (fields.len == 0 || (name == NULL && !text_is_ascii(text)))
        return name;
    while (i < text.len && (unsigned char)text.ptr[i] < 0x80)
        i++;
    i -= i < BEFORE_HIGH ? i : BEFORE_HIGH;
    text = (struct span){ text.ptr + i, text.len - i };
    text_buffer_add(&b, fields.ptr, fields.len);
    text_buffer_add(&b, text.ptr, text.len < TEXT_SAMPLE_MAX ? text.len : TEXT_SAMPLE_MAX);
    name = mail_charset_guess(a, text_buffer_span(&b));
    text_buffer_clear(&b);
    return name;
}

/* The charset of a text that says it, or whose bytes tell it or another one; NULL: neither. */
static const char *charset_of(struct arena *a, struct span fields, const struct mail_part *p)
{
    struct span said = mail_param_bytes(a, &p->content_type, "charset", NULL);
    bool bare = p->transfer == MAIL_TRANSFER_NONE;
    const char *name, *instead;

    if (strncmp(p->type, "text/", 5) != 0 || p->attached)
        return NULL;
    if (!mail_charset_is_known(said) || mail_charset_is_utf8(said))
        return bare ? guess(a, fields, p->body) : NULL;
    name = mail_charset_name(a, said);
    instead = bare && name != NULL ? mail_charset_instead(p->body, name) : NULL;
    return instead != NULL ? instead : name;
}

/* What the first text is in, if that is no UTF-8, which tells by itself. */
static const char *likely_of(struct arena *a, struct span fields, const struct mail_part *p)
{
    const char *found = p->is_multipart ? NULL : charset_of(a, fields, p);
    size_t i;

    for (i = 0; i < p->count && found == NULL; i++)
        found = likely_of(a, fields, p->parts[i]);
    return found;
}

/* --- boundaries
 * --------------------------------------------------------------------------------------- */

struct cut {
    size_t begin, next; /* where the line begins and where the next one does */
    bool last, guessed; /* guessed: it is not of the boundary that was given */
};

/* Does the rest of a line at `at` hold nothing? *next: behind its end. */
static bool ends_line(struct span s, size_t at, size_t *next)
{
    while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t'))
        at++;
    if (at < s.len && s.ptr[at] == '\r')
        at++;
    *next = at < s.len ? at + 1 : at;
    return at >= s.len || s.ptr[at] == '\n';
}

/* The lines that part a multipart: "--" and its boundary, and the same of one that was guessed. */
enum { MARKS = 2 };
struct marks {
    struct span of[MARKS]; /* empty: there is none */
};

/* Does a mark's line begin at `at`? */
static bool is_cut(struct span s, size_t at, struct span mark, struct cut *out)
{
    size_t behind = at + mark.len;

    if (mark.len == 0 || behind > s.len || memcmp(s.ptr + at, mark.ptr, mark.len) != 0)
        return false;
    *out = (struct cut){ .begin = at };
    if (ends_line(s, behind, &out->next))
        return true;
    out->last = true;
    while (behind < s.len && (s.ptr[behind] == ' ' || s.ptr[behind] == '\t'))
        behind++; /* those of the boundary, which ends before them */
    return s.len - behind >= 2 && memcmp(s.ptr + behind, "--", 2) == 0 &&
           ends_line(s, behind + 2, &out->next);
}

/* From `at` on, which is the beginning of a line. */
static bool find_cut(struct span s, size_t at, const struct marks *marks, struct cut *out)
{
    const char *end;
    size_t i;

    for (; at < s.len; at = (size_t)(end - s.ptr) + 1) {
        for (i = 0; i < MARKS; i++)
            if (is_cut(s, at, marks->of[i], out)) {
                out->guessed = i > 0;
                return true;
            }
        end = memchr(s.ptr + at, '\n', s.len - at);
        if (end == NULL)
            return false;
    }
    return false;
}

/* The first line, if it begins with two dashes and the last one closes it. Empty: it is none, as a
 * rule of dashes is. */
static struct span first_and_last(struct span s)
{
    struct span all = span_trim(s), first;
    size_t at = 0, dashes = 0;

    if (!span_line(all, &at, &first))
        return (struct span){ "", 0 };
    first = span_trim(first);
    while (dashes < first.len && first.ptr[dashes] == '-')
        dashes++;
    if (dashes < 2 || dashes == first.len || first.len > BOUNDARY_MAX ||
        all.len < first.len * 2 + 3 || !span_ends(all, "--") ||
        memcmp(all.ptr + all.len - 2 - first.len, first.ptr, first.len) != 0 ||
        all.ptr[all.len - 3 - first.len] != '\n')
        return (struct span){ "", 0 };
    return first;
}

/* A multipart that names no boundary, or a wrong one: the first line of two dashes above a Content
 * field; or the boundary that it names, `given` with its dashes, without one of them or both. */
static struct span guess_mark(struct span s, struct span given)
{
    struct span line, above = { "", 0 };
    size_t at = 0;

    for (; span_line(s, &at, &line); above = span_trim(line)) {
        bool lost = above.len > 0 && above.len < given.len && above.len + 2 >= given.len &&
                    memcmp(given.ptr + given.len - above.len, above.ptr, above.len) == 0;

        if (span_begins(line, "Content-") && (span_begins(above, "--") || lost) &&
            above.len < BOUNDARY_MAX)
            return above;
    }
    return (struct span){ "", 0 };
}

/* "Name: value", "boundary=x", or what goes on below with a blank before it. */
static bool is_of_header(struct span line)
{
    return line.len > 0 &&
           (line.ptr[0] == ' ' || line.ptr[0] == '\t' || memchr(line.ptr, ':', line.len) != NULL ||
            memchr(line.ptr, '=', line.len) != NULL);
}

/* "part" of "--next_part", as broken programs repeat it. */
static bool is_end_of(struct span line, struct span mark)
{
    return line.len < mark.len && memcmp(mark.ptr + mark.len - line.len, line.ptr, line.len) == 0;
}

/* Does the text begin with a part's header, below empty lines and ends of the mark? A version of
 * MIME alone begins words above the parts. *at: where; the length up to its end, 0: it does not. */
static size_t part_header(struct span s, struct span mark, size_t *at)
{
    static const char *const fields[] = { "Content-Type:", "Content-Transfer-Encoding:",
                                          "Content-Disposition:", "MIME-Version:", NULL };
    struct span line;
    size_t next = 0;
    bool header = false, of_content = false;

    for (*at = 0; span_line(s, &next, &line); *at = header ? *at : next) {
        struct span words = span_trim(line);

        if (header && words.len == 0)
            return of_content ? next : 0;
        if (words.len == 0 || (!header && is_end_of(words, mark)))
            continue;
        if (!(header ? is_of_header(line) : span_begins_any(line, fields)))
            return 0;
        header = true;
        of_content = of_content || span_begins(line, "Content-");
    }
    return of_content && mark.len > 0 ? s.len : 0; /* the next mark took the empty line */
}

/* The line above it was forgotten: does a part begin the text, and has it a body? */
static bool begins_with_part(struct span s, size_t *at)
{
    size_t n = part_header(s, (struct span){ "", 0 }, at);

    return n > 0 && span_trim((struct span){ s.ptr + n, s.len - n }).len > 0;
}

/* "--" and the boundary; empty: there is none. */
static struct span mark_of(struct tree *t, const struct mail_part *part)
{
    struct span b = mail_param_bytes(t->arena, &part->content_type, "boundary", NULL);
    char *mark;

    while (b.len > 0 && (b.ptr[b.len - 1] == ' ' || b.ptr[b.len - 1] == '\t'))
        b.len--;
    if (b.len == 0 || b.len > BOUNDARY_MAX)
        return (struct span){ "", 0 };
    mark = arena_alloc(t->arena, b.len + 3);
    memcpy(mark, "--", 2);
    memcpy(mark + 2, b.ptr, b.len);
    return (struct span){ mark, b.len + 2 };
}

static void add_part(struct tree *t, struct mail_part *to, struct mail_part *part, size_t *room)
{
    if (to->count == *room) {
        struct mail_part **more = arena_array(t->arena, *room * 2 + 4, sizeof(struct mail_part *));

        if (to->count > 0)
            memcpy(more, to->parts, to->count * sizeof(*more));
        to->parts = more;
        *room = *room * 2 + 4;
    }
    to->parts[to->count++] = part;
}

/* What lies between two marks: the line end above a mark belongs to the mark (RFC 2046 5.1.1). */
static struct span between(struct span s, size_t begin, size_t end)
{
    if (end > begin && s.ptr[end - 1] == '\n')
        end--;
    if (end > begin && s.ptr[end - 1] == '\r')
        end--;
    return (struct span){ s.ptr + begin, end - begin };
}

/* What no line closes: without the last line if that is a closing one with other dashes, or in
 * other letters, and without one that the last words run into. */
static struct span without_closing(struct span s, struct span mark)
{
    struct span all = span_trim(s), line;
    const char *lf = all.len > 0 ? memrchr(all.ptr, '\n', all.len) : NULL, *end = all.ptr + all.len;
    size_t i = mark.len, glued = mark.len + 2;

    if (mark.len == 0 || all.len == 0)
        return s;
    line.ptr = lf != NULL ? lf + 1 : all.ptr;
    line.len = (size_t)(end - line.ptr);
    while (i < line.len && (line.ptr[i] == '-' || line.ptr[i] == ' '))
        i++;
    if (line.len > mark.len && i == line.len && strncasecmp(line.ptr, mark.ptr, mark.len) == 0)
        return between(s, 0, (size_t)(line.ptr - s.ptr));
    if (line.len >= glued && memcmp(end - 2, "--", 2) == 0 &&
        memcmp(end - glued, mark.ptr, mark.len) == 0)
        s.len = (size_t)(end - glued - s.ptr);
    return s;
}

/* The first boundary line of a multipart's body, one that was mistyped or forgotten included.
 * False: there is none before the last one, so it has no parts. */
static bool find_first(struct tree *t, const struct mail_part *part, struct marks *marks,
                       struct cut *out)
{
    struct span given = mark_of(t, part), s = part->body, above = s;
    struct marks guessed = { 0 };
    struct cut other;
    size_t at;
    bool found;

    *marks = (struct marks){ .of = { given } };
    found = find_cut(s, 0, marks, out);
    if (found)
        above.len = out->begin;
    if (begins_with_part(above, &at)) {
        *out = (struct cut){ .begin = at, .next = at };
        return true;
    }
    found = found && !out->last;
    guessed.of[0] = guess_mark(found ? above : s, given);
    if (guessed.of[0].len == 0 && !found)
        guessed.of[0] = first_and_last(s);
    if (guessed.of[0].len > 0 && find_cut(s, 0, &guessed, &other) && !other.last) {
        *out = other;
        marks->of[1] = guessed.of[0]; /* what was given ends a part all the same */
        return true;
    }
    return found;
}

/* The part behind the line `here`; *next becomes the line that ends it, or its last is set where
 * none does. */
static struct mail_part *read_next(struct tree *t, struct span s, const struct marks *marks,
                                   const struct cut *here, const char *unsaid, int level,
                                   struct cut *next)
{
    bool ends = find_cut(s, here->next, marks, next);
    struct span rest = { s.ptr + here->next, s.len - here->next };
    struct span own = ends ? between(s, here->next, next->begin)
                           : without_closing(rest, marks->of[0]),
                mark = marks->of[marks->of[0].len == 0], inner;
    struct mail_part *part = read_part(t, own, mark, unsaid, level);

    inner = mark_of(t, part);
    if (ends && strncmp(part->content_type.head, "multipart/", 10) == 0 && inner.len > 0 &&
        (span_equal(inner, marks->of[0]) || span_equal(inner, marks->of[1]))) {
        /* It has the boundary of what it is in: the lines are its own until one closes it */
        part = read_part(t, rest, mark, unsaid, level);
        ends = part->end > 0 && find_cut(s, here->next + part->end, marks, next);
    }
    if (!ends)
        *next = (struct cut){ .begin = s.len, .next = s.len, .last = true };
    return part;
}

/* Does a multipart go on below the closing line `here`? A whole mail that was closed too early does
 * at once, for below words stands another's; what a guess closed does where the boundary that was
 * given is met. *next: the line that it goes on with. */
static bool goes_on(struct span s, const struct marks *marks, const struct cut *here, int level,
                    struct cut *next)
{
    struct marks given = { .of = { marks->of[0] } };

    if (here->guessed)
        return given.of[0].len > 0 && find_cut(s, here->next, &given, next) && !next->last;
    return level == 0 && find_cut(s, here->next, marks, next) && !next->last &&
           span_trim(between(s, here->next, next->begin)).len == 0;
}

/* False: there is no boundary line in it, so it has no parts. */
static bool split(struct tree *t, struct mail_part *part, int level)
{
    const char *unsaid =
        strcmp(part->type, "multipart/digest") == 0 ? "message/rfc822" : "text/plain";
    struct span s = part->body;
    struct marks marks;
    struct cut here, next;
    size_t room = 0;

    if (level >= MAIL_LEVELS_MAX || s.len > t->work || t->parts >= MAIL_PARTS_MAX) {
        t->over = true;
        return false;
    }
    t->work -= s.len;
    if (!find_first(t, part, &marks, &here))
        return false;
    part->preamble = between(s, 0, here.begin);
    while (!here.last && t->parts < MAIL_PARTS_MAX) {
        add_part(t, part, read_next(t, s, &marks, &here, unsaid, level + 1, &next), &room);
        here = next;
        if (here.last && goes_on(s, &marks, &here, level, &next))
            here = next;
    }
    t->over = t->over || !here.last;
    part->end = part->header.body + here.next;
    return true;
}

/* The whole of it was encoded, which no program should do (RFC 2045 6.4). */
static bool split_decoded(struct tree *t, struct mail_part *part, int level)
{
    struct mail_part decoded = *part;
    struct text_buffer bytes = { 0 };

    if (part->transfer == MAIL_TRANSFER_NONE)
        return false;
    mail_transfer_decode(&bytes, part->body, part->transfer);
    decoded.body =
        (struct span){ arena_strndup(t->arena, bytes.len > 0 ? bytes.ptr : "", bytes.len),
                       bytes.len };
    text_buffer_clear(&bytes);
    if (!split(t, &decoded, level))
        return false;
    *part = decoded;
    part->end = 0;
    return true;
}

/* A multipart without parts: its words are all that there is. */
static void read_as_text(struct tree *t, struct mail_part *part)
{
    struct marks marks = { .of = { mark_of(t, part) } };
    struct cut end;

    part->type = "text/plain";
    if (find_cut(part->body, 0, &marks, &end) && end.last)
        part->body = between(part->body, 0, end.begin);
}

/* Has the body what the header promises, so that these are no words about a header? What would
 * become a file has to be in base64: words in it would be lost. */
static bool keeps_promise(struct tree *t, const struct mail_header *h, struct span body)
{
    static const char *const tags[] = { "</", "<br", NULL };
    struct mail_part p = { 0 };
    struct span mark, line;
    size_t at = 0;

    mail_param_read(t->arena, mail_header_find(h, "Content-Type"), &p.content_type);
    body = span_trim(body);
    if (strncmp(p.content_type.head, "multipart/", 10) == 0) {
        mark = mark_of(t, &p);
        return mark.len > 0 && memmem(body.ptr, body.len, mark.ptr, mark.len) != NULL;
    }
    if (mail_transfer_of(mail_header_find(h, "Content-Transfer-Encoding")) == MAIL_TRANSFER_BASE64)
        return span_line(body, &at, &line) && memchr(line.ptr, ' ', span_trim(line).len) == NULL;
    if (span_begins(mail_header_find(h, "Content-Disposition"), "attachment") ||
        mail_param_bytes(t->arena, &p.content_type, "name", NULL).len > 0)
        return false;
    if (strcmp(p.content_type.head, "text/html") == 0)
        return span_begins(body, "<") || span_holds_any(body, tags);
    return strcmp(p.content_type.head, "text/plain") == 0;
}

/* An empty line too many stands within the header, above what tells the type: goes on below it. Of
 * a text in a multipart it may be all that there is. */
static void read_rest_of_header(struct tree *t, struct span raw, struct span mark,
                                struct mail_part *p)
{
    static const char *const fields[] = { "Content-", "MIME-Version", "X-", NULL };
    struct span s = { raw.ptr + p->header.body, raw.len - p->header.body }, type;
    struct mail_header *h = &p->header, rest;
    struct mail_field *all;
    size_t at, i;

    if (mail_header_has(h, "Content-Type") || part_header(s, mark, &at) == 0)
        return;
    s = (struct span){ s.ptr + at, s.len - at };
    mail_header_read(t->arena, s, &rest);
    type = mail_header_find(&rest, "Content-Type");
    s = (struct span){ s.ptr + rest.body, s.len - rest.body };
    if (memchr(type.ptr, '/', type.len) == NULL ||
        !(span_trim(s).len > 0 ? keeps_promise(t, &rest, s)
                               : mark.len > 0 && span_begins(type, "text/")))
        return;
    for (i = 0; i < rest.count; i++)
        if (!span_begins_any(rest.fields[i].name, fields))
            return;
    all = arena_array(t->arena, h->count + rest.count, sizeof(*all));
    if (h->count > 0)
        memcpy(all, h->fields, h->count * sizeof(*all));
    memcpy(all + h->count, rest.fields, rest.count * sizeof(*all));
    h->fields = all;
    h->count += rest.count;
    h->body += at + rest.body;
    h->over = h->over || rest.over;
}

/* `mark`: of the line above it; empty: it is no part of another. */
static struct mail_part *read_part(struct tree *t, struct span raw, struct span mark,
                                   const char *unsaid, int level)
{
    struct mail_part *p = arena_alloc(t->arena, sizeof(*p));

    t->parts++;
    mail_header_read(t->arena, raw, &p->header);
    read_rest_of_header(t, raw, mark, p);
    t->over = t->over || p->header.over;
    p->body = (struct span){ raw.ptr + p->header.body, raw.len - p->header.body };
    mail_param_read(t->arena, mail_header_find(&p->header, "Content-Type"), &p->content_type);
    mail_param_read(t->arena, mail_header_find(&p->header, "Content-Disposition"), &p->disposition);
    p->type = type_of(t->arena, &p->content_type, unsaid);
    p->attached = strcmp(p->disposition.head, "attachment") == 0;
    p->transfer = mail_transfer_of(mail_header_find(&p->header, "Content-Transfer-Encoding"));
    if (strncmp(p->type, "multipart/", 10) == 0) {
        p->is_multipart = split(t, p, level) || split_decoded(t, p, level);
        if (!p->is_multipart)
            read_as_text(t, p);
    }
    return p;
}

struct mail_part *mail_part_read(struct arena *a, struct span raw, const char *fallback,
                                 const char **likely, bool *over)
{
    struct tree t = { .arena = a };
    struct mail_part *root;

    t.work = raw.len * WORK_TIMES + WORK_LEAST;
    root = read_part(&t, raw, (struct span){ "", 0 }, "text/plain", 0);
    *over = t.over;
    read_words_of_no_kind(a, root);
    *likely = likely_of(a, raw_fields(a, &root->header), root);
    if (*likely == NULL)
        *likely = fallback;
    name_parts(a, root, *likely);
    return root;
}

static bool is_of_types(const struct mail_part *p, const char *const *types)
{
    for (; *types != NULL; types++)
        if (strcmp(p->type, *types) == 0)
            return true;
    return false;
}

const struct mail_part *mail_part_find(const struct mail_part *p, const char *const *types,
                                       int levels)
{
    const struct mail_part *found = NULL;
    size_t i;

    if (is_of_types(p, types))
        return p;
    for (i = 0; found == NULL && levels > 0 && i < p->count; i++)
        found = mail_part_find(p->parts[i], types, levels - 1);
    return found;
}
