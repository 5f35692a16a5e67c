#!/usr/bin/env python3
"""Mails as somebody reads them who has Python's email package: the fields of tests/data/mail/README.md that it can give.

  read_email.py FILE                prints them as JSON
  read_email.py TIMES FILE...       reads each mail that many times from memory, and prints the processor seconds

What the package leaves to its user is done the short way: which parts are shown is what the contract says, HTML becomes text
by html.parser with block elements on lines of their own, and a header that the package cannot read is one that is not there."""
import datetime
import email
import email.policy
import hashlib
import html.parser
import json
import re
import sys
import time

BLOCKS = {"address", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "form", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
          "li", "ol", "p", "pre", "table", "td", "th", "tr", "ul"}
HIDDEN = {"head", "script", "style", "title"}


class Words(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out, self.hidden = [], []

    def handle_starttag(self, tag, attrs):
        if tag in HIDDEN:
            self.hidden.append(tag)
        elif tag == "body":
            self.hidden.clear()
        elif tag in BLOCKS:
            self.out.append("\n")

    def handle_endtag(self, tag):
        if tag in self.hidden:
            del self.hidden[self.hidden.index(tag):]
        elif tag in BLOCKS:
            self.out.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.out.append(data)


def html_text(source):
    words = Words()
    words.feed(source)
    words.close()
    return "".join(words.out)


def header(mail, name):
    """The parsed header, or None: some that are malformed make the package raise."""
    try:
        return mail[name]
    except Exception:  # pylint: disable=broad-except
        return None


def people(mail, name):
    return [{"name": a.display_name, "address": a.addr_spec} for a in getattr(header(mail, name), "addresses", ())]


def ids(mail, name):
    return [i.strip() for i in re.findall(r"<([^<>]+)>", str(header(mail, name) or ""))]


def own_id(mail):
    bare = str(header(mail, "Message-ID") or "").strip()
    return (ids(mail, "Message-ID") or [bare if "<" not in bare else ""])[0] or None


def date(mail):
    at = getattr(header(mail, "Date"), "datetime", None)
    if at is None:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def content(part):
    try:
        return part.get_content()
    except (LookupError, ValueError, KeyError):  # a charset that Python does not know
        return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def is_shown(part):
    return (part.get_content_type() in ("text/plain", "text/html", "text/enriched") and not part.is_multipart()
            and not part.is_attachment() and part.get_filename() is None)


class Reading:
    def __init__(self, raw):
        self.crlf = b"\r\n" in raw
        self.text, self.html, self.files = [], None, []
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        self.part(mail, True)
        senders = [who for name in ("From", "Sender", "Reply-To") for who in people(mail, name) if "@" in who["address"]]
        answers = ids(mail, "In-Reply-To")
        self.fields = {
            "from": senders[0] if senders else None, "to": people(mail, "To"), "cc": people(mail, "Cc"),
            "subject": str(header(mail, "Subject") or ""), "message_id": own_id(mail),
            "in_reply_to": answers[0] if answers else None, "references": ids(mail, "References"), "date": date(mail),
            "text": "\n".join(self.text), "html": self.html, "attachments": self.files,
        }

    def part(self, part, wanted):
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            forms = list(part.iter_parts())
            chosen = self.chosen(forms) if part.get_content_type() == "multipart/alternative" else None
            for form in forms:
                self.part(form, wanted and (chosen is None or form is chosen))
        elif is_shown(part):
            self.words(part, wanted)
        elif part.get_content_maintype() != "multipart":  # else it is one without any part
            self.file(part)

    @staticmethod
    def chosen(forms):
        """Of a multipart/alternative: the plain text unless it is blank, or else the last."""
        shown = [f for f in forms if is_shown(f) or f.get_content_maintype() == "multipart"]
        for form in shown:
            if form.get_content_type() == "text/plain" and content(form).strip():
                return form
        return shown[-1] if shown else None

    def words(self, part, wanted):
        is_html = part.get_content_type() == "text/html"
        if not wanted and not is_html:
            return
        text = content(part)
        if wanted:
            self.text.append(html_text(text) if is_html else text)
        if is_html:
            self.html = text if self.html is None else self.html + "\n" + text

    def file(self, part):
        if part.is_multipart():  # a mail, or the groups of a delivery report
            line_end = "\r\n" if self.crlf else "\n"
            as_it_came = email.policy.default.clone(refold_source="none", linesep=line_end)
            data = b"".join(p.as_bytes(policy=as_it_came) for p in part.get_payload())
            if part.get_content_type() == "message/delivery-status":  # it writes a blank line behind the last group
                data = data.removesuffix(line_end.encode())
        else:
            data = part.get_payload(decode=True) or b""
        name = part.get_filename()
        self.files.append({"filename": re.split(r"[/\\]", name)[-1] if name else None, "content_type": part.get_content_type(),
                           "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})


def read_file(path):
    with open(path, "rb") as f:
        return f.read()


def take_time(times, mails):
    for raw in mails:  # what is loaded at its first use is not counted
        Reading(raw)
    before = time.process_time()
    for _ in range(times):
        for raw in mails:
            Reading(raw)
    print("%.6f" % (time.process_time() - before))


def main():
    if len(sys.argv) == 2:
        # Bytes of a header that are no text, the package keeps as surrogates: as UTF-8 they may be some.
        found = json.dumps(Reading(read_file(sys.argv[1])).fields, ensure_ascii=False)
        print(found.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    elif len(sys.argv) > 2:
        take_time(int(sys.argv[1]), [read_file(p) for p in sys.argv[2:]])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
