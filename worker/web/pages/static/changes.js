// The page Changes, live: each change that is told becomes a row above the others.
"use strict";
const MOST = 500;
const AGAIN = 30000;
const rows = document.getElementById("rows");
const live = document.getElementById("live");
const pause = document.getElementById("pause");
const told = document.getElementById("told");
const waiting = [];
let newest = Number(rows.dataset.newest);
let stream;

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// A text of a feed, whose direction must not reach what stands around it.
function linked(text, path) {
  const shown = element("bdi", text);
  if (!path) return shown;
  const link = element("a", "", { href: path });
  link.append(shown);
  return link;
}

function row(change) {
  const made = element("tr", "", { id: `c${change.cursor}`, class: "fresh" });
  const moment = element("td", "", { class: "moment" });
  moment.append(element("time", change.at, { datetime: change.at, title: change.at }));
  localise(moment);
  const kind = element("td", "");
  kind.append(element("span", change.kind, { class: `chip ${change.tone}` }));
  const of = element("td", "");
  of.append(linked(change.title, change.path));
  if (change.words) {
    const words = element("span", "", { class: "words" });
    words.append(linked(change.words, change.words_path));
    of.append(words);
  }
  const feed = element("td", "", { class: "feed" });
  if (change.feed_path) feed.append(linked(change.feed, change.feed_path));
  made.append(moment, kind, of, feed);
  return made;
}

function say(words, tone) {
  live.textContent = words;
  live.className = `chip ${tone}`;
}

function isPaused() {
  return pause.getAttribute("aria-pressed") === "true";
}

function show() {
  for (const fresh of rows.querySelectorAll(".fresh")) fresh.classList.remove("fresh");
  for (const change of waiting.slice(-MOST)) rows.prepend(row(change));
  if (waiting.length) told.textContent = waiting.length === 1 ? "1 new change" : `${waiting.length} new changes`;
  waiting.length = 0;
  while (rows.rows.length > MOST) rows.deleteRow(-1);
}

let isShowing = false;
function take(change) {
  if (change.cursor <= newest) return;
  newest = change.cursor;
  waiting.push(change);
  if (waiting.length > MOST) waiting.shift();
  if (isPaused()) {
    say(`paused, ${waiting.length} new`, "warn");
  } else if (!isShowing) {
    // What comes together is shown together.
    isShowing = true;
    requestAnimationFrame(() => { isShowing = false; if (!isPaused()) show(); });
  }
}

function listen() {
  const address = new URL("/changes/live", location.href);
  address.searchParams.set("since", newest);
  if (rows.dataset.kind) address.searchParams.set("kind", rows.dataset.kind);
  stream = new EventSource(address);
  stream.onopen = () => { if (!isPaused()) say("live", "good"); };
  stream.addEventListener("change", (event) => take(JSON.parse(event.data)));
  stream.addEventListener("problem", () => {
    stream.close();
    const gap = document.getElementById("gap");
    gap.textContent = "Changes were missed meanwhile: reload this page.";
    gap.hidden = false;
    say("ended", "bad");
  });
  stream.onerror = () => {
    if (!isPaused()) say("connecting", "warn");
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
  };
}

pause.addEventListener("click", () => {
  const pauses = !isPaused();
  pause.setAttribute("aria-pressed", String(pauses));
  pause.textContent = pauses ? "Go on" : "Pause";
  if (pauses) {
    say("paused", "warn");
  } else {
    show();
    say(stream.readyState === EventSource.OPEN ? "live" : "connecting", stream.readyState === EventSource.OPEN ? "good" : "warn");
  }
});
document.querySelector(".live").hidden = false;
listen();
