// The chat page. What was written is kept by the browser until the server has stored it, and goes again under the
// same id; what was said comes from the server's history, in order, however often the connection is lost.
"use strict";
(() => {
    const TEXTS = {
        en: {
            title: "Chat", label: "Your message", send: "Send", you: "You", desk: "Support",
            automatic: "Automatic message", sending: "Sending…", connecting: "Connecting…",
            lost: "No connection. We go on trying; what you write is kept.",
            fast: "That was fast. It will be sent in a moment.",
            refused: "This message could not be taken.",
            forbidden: "This page may not use the chat.",
        },
        es: {
            title: "Chat", label: "Su mensaje", send: "Enviar", you: "Usted", desk: "Atención al cliente",
            automatic: "Mensaje automático", sending: "Enviando…", connecting: "Conectando…",
            lost: "Sin conexión. Seguimos intentándolo; lo que escriba no se pierde.",
            fast: "Ha ido muy rápido. Se enviará en un momento.",
            refused: "No se ha podido aceptar este mensaje.",
            forbidden: "Esta página no puede usar el chat.",
        },
    };
    const SILENCE_MS = 60000; // the server gives a sign of life every 20 s
    const PAUSE_MIN_MS = 1000, PAUSE_MAX_MS = 30000;

    const at = (id) => document.getElementById(id);
    const query = new URLSearchParams(location.search);
    const language = chooseLanguage();
    const say = TEXTS[language];
    const place = "relevo " + location.pathname;
    const lines = new Map(); // by id, and "client " + client_id
    const outbox = kept();
    let session = null, starting = null, last = "", posting = false;

    function chooseLanguage() {
        const asked = [query.get("lang"), ...(navigator.languages || [navigator.language])];
        for (const tag of asked) {
            const short = (tag || "").slice(0, 2).toLowerCase();
            if (short in TEXTS)
                return short;
        }
        return "en";
    }

    // A browser may forbid to keep anything; the chat works then as long as the page stays.
    function keep(name, value) {
        try {
            localStorage.setItem(place + " " + name, JSON.stringify(value));
        } catch {
            return;
        }
    }
    function recall(name) {
        try {
            return JSON.parse(localStorage.getItem(place + " " + name));
        } catch {
            return null;
        }
    }
    function forget(name) {
        try {
            localStorage.removeItem(place + " " + name);
        } catch {
            return;
        }
    }
    // What was not stored when the page was left. Two windows may both send it: the same id is the same message.
    function kept() {
        const found = [];
        try {
            for (const key of Object.keys(localStorage))
                if (key.startsWith(place + " out "))
                    found.push(JSON.parse(localStorage.getItem(key)));
        } catch {
            return [];
        }
        return found.sort((a, b) => a.written - b.written);
    }

    const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
    function backOff(ms) {
        return pause(ms * (0.5 + Math.random()));
    }
    function newId() {
        return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
    }

    // --- what one sees

    function tell(words) {
        if (at("state").textContent !== words)
            at("state").textContent = words;
    }

    function lineHead(line) {
        const when = line.at ? new Intl.DateTimeFormat(language, {dateStyle: "short", timeStyle: "short"})
            .format(new Date(line.at)) : say.sending;
        const who = line.from === "visitor" ? say.you : line.automatic ? say.automatic : line.name || say.desk;
        return who + " · " + when;
    }

    // Text alone is ever put into the page, so nothing that anybody wrote can act in it.
    function show(line) {
        const mine = line.client_id ? "client " + line.client_id : null;
        const known = lines.get(line.id) || (mine && lines.get(mine));
        const item = known || document.createElement("li");
        const list = at("lines"), frame = list.parentElement;
        const atEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 80;
        const head = document.createElement("small"), text = document.createElement("p");

        if (known && item.dataset.id === line.id)
            return;
        item.className = line.from + (line.automatic ? " automatic" : "");
        item.dataset.id = line.id || "";
        head.textContent = lineHead(line);
        text.textContent = line.text;
        item.replaceChildren(head, text);
        if (line.id)
            lines.set(line.id, item);
        if (mine)
            lines.set(mine, item);
        if (!known)
            list.append(item);
        if (atEnd || !line.id)
            frame.scrollTop = frame.scrollHeight;
    }

    function drop(clientId) {
        const item = lines.get("client " + clientId);
        if (item && !item.dataset.id)
            item.remove();
    }

    // --- the session

    async function ask() {
        const identity = query.get("identifier")
            ? {identifier: query.get("identifier"), identifier_hash: query.get("identifier_hash")} : {};
        const headers = {"Content-Type": "application/json"};
        const token = session ? session.token : recall("token");
        if (token)
            headers.Authorization = "Bearer " + token;
        const answer = await fetch("session", {method: "POST", headers, body: JSON.stringify(identity),
            cache: "no-store"});
        if (answer.status === 403) {
            tell(say.forbidden);
            throw new Error("forbidden");
        }
        if (!answer.ok)
            throw new Error("HTTP " + answer.status);
        session = await answer.json();
        keep("token", session.token);
        document.title = at("title").textContent = session.title || say.title;
        at("greeting").textContent = session.greeting[language] || "";
        at("greeting").hidden = at("greeting").textContent === "";
        at("form").hidden = false;
    }
    // Both directions may find the token too old at once; one question is enough.
    function begin() {
        starting = starting || ask().finally(() => {
            starting = null;
        });
        return starting;
    }

    // --- out: one after the other, in order, until each is stored

    async function post(message) {
        const body = JSON.stringify({id: message.id, text: message.text, language});
        const answer = await fetch("messages", {method: "POST", cache: "no-store", body,
            headers: {"Content-Type": "application/json", Authorization: "Bearer " + session.token}});
        if (answer.ok) {
            tell("");
            return 0;
        }
        if (answer.status === 401) {
            await begin();
            return PAUSE_MIN_MS;
        }
        if (answer.status === 429) {
            tell(say.fast);
            return 1000 * (Number(answer.headers.get("Retry-After")) || 5);
        }
        if (answer.status >= 500)
            throw new Error("HTTP " + answer.status);
        tell(say.refused);
        drop(message.id);
        return 0;
    }

    async function flush() {
        let wait = PAUSE_MIN_MS;
        if (posting)
            return;
        posting = true;
        while (outbox.length > 0) {
            let ms;
            try {
                if (!session)
                    await begin();
                ms = await post(outbox[0]);
                wait = PAUSE_MIN_MS;
            } catch {
                tell(say.lost);
                ms = wait;
                wait = Math.min(wait * 2, PAUSE_MAX_MS);
            }
            if (ms === 0) {
                forget("out " + outbox.shift().id);
            } else {
                await backOff(ms);
            }
        }
        posting = false;
    }

    function write(text) {
        const message = {id: newId(), text, written: Date.now()};
        outbox.push(message);
        keep("out " + message.id, message);
        show({client_id: message.id, from: "visitor", text});
        flush();
    }

    // --- in: server-sent events, read by hand because EventSource sends no Authorization

    function take(block) {
        let id = null, event = "message", data = "";
        for (const field of block.split("\n")) {
            const colon = field.indexOf(":");
            const value = field.slice(colon + 1).replace(/^ /, "");
            switch (field.slice(0, colon)) {
            case "id": id = value; break;
            case "event": event = value; break;
            case "data": data += value; break;
            }
        }
        if (event === "line")
            show(JSON.parse(data));
        if (event === "ready") {
            at("lines").setAttribute("aria-busy", "false");
            tell("");
        }
        if (id)
            last = id;
    }

    async function read(body, abort) {
        const reader = body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "", timer;
        for (;;) {
            clearTimeout(timer);
            timer = setTimeout(() => abort.abort(), SILENCE_MS);
            const {value, done} = await reader.read().finally(() => clearTimeout(timer));
            if (done)
                return;
            rest += value;
            const blocks = rest.split("\n\n");
            rest = blocks.pop();
            blocks.forEach(take);
        }
    }

    async function listen() {
        let wait = PAUSE_MIN_MS;
        for (;;) {
            try {
                if (!session)
                    await begin();
                const abort = new AbortController();
                const headers = {Authorization: "Bearer " + session.token};
                if (last)
                    headers["Last-Event-ID"] = last;
                const answer = await fetch("events", {headers, cache: "no-store", signal: abort.signal});
                if (answer.status === 401)
                    session = null;
                if (!answer.ok)
                    throw new Error("HTTP " + answer.status);
                wait = PAUSE_MIN_MS;
                flush();
                await read(answer.body, abort);
            } catch (error) {
                if (error.message !== "forbidden")
                    tell(say.lost);
                wait = Math.min(wait * 2, PAUSE_MAX_MS);
            }
            await backOff(wait);
        }
    }

    // --- the beginning

    document.documentElement.lang = language;
    document.title = at("title").textContent = say.title;
    at("label").textContent = say.label;
    at("send").textContent = say.send;
    tell(say.connecting);
    at("form").addEventListener("submit", (event) => {
        const text = at("text").value.trim();
        event.preventDefault();
        if (text === "")
            return;
        at("text").value = "";
        at("text").focus();
        write(text);
    });
    at("text").addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            at("form").requestSubmit();
        }
    });
    outbox.forEach((message) => show({client_id: message.id, from: "visitor", text: message.text}));
    listen();
})();
