// Takes Standard Webhooks as their own package believes them, and tells of each call on standard output, one JSON a line;
// the first line is its port. Its argument: {secret, busy: how many good calls get 503 first}. Ends with its input.
"use strict";
const http = require("http");
const { Webhook } = require("standardwebhooks");

const { secret, busy } = JSON.parse(process.argv[2]);
const webhook = new Webhook(secret);
let left = busy;

function tell(line) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
}

function judge(body, headers) {
    try {
        webhook.verify(body, headers);
        return "";
    } catch (error) {
        return error.message;
    }
}

const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request)
        chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const why = judge(body, request.headers);
    const status = why !== "" ? 401 : left > 0 ? 503 : 204;
    if (status === 503)
        left--;
    // Told before it is answered: who saw the answer finds the line.
    tell({ method: request.method, path: request.url, headers: request.headers, body, status, why });
    response.writeHead(status, status === 503 ? { "Retry-After": "1" } : {});
    response.end();
});

server.listen(0, "127.0.0.1", () => tell({ port: server.address().port }));
process.stdin.on("end", () => process.exit(0)).resume();
