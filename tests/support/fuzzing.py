"""The fuzz targets (tests/fuzz/fuzz_*.c): how they are built, what they begin with, how one is run."""
import glob
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "fuzz")
INPUT_S = 25  # one input may take so long, also under sanitizers on a busy machine
MEMORY_MB = 2048
INPUT_MAX = 16384

MAILS = "tests/data/mail/*.eml"
MADE = "tests/mail/**/*.eml"
PAYLOADS = "tests/data/vectors/payloads/"
SHOP = b'{"specversion":"1.0","id":"1","type":"message","text":"Hello","sender":{"id":"7","name":"Ana"}}'
# What stands before a file of samples chooses the reader in its target.
FILES = {
    "mail": [(b"", MAILS), (b"", MADE)],
    "mail_html": [(b"", MAILS), (b"", MADE)],
    "mail_charset": [(b"\0utf-8\n", MAILS), (b"\1shift_jis\n", MAILS), (b"\2\n", MAILS)],
    "mail_quote": [(b"\0", MAILS), (b"\1", MAILS), (b"\3", MAILS)],
    "form": [(b"", PAYLOADS + "*.form")],
    "hook": [(b"\0", PAYLOADS + "telegram-*.json"), (b"\1", PAYLOADS + "twilio-*.form"),
             (b"\2", PAYLOADS + "web*.json"), (b"\3", PAYLOADS + "generic-*.json")],
    "conf": [(b"\0", "tests/data/*.yaml"), (b"\1", "core/policy.yaml"), (b"\2", "core/policy.yaml")],
}
TEXTS = {
    "http_scan": [b"\1\2\3\4\5\6\7\10POST /hook/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
                  b"\377\2\3\4\5\6\7\10POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                  b"\1\1\1\1\1\1\1\1GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.0\r\n\r\n"],
    "hook": [b'\2{"id":"message-0001","text":"Hello","name":"Ana","language":"es"}', b"\3" + SHOP],
    "stranger": [b"\0\nsecret\napplication/json\n{}", b"\1?bodySHA256=00\nAAAA\napplication/x-www-form-urlencoded\n\nBody=a",
                 b"\2\nmsg_1\n1768471200\nv1,AAAA v1a,AAAA\napplication/json\n{}",
                 b"\3\nBearer AAAA.BBBB\nhttps://shop.example.org\nshop\n\n{}",
                 b"\4?token=AAAA.BBBB&after=1\nBearer x\nhttps://shop.example.org\nshop\nm17\n"],
    "inbound": [b'{"kind":"message","external_id":"1","from":{"name":"Ana","address":"ana@example.org"},"to":[],"cc":[],'
                b'"subject":"[#42] Hello","text":"Hello","references":["a@b","c@d"],"attachments":[{"filename":"a.txt",'
                b'"content_type":"text/plain","size":3,"sha256":null}],"received_at":1768471200}'],
    "worker": [b"\0\3\0\0\1\2\1\4\0\0\1\4\1\5\0\0\1\5\1", b"\0010\0001\000250 queued\0",
               b"\2a\000587\0starttls\0u\0p\0\0h\0005000\0a@b\0c@d\00012\0", b"\3mx\0desk\0utf-8\0001768471200\0"],
    "conf": [b"\0database: dbname=relevo\nchannels:\n  mail: {kind: imap, host: a, user: b, password: {file: /x}}\n"
             b"  out: {kind: smtp, host: a}\nhttp: {listen: '127.0.0.1:8080'}\n"],
    "words": [b"\0ana@Example.org", b"\1+34 600 111 222", b"\2ana@ex\xc3\xa1mple.org", b"\3Entw\xc3\xbcrfe & mehr",
              b"\4[::1]:8080", b"\5Thu, 15 Jan 2026 10:00:00 +0100 (CET)", b"\0052026-01-15T10:00:00.5+01:00",
              b"\6<a@b> <c@d>", b"\7support+taaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org", b"\10AAAA.BBBB",
              b"\11whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b"\12first_response 50%", b"\12raise to high", b"\0121h30m",
              b"\13(?i)\\bdown\\b.*\\d{2}"],
    "mail_event": [b"BEGIN:VEVENT\r\nSUMMARY:a\\, b\r\n c\r\nDTSTART;TZID=x:20260601T100000Z\r\nBEGIN:VALARM\r\nEND:VALARM\r\n"
                   b"LOCATION:x\r\nEND:VEVENT\r\n"],
    "mail_tnef": [b"\0x\x9f>\"\1\0\1\7\x90\6\0\10\0\0\0\xe4\4\0\0\0\0\0\0\0\0\1\3\x90\6\0*\0\0\0\2\0\0\0\3\0\xde?\xe9\xfd\0\0"
                  b"\x1e\0\0\x10\1\0\0\0\6\0\0\0words\0\0\0\0\0",
                  b"\0x\x9f>\"\1\0\1\3\x90\6\0\x39\0\0\0\1\0\0\0\2\1\x09\x10\1\0\0\0\x29\0\0\0\x25\0\0\0\x19\0\0\0MELA\0\0\0\0"
                  b"{\\rtf1\\fromhtml1 \\'e9\\u233?}\0\0",
                  b"\1{\\rtf1\\ansicpg1252\\fromhtml1{\\fonttbl{\\f1\\fcharset128 A;}}{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 \\f1\\'93\\'fa"
                  b"\\u-10179?\\u-8704?\\uc0\\par\\bin3 abc}}",
                  b"\2\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4KQA\0\4 WXYZ\rn}\1\x0e\xb0"],
    "mail_inline": [b"a\nbegin 644 x.txt\n#0V%T\n`\nend\nb\n", b"begin-base64 644 x\nQ2F0\nIQ==\n====\n",
                    b"=ybegin part=1 line=128 size=3 name=a b.txt\n=ypart begin=1 end=3\nm\x8b\x9e=}\n=yend size=3\n"],
    "lmtp": [b"\377LHLO a\r\nMAIL FROM:<a@b> SIZE=20 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<c+d@e>\r\nRCPT TO:<c@d>\r\nDATA\r\nS: a\r\n\r\n"
             b"..\r\n\n.\r\n.\rb\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<@x:\"a>b\"@c>\r\nDATA\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n",
             b"\3LHLO a\r\nMAIL FROM:<postmaster>\r\nRCPT TO:<postmaster>\r\nDATA\r\nabcdef\r\n.\r\nVRFY a\r\n"],
    "original": [b"Subject: a\r\n\r\n" + b"\r\n".join([b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5"] * 40) +
                 b"\r\nQUI=\r\n--b--\r\n", b"QUJD\nQUJD\r\nQQ==\n" * 300],
    "holiday_feed": [b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:New Year's\\, day\r\nDTSTART;VALUE=DATE:20200101\r\n"
                     b"RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=-1MO,FR;UNTIL=20270101T000000Z\r\nEXDATE:20260101\r\nEND:VEVENT\r\n"
                     b"BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20260131T000000Z\r\nDTSTART;TZID=\"a:b\":20260201T000000\r\n"
                     b"DURATION:P1DT24H\r\nRDATE;VALUE=PERIOD:20260301T000000/P1D\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                     b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20250101\nDTEND:20250105\nCATEGORIES:a\nSTATUS:CANCELLED\n"
                     b"RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=9;WKST=SU;BYSETPOS=-1;BYDAY=TU\nEND:VEVENT\nEND:VCALENDAR\n"],
    "calendar": [bytes(range(64)), bytes(200)],
    "mail_write": [b"\1ana@example.net\nAna\ndesk@example.org\nTienda\nr@example.org\na.1@example.org\nb@c\n<a@b> <b@c>\nHola \xc3\xa1\n"
                   b"\2plan a.pdf\napplication/pdf\n%PDF-1.4\0\xff\x1ca\xc3\xb1o.csv\ntext/csv\n1;2\r\n.\r\n\x1c"
                   b"Buenos d\xc3\xadas\n.\nFrom here on",
                   b"\0ana@example.net\n\n\n\n\na.1@example.org\n\n\nHello\n\0Good morning"],
    "imap": [b"* PREAUTH hello\r\n* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS\r\nR1 OK done\r\n* 3 EXISTS\r\n"
             b"* OK [UIDVALIDITY 77] x\r\n* OK [UIDNEXT 13] x\r\n1 OK [READ-WRITE] done\r\n* SEARCH 7 12\r\n2 OK done\r\n"
             b"* 1 FETCH (UID 7 RFC822.SIZE 900 INTERNALDATE \"15-Jan-2026 12:00:00 +0200\" FLAGS (\\Seen $x))\r\n3 OK done\r\n"
             b"* 1 FETCH (UID 7 BODY[] {5}\r\nHello)\r\n4 OK done\r\n"
             b"* 1 FETCH (UID 7 BODY[] {5}\r\nHello)\r\n* 2 FETCH (BODY[] {3}\r\nyou UID 8)\r\n5 OK done\r\n"
             b"6 OK [COPYUID 1 7 1] done\r\n7 OK done\r\n+ idling\r\n* 4 EXISTS\r\nR2 OK done\r\n* BYE\r\n8 OK done\r\n",
             b"* OK hello\r\n1 OK in\r\n* CAPABILITY IMAP4rev1\r\nR1 OK done\r\n* OK [UIDVALIDITY 1] x\r\n2 OK done\r\n"
             b"* SEARCH 7\r\n3 OK done\r\n* 1 FETCH (FLAGS (\\Deleted) UID 7)\r\n4 OK done\r\n* 1 FETCH (BODY[] \"x\" UID 7)\r\n"
             b"5 OK done\r\n* 1 FETCH (BODY[] \"x\" UID 7)\r\n6 NO no\r\n* SEARCH 7\r\n7 OK done\r\n8 OK done\r\n9 NO no\r\n",
             b"* BYE not now\r\n", b"* OK x\r\n1 NO [AUTHENTICATIONFAILED] no\r\n"],
    "ticket": [b"\0ack=1 first_response=2 level_visit=1 told=5", b"\00117 E-01 1800000120 18 E-06 1800000240",
               b"\2{1800000000,1,3,1800000060,0,4}",
               b'\3{"kind":"customer_wrote","at":1,"now":2,"by":"customer","message_id":3,"sender":"ana@example.org"}'],
}


def build():
    """Raises CalledProcessError, whose output says what is wrong."""
    for command in (["cmake", "--preset", "fuzz", "-G", "Ninja"], ["cmake", "--build", BUILD, "--target", "fuzz", "-j", "2"]):
        subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)


def targets():
    return sorted(os.path.basename(p)[len("fuzz_"):-2] for p in glob.glob(os.path.join(ROOT, "tests/fuzz/fuzz_*.c")))


def seed(target, folder):
    """Writes what the target begins with; finds of earlier runs there stay."""
    os.makedirs(folder, exist_ok=True)
    texts = list(TEXTS.get(target, []))
    for before, pattern in FILES.get(target, []):
        for path in sorted(glob.glob(os.path.join(ROOT, pattern), recursive=True)):
            with open(path, "rb") as f:
                texts.append(before + f.read())
    for i, text in enumerate(texts):
        with open(os.path.join(folder, "seed-%d" % i), "wb") as f:
            f.write(text)


def command(target, folder, *limits):
    """Inputs that break it are left in build/fuzz/found, named after the target."""
    found = os.path.join(BUILD, "found")
    os.makedirs(found, exist_ok=True)
    return [os.path.join(BUILD, "tests", "fuzz_" + target), folder, "-artifact_prefix=%s/%s-" % (found, target),
            "-timeout=%d" % INPUT_S, "-rss_limit_mb=%d" % MEMORY_MB, "-max_len=%d" % INPUT_MAX, *limits]
