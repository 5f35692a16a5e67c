#include "channels/mail_html_sheet.h"

#include <string.h>
#include <strings.h>

#include "channels/mail_html_style.h"
#include "channels/mail_html_tag.h"

enum {
    BLOCK_MAX = 500,        /* bytes of a rule's declarations; a longer one hides nothing */
    SMALL_SCREEN_MAX = 768, /* pixels in width; what a desk has is taken to be wider */
    WEIGHT_ELEMENT = -1,    /* below any class's */
    WEIGHT_ID = 10,         /* over any element's */
    WEIGHT_MAX = 100,       /* of a selector that is not understood */
};

static bool is_name(char c)
{
    return text_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_';
}

/* ".name" or "#name" at s; 0: it is none. */
static size_t key_at(struct span s)
{
    size_t n = 1;

    if (s.len < 2 || (s.ptr[0] != '.' && s.ptr[0] != '#'))
        return 0;
    while (n < s.len && is_name(s.ptr[n]))
        n++;
    return n > 1 && n <= MAIL_HTML_SHEET_NAME_MAX ? n : 0;
}

/* Where it is among those that are known; their number: it is not. */
static size_t place_of(const struct mail_html_sheet_names *known,
                       const struct mail_html_sheet_name *name)
{
    size_t i = 0;

    while (i < known->count && (strcmp(known->names[i].key, name->key) != 0 ||
                                strcasecmp(known->names[i].element, name->element) != 0))
        i++;
    return i;
}

static bool outweighs(const struct mail_html_sheet_name *a, const struct mail_html_sheet_name *b)
{
    return a->important != b->important ? a->important : a->weight > b->weight;
}

/* What a rule says of it is said last, unless one before it has more weight. */
static void take_name(struct mail_html_sheet_names *known, const struct mail_html_sheet_name *name)
{
    size_t place = place_of(known, name);

    known->hides = known->hides || name->hidden[MAIL_HTML_FORM_BOX];
    if (place < known->count) {
        if (outweighs(&known->names[place], name))
            return;
        known->count--;
        memmove(&known->names[place], &known->names[place + 1],
                (known->count - place) * sizeof(*name));
    } else if (known->count == MAIL_HTML_SHEET_NAMES) {
        known->full = true;
        return;
    }
    known->names[known->count++] = *name;
}

/* Whatever else the selector asks for. */
static void show(struct mail_html_sheet_names *known, struct span selector, bool important)
{
    size_t i, n;

    for (i = 0; i<selector.len; i += n> 0 ? n : 1) {
        struct mail_html_sheet_name name = { .important = important, .weight = WEIGHT_MAX };

        n = key_at((struct span){ selector.ptr + i, selector.len - i });
        if (n > 0) {
            memcpy(name.key, selector.ptr + i, n);
            take_name(known, &name);
        }
    }
}

/* "body ", "html body * ": every element of a mail is within these; `count`: of them. */
static struct span without_frame(struct span selector, int *count)
{
    static const char *const frames[] = { "body", "html", "*", NULL };
    size_t n;

    for (*count = 0;; ++*count) {
        for (n = 0; n < selector.len && strchr(" \t\r\n", selector.ptr[n]) == NULL; n++)
            ;
        if (n == selector.len || !span_same_any((struct span){ selector.ptr, n }, frames))
            return selector;
        selector = span_trim((struct span){ selector.ptr + n, selector.len - n });
    }
}

/* ".class", "#id", "span.class"; false: it asks for more than that. */
static bool read_selector(struct mail_html_sheet_name *name, struct span selector)
{
    size_t n = 0;
    int frames;

    selector = without_frame(selector, &frames);
    while (n < selector.len && is_name(selector.ptr[n]))
        n++;
    if (n > MAIL_HTML_SHEET_ELEMENT_MAX)
        return false;
    memset(name->element, 0, sizeof(name->element));
    memset(name->key, 0, sizeof(name->key));
    memcpy(name->element, selector.ptr, n);
    if (n == 0 && selector.len > 0 && selector.ptr[0] == '*')
        n++;
    selector = (struct span){ selector.ptr + n, selector.len - n };
    if (key_at(selector) == 0 || key_at(selector) != selector.len)
        return false;
    memcpy(name->key, selector.ptr, selector.len);
    name->weight = (frames > 0) + (name->element[0] != '\0');
    name->weight += name->key[0] == '#' ? WEIGHT_ID : 0;
    return true;
}

/* "p", "td p": all such elements within whatever, if that is all it asks for. */
static bool read_element(struct mail_html_sheet_name *name, struct span selector)
{
    size_t n = 0;

    while (n < selector.len && (is_name(selector.ptr[n]) || strchr(" >", selector.ptr[n]) != NULL))
        n++;
    if (n < selector.len)
        return false;
    for (n = 0; n < selector.len && is_name(selector.ptr[selector.len - n - 1]); n++)
        ;
    if (n == 0 || n > MAIL_HTML_SHEET_ELEMENT_MAX)
        return false;
    memset(name->element, 0, sizeof(name->element));
    memset(name->key, 0, sizeof(name->key));
    memcpy(name->element, selector.ptr + selector.len - n, n);
    name->weight = WEIGHT_ELEMENT;
    return true;
}

/* The elements that a rule is about, of which it says what `name` does; `always`: it holds on any
 * desk. */
static void take_selectors(struct mail_html_sheet *sheet, enum mail_html_way way,
                           struct span selectors, struct mail_html_sheet_name *name, bool always)
{
    struct mail_html_sheet_names *known = &sheet->by[way];
    bool hides = name->hidden[MAIL_HTML_FORM_BOX];
    struct span one;
    size_t n;

    while (selectors.len > 0) {
        const char *comma = memchr(selectors.ptr, ',', selectors.len);

        n = comma != NULL ? (size_t)(comma - selectors.ptr) : selectors.len;
        one = span_trim((struct span){ selectors.ptr, n });
        if ((always && read_selector(name, one)) ||
            (!hides && way == MAIL_HTML_BY_SIZE && read_element(name, one)))
            take_name(known, name);
        else if (!hides)
            show(known, one, name->important);
        n += comma != NULL;
        selectors = (struct span){ selectors.ptr + n, selectors.len - n };
    }
}

/* In one way. A size of nothing alone hides nothing: many templates set it for whole tables, and
 * others within by rules that are not understood. */
static void take_way(struct mail_html_sheet *sheet, enum mail_html_way way, struct span selectors,
                     const char *style, bool always)
{
    struct mail_html_sheet_name name = { .sure = true };
    /* Whatever hides another form hides a box, too */
    enum mail_html_sight sight = mail_html_style_sight(style, way, MAIL_HTML_FORM_BOX);
    struct mail_html_said said;
    int form;

    for (form = 0; sight == MAIL_HTML_UNSEEN && form < MAIL_HTML_FORMS; form++)
        name.hidden[form] =
            mail_html_style_sight(style, way, (enum mail_html_form)form) == MAIL_HTML_UNSEEN;
    said = mail_html_style_says(style, way, sight);
    if (!said.any ||
        (way == MAIL_HTML_BY_SIZE && sight == MAIL_HTML_UNSEEN && !mail_html_style_cuts_off(style)))
        return;
    name.important = said.important;
    name.block = way == MAIL_HTML_BY_DISPLAY &&
                 mail_html_style_is_lines(mail_html_style_of(style, "display"));
    take_selectors(sheet, way, selectors, &name, always);
}

static void take_rule(struct mail_html_sheet *sheet, struct span selectors, struct span block,
                      bool always)
{
    char style[BLOCK_MAX + 1];
    int way;

    if (block.len > BLOCK_MAX)
        return;
    memcpy(style, block.ptr, block.len);
    style[block.len] = '\0';
    for (way = 0; way < MAIL_HTML_WAYS; way++)
        take_way(sheet, (enum mail_html_way)way, selectors, style, always);
}

/* How long the comment at s is, or the string; 0: there is none. A string ends with its line. */
static size_t bare_at(struct span s)
{
    const char *end;
    size_t n = 1;

    if (s.len >= 2 && memcmp(s.ptr, "/*", 2) == 0) {
        end = memmem(s.ptr + 2, s.len - 2, "*/", 2);
        return end != NULL ? (size_t)(end - s.ptr) + 2 : s.len;
    }
    if (s.ptr[0] != '"' && s.ptr[0] != '\'')
        return 0;
    while (n < s.len && s.ptr[n] != s.ptr[0] && s.ptr[n] != '\n')
        n += s.ptr[n] == '\\' && n + 1 < s.len ? 2 : 1;
    return n < s.len ? n + 1 : n;
}

/* Without comments and strings, in which braces mean nothing. */
static void copy_rules(struct text_buffer *out, struct span css)
{
    size_t i = 0, begin = 0, n;

    while (i < css.len) {
        n = bare_at((struct span){ css.ptr + i, css.len - i });
        if (n > 0) {
            text_buffer_add(out, css.ptr + begin, i - begin);
            begin = i + n;
        }
        i += n > 0 ? n : 1;
    }
    text_buffer_add(out, css.ptr + begin, css.len - begin);
}

/* "{color:red}" at s; 0: rules are within it, as in that of an at-rule. */
static size_t block_at(struct span s)
{
    size_t n = 1;

    while (n < s.len && s.ptr[n] != '}' && s.ptr[n] != '{')
        n++;
    if (n == s.len)
        return n;
    return s.ptr[n] == '}' ? n + 1 : 0;
}

enum media { MEDIA_SOME, MEDIA_ALWAYS, MEDIA_OTHER /* none at which an agent sits */ };

/* Of "only screen and (max-width: 480px)", with "max-", the 480; -1: it says no such thing. */
static int width_in(struct span media, const char *bound)
{
    static const char *const names[] = { "width", "device-width", NULL };
    const char *end = media.ptr + media.len;
    const char *p = memmem(media.ptr, media.len, bound, strlen(bound));
    int width = 0;

    if (p == NULL)
        return -1;
    p += strlen(bound);
    if (!span_begins_any((struct span){ p, (size_t)(end - p) }, names))
        return -1;
    p = memchr(p, ':', (size_t)(end - p));
    if (p == NULL)
        return -1;
    for (p++; p < end && *p == ' '; p++)
        ;
    for (; p < end && text_is_digit(*p) && width <= SMALL_SCREEN_MAX; p++)
        width = width * 10 + (*p - '0');
    return width <= SMALL_SCREEN_MAX && end - p > 2 && strncasecmp(p, "px", 2) == 0 ? width : -1;
}

static enum media media_of(struct span said)
{
    static const char *const always[] = { "", "all", "screen", "only screen", NULL };
    struct span media = span_trim(said);
    const char *bracket = memchr(media.ptr, '(', media.len);

    if (span_same_any(media, always))
        return MEDIA_ALWAYS;
    if (memchr(media.ptr, ',', media.len) != NULL || span_begins(media, "not"))
        return MEDIA_SOME;
    if (span_begins(media, "print") || width_in(media, "max-") >= 0)
        return MEDIA_OTHER;
    if (bracket != NULL && bracket == memrchr(media.ptr, '(', media.len) &&
        width_in(media, "min-") >= 0)
        return MEDIA_ALWAYS;
    return MEDIA_SOME;
}

/* Rules that have rules in them. */
struct nest {
    size_t open;   /* how many are */
    size_t always; /* so many of them, from without, hold wherever an agent sits */
    size_t other;  /* the one that holds nowhere there; 0: none */
};

static void open_rule(struct nest *nest, struct span selector)
{
    static const char at[] = "@media";
    enum media media = MEDIA_SOME;

    selector = span_trim(selector);
    if (span_begins(selector, at))
        media = media_of((struct span){ selector.ptr + strlen(at), selector.len - strlen(at) });
    if (media == MEDIA_ALWAYS && nest->always == nest->open)
        nest->always++;
    nest->open++;
    if (media == MEDIA_OTHER && nest->other == 0)
        nest->other = nest->open;
}

static void close_rule(struct nest *nest)
{
    nest->open -= nest->open > 0;
    if (nest->always > nest->open)
        nest->always = nest->open;
    if (nest->other > nest->open)
        nest->other = 0;
}

static void read_rules(struct mail_html_sheet *sheet, struct span css, bool always)
{
    struct nest nest = { 0 };
    size_t i, begin = 0, n;

    for (i = 0; i < css.len; i += n) {
        struct span rest = { css.ptr + i, css.len - i }, selector = { css.ptr + begin, i - begin };

        n = 1;
        if (strchr("{};", rest.ptr[0]) == NULL || rest.ptr[0] == '\0')
            continue;
        if (rest.ptr[0] == '}')
            close_rule(&nest);
        if (rest.ptr[0] == '{') {
            n = span_begins(span_trim(selector), "@") ? 0 : block_at(rest);
            if (n > 0 && nest.other == 0)
                take_rule(sheet, selector,
                          (struct span){ rest.ptr + 1, n - 1 - (rest.ptr[n - 1] == '}') },
                          always && nest.always == nest.open);
            if (n == 0)
                open_rule(&nest, selector);
            n += n == 0;
        }
        begin = i + n;
    }
}

void mail_html_sheet_read(struct mail_html_sheet *sheet, struct span css, struct span media)
{
    struct text_buffer rules = { 0 };
    enum media of = media_of(media);

    if (of == MEDIA_OTHER)
        return;
    copy_rules(&rules, css);
    read_rules(sheet, text_buffer_span(&rules), of == MEDIA_ALWAYS);
    text_buffer_clear(&rules);
}

/* Is it said of such elements? */
static bool is_of(const struct mail_html_sheet_name *name, const char *element)
{
    return name->element[0] == '\0' || strcasecmp(name->element, element) == 0;
}

/* Of two that are said of one element: the heavier one, or what is said last. */
static void prefer(const struct mail_html_sheet_name **found,
                   const struct mail_html_sheet_name *name)
{
    if (*found == NULL || outweighs(name, *found) || (!outweighs(*found, name) && name > *found))
        *found = name;
}

/* What the sheets say of an element; NULL: nothing. Each of its classes is cut off once, for there
 * may be very many. */
static const struct mail_html_sheet_name *find_name(const struct mail_html_sheet_names *known,
                                                    const char *element,
                                                    const unsigned char **attributes)
{
    const struct mail_html_sheet_name *found = NULL, *name, *end = known->names + known->count;
    const char *classes, *id;
    size_t n;

    if (known->full || known->count == 0)
        return NULL;
    classes = mail_html_tag_value(attributes, "class");
    id = mail_html_tag_value(attributes, "id");
    for (name = known->names; name < end; name++)
        if (is_of(name, element) &&
            (name->key[0] == '\0' || (name->key[0] == '#' && strcmp(id, name->key + 1) == 0)))
            prefer(&found, name);
    for (; *classes != '\0'; classes += n) {
        classes += strspn(classes, " \t\r\n");
        n = strcspn(classes, " \t\r\n");
        for (name = known->names; n > 0 && name < end; name++)
            if (name->key[0] == '.' && strncmp(name->key + 1, classes, n) == 0 &&
                name->key[1 + n] == '\0' && is_of(name, element))
                prefer(&found, name);
    }
    return found;
}

/* What the sheets say of it outdoes what its own style does not say, or with less weight. */
static void outdo(struct mail_html_shown *shown, const struct mail_html_sheet_name *name,
                  const char *style, enum mail_html_way way, enum mail_html_form form)
{
    struct mail_html_said own = mail_html_style_says(style, way, shown->sight);

    if (own.any && (own.important || !name->important))
        return;
    if (name->hidden[mail_html_style_form(style, form)]) {
        shown->sight = MAIL_HTML_UNSEEN;
        shown->by_sheet = true;
    } else if (name->sure) {
        shown->again = shown->sight == MAIL_HTML_UNSEEN;
        shown->sight = MAIL_HTML_SEEN;
    }
}

struct mail_html_shown mail_html_sheet_shown(const struct mail_html_sheet *sheet,
                                             enum mail_html_way way, enum mail_html_form form,
                                             const char *element, const unsigned char **attributes)
{
    const struct mail_html_sheet_names *known = &sheet->by[way];
    const struct mail_html_sheet_name *name = NULL;
    const char *style = mail_html_tag_value(attributes, "style");
    struct mail_html_shown shown = { .sight = mail_html_style_sight(style, way, form) };
    struct span display;

    /* Most rules have a height or a size, and most sheets hide nothing by them */
    if (known->hides || shown.sight == MAIL_HTML_UNSEEN || way == MAIL_HTML_BY_DISPLAY ||
        way == MAIL_HTML_BY_VISIBILITY)
        name = find_name(known, element, attributes);
    if (name != NULL)
        outdo(&shown, name, style, way, form);
    if (way != MAIL_HTML_BY_DISPLAY)
        return shown;
    display = mail_html_style_of(style, "display");
    if (display.len == 0 && name == NULL && mail_html_tag_has(attributes, "hidden"))
        shown.sight = MAIL_HTML_UNSEEN;
    shown.block = mail_html_style_is_lines(display) ||
                  (name != NULL && name->block && (display.len == 0 || shown.again));
    return shown;
}
