"""Mails that are made to break their reader (reliability section 5): (name, bytes), made anew each time, one after the other."""
import base64
import gzip
import io
import struct
import zipfile

HEAD = b"From: Ana <ana@example.org>\r\nTo: desk@example.com\r\nSubject: bomb\r\nMessage-ID: <bomb@example.org>\r\n"
END = b"\r\nwords\r\n"


def nested(levels, what):
    """Each level in the one before it."""
    if what == "rfc822":
        return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + END
    return HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(levels)) + END


def multipart(parts):
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts


def html(body):
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body


def encoded(charset, body):
    return HEAD + b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\n" + body


def attached(kind, name, raw):
    return multipart(b"--b\r\nContent-Type: %s; name=%s\r\nContent-Disposition: attachment; filename=%s\r\n"
                     b"Content-Transfer-Encoding: base64\r\n\r\n%s--b--\r\n" % (kind, name, name, base64.encodebytes(raw)))


def packed_in_packed():
    """A zip of a thousand, each 10 MB of nothing."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("0", bytes(10 << 20))
    with zipfile.ZipFile(outer, "w") as made:
        for number in range(1000):
            made.writestr("%d.zip" % number, inner.getvalue())
    return outer.getvalue()


def tnef(properties, count=1):
    """MS-OXTNEF: a message whose properties these are, however many it says that there are."""
    body = struct.pack("<I", count) + properties
    return struct.pack("<IHBII", 0x223E9F78, 1, 1, 0x00069003, len(body)) + body + struct.pack("<H", sum(body) & 0xFFFF)


def rtf(kind, raw, size):
    """MS-OXRTFCP, as one property; `size`: what it says that it holds."""
    data = struct.pack("<II4sI", len(raw) + 12, size, kind, 0) + raw
    return struct.pack("<HHII", 0x0102, 0x1009, 1, len(data)) + data + bytes(-len(data) % 4)


def references(count):
    """Compressed RTF of two bytes for each seventeen that it becomes, each from the middle of what was said before."""
    places = [(207 + 17 * i + 2048) % 4096 << 4 | 15 for i in range(4096)]
    turn = b"".join(b"\xff" + struct.pack(">8H", *places[i:i + 8]) for i in range(0, 4096, 8))
    return turn * (count // len(turn))


def packed_bombs():
    """Files that hold a thousand times what they are: they are never opened; but of winmail.dat the words are read."""
    yield "10 GB in a gzip", attached(b"application/gzip", b"a.gz", gzip.compress(bytes(10 << 20)) * 1000)
    yield "10 GB in zips in a zip", attached(b"application/zip", b"a.zip", packed_in_packed())
    mail = b"application/ms-tnef", b"winmail.dat"
    yield "136 MB of RTF in a winmail.dat", attached(*mail, tnef(rtf(b"LZFu", references(16 << 20), 0xFFFFFFFF)))
    yield "16 M levels of RTF in a winmail.dat", attached(*mail, tnef(rtf(b"MELA", b"{" * (16 << 20), 0xFFFFFFFF)))
    yield "4 G properties in a winmail.dat", attached(*mail, tnef(struct.pack("<HHI", 3, 0x3FDE, 65001) * (1 << 20), 0xFFFFFFFF))
    yield "1 M attributes in a winmail.dat", attached(*mail, struct.pack("<IH", 0x223E9F78, 1) + (
        struct.pack("<BII", 1, 0x0002800C, 4) + b"abcd" + struct.pack("<H", sum(b"abcd"))) * (1 << 20))
    yield "a string of 4 GB in a winmail.dat", attached(*mail, tnef(struct.pack("<HHII", 0x1E, 0x1000, 1, 0xFFFFFFF0) + b"x" * 1000))


def html_bombs():
    yield "500 KB of div", html(b"<div>" * 100000)
    yield "400 KB of ul li", html(b"<ul><li>" * 50000)
    yield "150 KB of tables", html(b"<table><tr><td>" * 10000)
    yield "1 MB of blockquotes", html(b"<blockquote type=cite>" * 47000 + b"x<br>" * 1000)
    yield "100 000 attributes", html(b"<p " + b"a=1 " * 100000 + b">x</p>")
    yield "comments never ended", html(b"<!-- " * 200000)
    yield "tags never ended", html(b"<p a=" * 200000)
    yield "entities", html(b"&amp" * 250000)


def line_bombs():
    """What is asked of a line is asked of 100,000: whether a mail program wrote it, a signature or an old mail begins, a paragraph ends."""
    for lines in ("<a Bc\n", "h B\n", "--Ana\n", "--Ana P\n--Ana\n\n", "Ana\n01.06.2026 10:00\n", "From: a\nSubject: b\n", "Thanks!\n---\n",
                  "Hi,\n--\n", "```\n> a\n", "> a\nb\n", "On 1 June 2026 at 10:00 Ana <ana@client.example> wrote: x\n", "Sent from my B\n",
                  "Original message\n\n", "PS: a b c d\n"):
        raw = lines.replace("\n", "\r\n").encode()
        yield "1 MB of %r" % lines, encoded(b"us-ascii", raw * ((1 << 20) // len(raw)))


def bombs():
    for levels in (100, 1000, 40000):
        yield "rfc822 in rfc822, %d" % levels, nested(levels, "rfc822")
    for levels in (100, 5000, 20000):
        yield "multipart in multipart, %d" % levels, nested(levels, "multipart")
    same = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    yield "multiparts of one boundary, 20000", HEAD + same * 20000 + END
    yield "multiparts without a boundary, 5000", HEAD + b"Content-Type: multipart/mixed\r\n\r\n--x\r\n" * 5000 + END
    yield "1 M parts", multipart(b"--b\r\n\r\nx\r\n" * 1000000)
    yield "near boundaries", multipart(b"--b\r\n\r\n" + b"--bx\r\n--b-\r\n" * 1000000)
    yield "unclosed, large body", multipart(b"--b\r\n\r\n" + b"x" * 78 + b"\r\n" * 300000)
    yield "5 M fields", HEAD + b"X: 1\r\n" * 5000000 + END
    yield "10 MB subject", b"Subject: " + b"x" * (10 << 20) + b"\r\n" + HEAD + END
    yield "10 MB subject, folded", b"Subject: x" + b"\r\n x" * (3 << 20) + b"\r\n" + HEAD + END
    yield "200 000 recipients", b"Cc: " + b",\r\n ".join(b"n%d@example.net" % i for i in range(200000)) + b"\r\n" + HEAD + END
    yield "300 000 comments", b"From: " + b"(" * 300000 + b"\r\n" + HEAD + END
    yield "quotes and brackets", b"From: " + b'"<(,' * 75000 + b"\r\n" + HEAD + END
    yield "100 000 parameters", HEAD + b"Content-Disposition: attachment" + b"".join(
        b";\r\n filename*%d*=%%41" % i for i in range(100000)) + b"\r\n" + END
    yield "one parameter 100 000 times", HEAD + b"Content-Type: text/plain" + b"; charset=x" * 100000 + b"\r\n" + END
    yield "100 000 references", b"References: " + b"\r\n ".join(b"<%d@example.org>" % i for i in range(100000)) + b"\r\n" + HEAD + END
    yield "encoded words", b"Subject: " + b"=?utf-8?q?a?= " * 500000 + b"\r\n" + HEAD + END
    yield "encoded words never ended", b"Subject: " + b"=?utf-8?q?a " * 500000 + b"\r\n" + HEAD + END
    yield "charsets of encoded words", b"Subject: " + b"=?gbk?q?=b0=a1?= =?big5?q?=a4=a4?= " * 200000 + b"\r\n" + HEAD + END
    yield "30 MB of zeroes", multipart(b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                       base64.encodebytes(b"\0" * (30 << 20)) + b"--b--\r\n")
    yield "25 MB of text", encoded(b"utf-8", "ñandú ".encode() * (25 << 17))
    yield "a line of 25 MB", encoded(b"iso-8859-1", b"x" * (25 << 20))
    yield "25 MB in quoted-printable", HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * (8 << 20)
    yield "25 MB in uuencode", encoded(b"us-ascii", b"begin 644 x\r\n" + b"#0V%T\r\n" * (3 << 20) + b"end\r\n")
    yield "beginnings of files", encoded(b"us-ascii", b"begin 644 x\r\n" * (1 << 20))
    yield "beginnings of base64", encoded(b"us-ascii", b"begin-base64 644 x\r\n" * (1 << 20))
    yield "files in a text", encoded(b"us-ascii", b"begin 644 x\r\n#0V%T\r\n`\r\nend\r\n" * 200000)
    yield from packed_bombs()
    yield from html_bombs()
    yield from line_bombs()
    yield "1 M lines of >", encoded(b"us-ascii", b"> x\r\n" * 1000000)
    yield "flowed without end", HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"x \r\n" * 1000000
    for charset in (b"utf-7", b"gb18030", b"utf-8", b"iso-2022-jp", b"hz-gb-2312", b"utf-16", b"x-none"):
        yield "noise called " + charset.decode(), encoded(charset, bytes(range(256)) * 20000)
    yield "shifts", encoded(b"iso-2022-jp", b"\x1b$B\x1b(B" * 1000000)
    yield "marks", encoded(b"utf-8", "\u202e\u200b\u0301".encode() * 1000000)
    yield "NUL", encoded(b"utf-8", b"\0" * (10 << 20))
