/* channels/mail_quote_notice_words.h - the words of gateways' warnings and of lawyers' notices.
 *
 * Pure tables that end with NULL: a language is added by adding its words, in lower case, as
 * mail_quote_line_fold() makes what is asked. A phrase with blanks at its ends is found between
 * words alone. */
#ifndef RELEVO_CHANNELS_MAIL_QUOTE_NOTICE_WORDS_H
#define RELEVO_CHANNELS_MAIL_QUOTE_NOTICE_WORDS_H

/* --- warnings of gateways */
extern const char *const mail_notice_warning_titles[]; /* a whole line, without what is drawn */
extern const char *const mail_notice_labels[]; /* of a mail that its company files, in brackets */
extern const char *const mail_notice_warning_openers[]; /* with one, one of several lines begins */
extern const char *const mail_notice_outsider[]; /* a mail's sender who is not of the house */
extern const char *const mail_notice_outside[];  /* the same, beside a word of the next */
extern const char *const mail_notice_mail[];     /* the mail itself, or its sender */
extern const char *const mail_notice_forbidding[];
extern const char
    *const mail_notice_not_to_do[];             /* with what: of such speaks a wrapped one's rest */
extern const char *const mail_notice_failing[]; /* whoever cannot do it is not told not to */
/* What Exchange Online writes above of senders that it seldom sees, and Google of look-alikes. */
extern const char *const mail_notice_seldom_seen[];

/* --- notices of lawyers and of scanners */
extern const char *const mail_notice_legal_titles[];
extern const char *const mail_notice_legal[];   /* what a person does not write of an own matter */
extern const char *const mail_notice_trees[];   /* begin a line that speaks of printing */
extern const char *const mail_notice_secret[];  /* the same, in a line that names itself */
extern const char *const mail_notice_seconds[]; /* two of them make one of those */
extern const char *const mail_notice_received[];
extern const char *const mail_notice_this_mail[];
extern const char *const mail_notice_by_mistake[];
extern const char *const mail_notice_scanned[];
extern const char *const mail_notice_names_itself[];

/* --- people */
extern const char *const mail_notice_persons[]; /* somebody who speaks of an own matter */
extern const char *const mail_notice_foreign[]; /* of languages that have some of those otherwise */
extern const char *const mail_notice_groups[];  /* several, or a company in its own notice */

#endif
