// A mail as somebody reads it who has npm's mailparser: the fields of tests/data/mail/README.md that it can give, as JSON.
// The text is what the package calls it; where that is blank, the HTML through html-to-text, as the package itself does.
"use strict";
const fs = require("fs");
const { convert } = require("html-to-text");
const { simpleParser } = require("mailparser");

const OPTIONS = { checksumAlgo: "sha256", keepCidLinks: true, skipTextToHtml: true };

/** Groups flattened; `value` is missing where the header is. */
function people(...fields) {
    return fields.flat().filter(Boolean).flatMap((field) => field.value ?? []).flatMap((one) => one.group ?? [one])
        .map(({ name, address }) => ({ name: name ?? "", address: address ?? "" }));
}

/** Of one header or of several, as they stand: the package leaves comments in them. */
function ids(said) {
    return [said ?? []].flat().flatMap((one) => [...one.matchAll(/<([^<>]+)>/g)]).map(([, id]) => id.trim());
}

async function read(path) {
    const mail = await simpleParser(fs.readFileSync(path), OPTIONS);
    const sender = [mail.from, mail.headers.get("sender"), mail.replyTo].flatMap((field) => people(field))
        .filter(({ address }) => address.includes("@"));
    return {
        from: sender[0] ?? null,
        to: people(mail.to),
        cc: people(mail.cc),
        subject: mail.subject ?? "",
        message_id: ids(mail.messageId)[0] ?? null,
        in_reply_to: ids(mail.inReplyTo)[0] ?? null,
        references: ids(mail.references),
        date: mail.date ? mail.date.toISOString() : null,
        text: mail.text?.trim() ? mail.text : convert(mail.html || ""),
        html: mail.html || null,
        attachments: mail.attachments.map(({ filename, contentType, size, checksum }) => ({
            filename: filename ? filename.split(/[/\\]/).pop() : null, content_type: contentType, size, sha256: checksum,
        })),
    };
}

read(process.argv[2]).then((said) => process.stdout.write(JSON.stringify(said)));
