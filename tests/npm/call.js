// Makes calls as the providers' own packages sign them: a JSON list of calls on standard input, their answers on
// standard output. `url` and `signed` are what the signature is of; `asked` and `sent`, where given, are what goes out instead.
"use strict";
const twilio = require("twilio");
const { Webhook } = require("standardwebhooks");

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "Content-Type": "application/json" };

async function post(url, headers, body) {
    const answer = await fetch(url, { method: "POST", headers, body });
    return { status: answer.status, body: await answer.text() };
}

/** The client of Twilio's API, at a stand-in's address. */
class Elsewhere extends twilio.RequestClient {
    constructor(base) {
        super();
        this.base = base;
    }

    request(options) {
        return super.request({ ...options, uri: options.uri.replace("https://api.twilio.com", this.base) });
    }
}

const makers = {
    // An SMS, or a report on one.
    "twilio form": ({ token, url, signed, sent = signed, asked = url }) => post(asked, {
        ...FORM, "X-Twilio-Signature": twilio.getExpectedTwilioSignature(token, url, signed),
    }, new URLSearchParams(sent).toString()),

    // An event as JSON: its URL names the hash of its body, and is what is signed.
    "twilio json": ({ token, url, signed, sent = signed, asked = url }) => {
        const hash = `?bodySHA256=${twilio.getExpectedBodyHash(signed)}`;
        return post(asked + hash, {
            ...JSON_TYPE, "X-Twilio-Signature": twilio.getExpectedTwilioSignature(token, url + hash, {}),
        }, sent);
    },

    // Does the package believe a call of the stand-in?
    "twilio believes": async ({ token, url, form, signature }) => twilio.validateRequest(token, signature, url, form),

    // A message that leaves by Twilio's API.
    "twilio send": async ({ account, token, base, message }) => {
        const client = twilio(account, token, { httpClient: new Elsewhere(base) });
        try {
            const { sid, status } = await client.messages.create(message);
            return { sid, status };
        } catch (error) {
            return { status: error.status, code: error.code };
        }
    },

    "standard webhook": ({ secret, url, id, at, signed, sent = signed }) => post(url, {
        ...JSON_TYPE, "webhook-id": id, "webhook-timestamp": String(at),
        "webhook-signature": new Webhook(secret).sign(id, new Date(at * 1000), signed),
    }, sent),
};

async function main() {
    const chunks = [];
    for await (const chunk of process.stdin)
        chunks.push(chunk);
    const answers = [];
    for (const { make, ...call } of JSON.parse(Buffer.concat(chunks).toString()))
        answers.push(await makers[make](call));
    console.log(JSON.stringify(answers));
}

main();
