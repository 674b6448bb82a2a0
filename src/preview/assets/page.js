// The preview's page: asks for the state of the post, puts it in place, and asks again when a file was saved.
// Every text from the post is set as text, never as HTML; mails are shown in frames that run nothing.

import { putCards } from "./cards.js";
import { putFindings, putSource } from "./findings.js";
import { show } from "./frames.js";
import { part, putFeed, putMail, putPlan, showFeed } from "./parts.js";
import { startPicker } from "./picker.js";
import { $, make, say } from "./words.js";

let member = "";
let version = 0;
let view = null;
let plan = null;

// ---- the mail, as it was chosen to be looked at

const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;

function showMail() {
  if (!view?.mail.shown) return;
  const device = chosen("device");
  const asText = device === "text";
  $("text").hidden = !asText;
  $("letter").hidden = asText;
  $("letter-to").textContent = whoText();
  for (const name of ["light", "pictures"]) {
    for (const input of document.querySelectorAll(`input[name=${name}]`)) input.disabled = asText;
  }
  $("screen").className = `${device} ${asText ? "light" : chosen("light")}`;
  if (asText) return;
  const query = new URLSearchParams({
    member, dark: chosen("light") === "dark", images: chosen("pictures") === "on", v: version,
  });
  show($("letter"), `mail?${query}`, say("mail_as", { name: whoText() }), version);
}

for (const input of document.querySelectorAll(".choices input")) input.addEventListener("change", showMail);

// ---- everything

function whoText() {
  const { address, name, invented } = view.member;
  if (invented) return name ? say("invented", { name }) : "";
  return name ? `${name} (${address})` : address;
}

/** One of the facts below the title. */
const fact = (word, className, ...children) =>
  make("div", {}, make("dt", { textContent: say(word) }), make("dd", { className }, ...children));

function putHead() {
  document.title = `${view.title} · ${say("kicker")}`;
  $("organisation").textContent = view.organisation ? ` · ${view.organisation}` : "";
  $("title").textContent = view.title;
  $("title").lang = view.lang;
  putWho();
  $("first").hidden = member === "";
  $("facts").replaceChildren(...[
    view.code && fact("goes_to", "", plan?.recipients ?? "…"),
    view.code && fact("when", "", plan?.due ?? "…"),
    view.code && fact("code_word", "code", view.code),
    factOfFindings(),
  ].filter(Boolean));
}

function putWho() {
  const { address, name, invented } = view.member;
  if (member && !view.mail.shown) $("who").textContent = member;
  else if (invented || !name) $("who").textContent = whoText();
  else $("who").replaceChildren(name, make("small", { textContent: address }));
}

function factOfFindings() {
  const count = (severity) => view.findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors + warnings === 0) return fact("findings", "good", say("all_good"));
  const told = [["errors", errors], ["warnings", warnings]].filter(([, number]) => number > 0);
  const text = told.map(([key, number]) => say(number === 1 ? `${key}_one` : key, { number })).join(", ");
  return fact("findings", errors ? "error" : "warning", make("a", { href: "#findings", textContent: text }));
}

// A long list takes a while to count; the rest of the page does not wait for it.
async function loadPlan(asked) {
  const slow = setTimeout(() => ($("counting").hidden = false), 400);
  const answer = await fetch("plan.json");
  const got = answer.ok ? await answer.json() : null;
  clearTimeout(slow);
  if (got === null || asked !== version) return;
  $("counting").hidden = true;
  part("plan", got, putPlan, view.mail.wrong);
  plan = got.shown ?? null;
  putHead();
}

async function load() {
  const asked = member;
  const answer = await fetch(`view.json?${new URLSearchParams({ member })}`);
  if (!answer.ok) throw new Error(answer.status);
  const got = await answer.json();
  if (asked !== member) return;
  view = got;
  version = view.version;
  putHead();
  part("mail", view.mail, putMail);
  showMail();
  const { lang, organisation, source: { file }, teasers } = view;
  const cards = teasers.shown ? { shown: { cards: teasers.shown, lang, organisation, file } } : teasers;
  part("teasers", cards, putCards, view.mail.wrong);
  if (part("feed", view.feed, putFeed, view.mail.wrong) && view.feed.shown) showFeed(version);
  loadPlan(version).catch(() => {});
  putFindings(view.findings);
  putSource(view.source, view.findings);
  document.documentElement.dataset.version = version;
}

// ---- saved files

let lost = false;

function news(text, isLost = false) {
  $("news").textContent = text;
  $("news").className = isLost ? "lost" : "";
}

function tellSaved() {
  const time = new Date().toLocaleTimeString(document.documentElement.lang);
  news(say(view.findings.some((one) => one.severity === "error") ? "updated_wrong" : "updated", { time }));
}

async function watch() {
  try {
    const answer = await fetch("version");
    const now = Number(await answer.text());
    if (!answer.ok) throw new Error(answer.status);
    if (now !== version) {
      const first = version === 0;
      await load();
      if (!first) tellSaved();
    }
    if (lost) news(say("back"));
    lost = false;
  } catch {
    if (!lost) news(say("lost"), true);
    lost = true;
  }
  // A tab that nobody looks at need not hurry.
  setTimeout(watch, document.hidden || lost ? 1000 : 80);
}

document.addEventListener("visibilitychange", () => document.hidden || load().catch(() => {}));

// ---- the member, and the test mail

startPicker(async (address) => {
  member = address;
  await load().catch(() => news(say("lost"), true));
});

$("test").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  tell("", say("testing"));
  try {
    const body = JSON.stringify({ to: $("to").value, member });
    const answer = await fetch("test", { method: "POST", headers: { "content-type": "application/json" }, body });
    const tested = answer.ok ? await answer.json() : { ok: false, text: say("test_failed") };
    tell(tested.ok ? "good" : "bad", tested.text);
  } catch {
    tell("bad", say("lost"));
  }
  button.removeAttribute("aria-disabled");
});

function tell(className, text) {
  $("tested").className = className;
  $("tested").textContent = text;
}

watch();
