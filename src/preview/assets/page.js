// The preview's page: asks for the state of the post, puts it in place, and asks again when a file was saved.
// Every text from the post is set as text, never as HTML; mails are shown in frames that run nothing.

const words = JSON.parse(document.getElementById("words").textContent);
const $ = (id) => document.getElementById(id);
const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key] ?? key);

for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);

let member = "";
let version = 0;
let view = null;

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// ---- frames: the new one loads behind the old one and takes its place, so that nothing jumps.

function show(screen, address, name) {
  let glass = screen.querySelector(".glass");
  if (!glass) screen.replaceChildren((glass = make("div", { className: "glass" })));
  for (const older of glass.querySelectorAll("iframe.coming")) older.remove();
  const old = glass.querySelector("iframe");
  const frame = make("iframe", { title: name, className: "coming" });
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.addEventListener("load", () => {
    fit(frame);
    old?.remove();
    frame.classList.remove("coming");
    // Pictures without a height of their own, and other widths.
    new ResizeObserver(() => fit(frame)).observe(glass);
    screen.dataset.version = version;
  });
  frame.src = address;
  glass.append(frame);
}

function fit(frame) {
  const body = frame.contentDocument?.documentElement;
  if (body && frame.isConnected) frame.style.height = `${Math.max(body.scrollHeight, 120)}px`;
}

const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;

function showMail() {
  const device = chosen("device");
  const asText = device === "text";
  $("text").hidden = !asText;
  $("screen").hidden = asText;
  if (asText) return;
  $("screen").className = device;
  const query = new URLSearchParams({
    member, dark: chosen("light") === "dark", images: chosen("pictures") === "on", v: version,
  });
  show($("screen"), `mail?${query}`, say("mail_as", { name: whoText() }));
}

// ---- the parts of the page

function part(id, value, put) {
  const section = $(id);
  const wrong = section.querySelector(".wrong");
  const right = section.querySelector(".right");
  wrong.hidden = value.wrong === undefined;
  right.hidden = !wrong.hidden;
  wrong.textContent = value.wrong ?? "";
  if (wrong.hidden) put(value.shown);
}

function whoText() {
  if (!view) return "";
  if (view.member.invented) return say("invented", { name: view.member.name });
  return view.member.name ? `${view.member.name} (${view.member.address})` : view.member.address;
}

function putMail(mail) {
  for (const [place, row] of [[".phone-row", mail.phone], [".desktop-row", mail.desktop]]) {
    for (const name of ["sender", "subject", "preheader"]) {
      $("mail").querySelector(`${place} .${name}`).textContent = row[name];
    }
  }
  $("weight").textContent = mail.weight;
  $("text").textContent = mail.text;
  showMail();
}

function putCards(cards) {
  $("count-teasers").textContent = cards.length ? `(${cards.length})` : "";
  $("cards").replaceChildren(...cards.map((card) => {
    const copy = make("button", { type: "button", textContent: say("copy") });
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(card.text);
      copy.textContent = say("copied");
      setTimeout(() => (copy.textContent = say("copy")), 2000);
    });
    copy.setAttribute("aria-label", `${say("copy")}: ${card.channel}`);
    const actions = card.by_hand ? make("div", { className: "actions" }, copy,
      card.picture && make("a", { className: "button", href: `picture/${card.picture}`, download: card.picture, textContent: say("save_picture") }),
      card.share && make("a", { className: "button", href: card.share, target: "_blank", rel: "noreferrer", textContent: say("open_network", { network: card.network }) }),
    ) : null;
    const full = make("meter", { max: card.limit, value: card.length, high: card.limit * 0.98 });
    full.setAttribute("aria-hidden", "true");
    return make("article", { className: "card" },
      make("h3", { textContent: card.channel === card.network.toLowerCase() ? card.network : `${card.channel} (${card.network})` }),
      card.picture && make("img", { src: `picture/${card.picture}`, alt: card.alt ?? "" }),
      make("p", { className: "words", textContent: card.text, lang: view.lang }),
      make("p", { className: "facts", textContent: card.by_hand ? `${card.count} · ${say("by_hand")}` : card.count }),
      full, actions);
  }));
}

const pairs = (list, entries) =>
  list.replaceChildren(...entries.flatMap(([name, text]) => [make("dt", { textContent: name }), make("dd", { textContent: text })]));

function putFeed(item) {
  if (!item) {
    pairs($("item"), [[say("feed"), say("no_feed")]]);
    $("feed-screen").replaceChildren();
    return;
  }
  pairs($("item"), [[say("item_title"), item.title], [say("item_date"), item.date], [say("item_link"), item.link],
    [say("item_text"), item.description], ["guid", item.guid]]);
  show($("feed-screen"), `feed?v=${version}`, say("feed"));
}

function putPlan(plan) {
  $("due").textContent = plan.due;
  pairs($("rows"), plan.rows);
  $("skipped-title").hidden = plan.skipped.length === 0;
  $("skipped").replaceChildren(...plan.skipped.map((text) => make("li", { textContent: text })));
}

function putFindings(findings) {
  $("count-findings").textContent = findings.length ? `(${findings.length})` : "";
  $("none").hidden = findings.length > 0;
  $("remarks").replaceChildren(...findings.map((finding) => {
    const place = finding.line
      ? make("a", { href: `#L${finding.line}`, textContent: finding.place })
      : make("span", { textContent: finding.place });
    return make("li", { className: finding.severity },
      make("p", {}, make("strong", { textContent: say(finding.severity) }), `: ${finding.message}`),
      finding.text ? make("p", {}, make("code", { textContent: finding.text })) : null,
      finding.help ? make("p", { textContent: finding.help }) : null,
      finding.place ? make("p", { className: "small" }, place, ` · ${finding.rule}`) : make("p", { className: "small", textContent: finding.rule }));
  }));
}

function putSource(source, findings) {
  $("file").textContent = source.file;
  const marked = new Set(findings.map((finding) => finding.line));
  $("lines").replaceChildren(...source.lines.map((line, index) =>
    make("li", { id: `L${index + 1}`, textContent: line || " ", className: marked.has(index + 1) ? "marked" : "" })));
}

// A long list takes a while to count; the rest of the page does not wait for it.
async function plan(asked) {
  const answer = await fetch("plan.json");
  if (answer.ok && asked === version) part("plan", await answer.json(), putPlan);
}

async function load() {
  const answer = await fetch(`view.json?${new URLSearchParams({ member })}`);
  if (!answer.ok) throw new Error(answer.status);
  view = await answer.json();
  version = view.version;
  document.title = `${view.title} · rundbrief`;
  $("title").textContent = view.title;
  $("title").lang = view.lang;
  $("code").textContent = view.code ? say("code", { code: view.code }) : "";
  $("who").textContent = whoText();
  $("first").hidden = member === "";
  part("mail", view.mail, putMail);
  part("teasers", view.teasers, putCards);
  part("feed", view.feed, putFeed);
  plan(version);
  putFindings(view.findings);
  putSource(view.source, view.findings);
  document.documentElement.dataset.version = version;
}

// ---- saved files

let lost = false;

function news(text, isLost) {
  $("news").textContent = text;
  $("news").className = isLost ? "lost" : "";
}

async function watch() {
  try {
    const answer = await fetch("version");
    const now = Number(await answer.text());
    if (now !== version && answer.ok) {
      const first = version === 0;
      await load();
      if (!first) news(say("updated", { time: new Date().toLocaleTimeString(document.documentElement.lang) }), false);
    }
    if (lost) news(say("back"), false);
    lost = false;
  } catch {
    if (!lost) news(say("lost"), true);
    lost = true;
  }
  // A tab that nobody looks at need not hurry.
  setTimeout(watch, document.hidden || lost ? 1000 : 80);
}

// ---- the picker

let asked = 0;

async function find() {
  const text = $("search").value.trim();
  const mine = ++asked;
  if (text.length < 2) {
    $("found").replaceChildren();
    $("found-status").textContent = "";
    return;
  }
  const found = await (await fetch(`members?${new URLSearchParams({ q: text })}`)).json();
  if (mine !== asked) return;
  $("found").replaceChildren(...found.members.map((one) => {
    const pick = make("button", { type: "button" }, one.name || one.address,
      make("small", { textContent: one.name ? `${one.address} · ${one.list}` : one.list }));
    pick.addEventListener("click", () => choose(one.address));
    return make("li", {}, pick);
  }));
  $("found-status").textContent = found.error ?? say(found.more ? "found_more" : "found", { number: found.members.length });
}

async function choose(address) {
  member = address;
  $("search").value = "";
  await find();
  await load();
  $("who").focus?.();
}

let typing = 0;
$("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(find, 150);
});
$("first").addEventListener("click", () => choose(""));

// ---- the test mail

$("test").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  $("tested").textContent = say("testing");
  try {
    const body = JSON.stringify({ to: $("to").value, member });
    const answer = await fetch("test", { method: "POST", headers: { "content-type": "application/json" }, body });
    const tested = answer.ok ? await answer.json() : { text: say("test_failed") };
    $("tested").textContent = tested.text;
  } catch {
    $("tested").textContent = say("lost");
  }
  button.disabled = false;
});

for (const input of document.querySelectorAll(".choices input")) input.addEventListener("change", showMail);
// A finding's line is shown inside the box of lines.
addEventListener("hashchange", () => {
  const line = location.hash.startsWith("#L") && $(location.hash.slice(1));
  if (line) line.scrollIntoView({ block: "center" });
});

watch();
