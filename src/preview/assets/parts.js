// The parts of the page: mail, texts for networks, feed item, plan. A part is put in place only when it has changed, so
// that the focus stays where it is.

import { show } from "./frames.js";
import { $, make, pairs, say } from "./words.js";

const last = new Map();

/** Puts a part in place, or the error in its place. Says whether anything changed. */
export function part(id, value, put) {
  const state = JSON.stringify(value);
  if (last.get(id) === state) return false;
  last.set(id, state);
  const section = $(id);
  const wrong = section.querySelector(".wrong");
  const right = section.querySelector(".right");
  const isWrong = value.wrong !== undefined;
  // A part that breaks keeps its height, so that the reader is still where they were when it is mended.
  if (isWrong && !right.hidden && section.offsetHeight > 0) section.style.minHeight = `${section.offsetHeight}px`;
  wrong.hidden = !isWrong;
  right.hidden = isWrong;
  if (isWrong) {
    wrong.replaceChildren(make("p", { textContent: say("wrong") }), make("pre", { textContent: value.wrong, lang: "en" }));
  } else {
    put(value.shown);
    section.style.minHeight = "";
  }
  return true;
}

/** The inbox rows, the weight and the plain text; the mail itself is shown in a frame. */
export function putMail(mail) {
  for (const [place, row] of [[".phone-row", mail.phone], [".desktop-row", mail.desktop]]) {
    for (const name of ["sender", "subject", "preheader"]) {
      $("mail").querySelector(`${place} .${name}`).textContent = row[name];
    }
  }
  $("weight").textContent = mail.weight;
  $("text").textContent = mail.text;
}

export function putCards(cards, lang) {
  $("count-teasers").textContent = cards.length ? `(${cards.length})` : "";
  $("no-teasers").hidden = cards.length > 0;
  $("cards").replaceChildren(...cards.map((card) => cardOf(card, lang)));
}

function cardOf(card, lang) {
  const title = make("h3", { textContent: card.title });
  const full = make("meter", { max: card.limit, value: card.length });
  full.setAttribute("aria-hidden", "true");
  return make("article", { className: "card" }, title,
    card.picture && make("img", { src: `picture/${card.picture}`, alt: card.alt ?? "", lang }),
    make("p", { className: "words", textContent: card.text, lang }),
    make("div", { className: "measure" }, full,
      make("p", { className: "small", textContent: card.by_hand ? `${card.count} · ${say("by_hand")}` : card.count })),
    card.by_hand ? actions(card) : null);
}

/** What a person needs to post it. */
function actions(card) {
  const copy = make("button", { type: "button", textContent: say("copy") });
  copy.setAttribute("aria-label", `${say("copy")}: ${card.title}`);
  copy.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(card.text).then(() => "copied", () => "not_copied");
    copy.textContent = say(copied);
    $("news").textContent = `${card.title}: ${say(copied)}`;
    setTimeout(() => (copy.textContent = say("copy")), 2000);
  });
  const link = (word, properties) => {
    const made = make("a", { className: "button", textContent: say(word, { network: card.network }), ...properties });
    made.setAttribute("aria-label", `${made.textContent}: ${card.title}`);
    return made;
  };
  return make("div", { className: "actions" }, copy,
    card.picture && link("save_picture", { href: `picture/${card.picture}`, download: card.picture }),
    card.share && link("open_network", { href: card.share, target: "_blank", rel: "noreferrer" }));
}

export function putFeed(item) {
  $("no-feed").hidden = item !== null;
  $("feed-screen").hidden = item === null;
  pairs($("item"), item === null ? [] : [
    [say("item_title"), item.title], [say("item_date"), item.date], [say("item_link"), item.link],
    [say("item_text"), item.description], [say("item_guid"), item.guid]]);
}

export const showFeed = (version) => show($("feed-screen"), `feed?v=${version}`, say("feed"), version, 440);

export function putPlan(plan) {
  const audience = plan.audience.map((line) => [say("recipients"), line]);
  pairs($("rows"), [[say("code_word"), plan.code], [say("when"), plan.due], ...audience, ...plan.rows]);
  $("notice").hidden = plan.notice === null;
  $("notice").textContent = plan.notice ?? "";
  $("skipped-title").hidden = plan.skipped.length === 0;
  $("skipped").replaceChildren(...plan.skipped.map((text) => make("li", { textContent: text })));
}
