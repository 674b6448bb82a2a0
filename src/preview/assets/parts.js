// The parts of the page: mail, feed item, plan. A part is put in place only when it has changed, so that the focus stays
// where it is.

import { portrait } from "./cards.js";
import { show } from "./frames.js";
import { $, make, pairs, say } from "./words.js";

const last = new Map();
const lastShown = new Map();

/** Puts a part in place, or the error in its place; `told`, if it is the error that is told above in full. Says whether
 *  anything changed. */
export function part(id, value, put, told) {
  const state = JSON.stringify([value, told]);
  if (last.get(id) === state) return false;
  const isFirst = !last.has(id);
  last.set(id, state);
  const section = $(id);
  const wrong = section.querySelector(".wrong");
  const right = section.querySelector(".right");
  const isWrong = value.wrong !== undefined;
  // A part that breaks keeps its height, so that the reader is still where they were when it is mended.
  if (isWrong && !isFirst && !right.hidden) section.style.minHeight = `${section.offsetHeight}px`;
  wrong.hidden = !isWrong;
  right.hidden = isWrong;
  if (isWrong) {
    wrong.replaceChildren(...errorOf(value.wrong, told));
  } else {
    const shown = JSON.stringify(value.shown);
    if (lastShown.get(id) !== shown) put(value.shown);
    lastShown.set(id, shown);
    section.style.minHeight = "";
  }
  return true;
}

function errorOf(text, told) {
  if (text !== told) return [make("p", { textContent: say("wrong") }), make("pre", { textContent: text, lang: "en" })];
  // What it is and where; the rest is told once.
  const [what, where] = text.split("\n", 2);
  const begin = where?.includes("-->") ? `${what}\n${where}` : what;
  return [make("p", { textContent: say("wrong_too") }), make("pre", { textContent: begin, lang: "en" }),
    make("p", {}, make("a", { href: "#mail", textContent: say("wrong_above") }))];
}

/** The inbox rows, the mail's head, its weight and its plain text; the mail itself is shown in a frame. */
export function putMail(mail) {
  for (const [place, row] of [[".on-phone", mail.phone], [".on-desktop", mail.desktop]]) {
    for (const name of ["sender", "subject", "preheader"]) {
      $("mail").querySelector(`${place} .${name}`).textContent = row[name];
    }
  }
  for (const old of $("mail").querySelectorAll(".portrait")) old.replaceWith(portrait(mail.desktop.sender));
  const [, name, address] = mail.from.match(/^"?(.*?)"?\s*<(.+)>$/) ?? [null, mail.from, ""];
  $("letter-from").replaceChildren(name, address ? make("small", { textContent: ` <${address}>` }) : "");
  $("letter-subject").textContent = mail.subject;
  $("weight").textContent = mail.weight;
  $("text").textContent = mail.text;
}

export function putFeed(item) {
  $("no-feed").hidden = item !== null;
  $("feed-screen").hidden = item === null;
  pairs($("item"), item === null ? [] : [
    [say("item_title"), item.title], [say("item_date"), dayOf(item.date)], [say("item_link"), item.link],
    [say("item_text"), item.description], [say("item_guid"), item.guid]]);
}

/** A feed's date as people write it; what is none stays as it is. */
function dayOf(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
}

export const showFeed = (version) => show($("feed-screen"), `feed?v=${version}`, say("feed"), version, 480);

export function putPlan(plan) {
  const audience = plan.audience.map((line) => [say("recipients"), line]);
  pairs($("rows"), [...audience, ...plan.rows, [say("when"), plan.due], [say("code_word"), plan.code]]);
  $("notice").hidden = plan.notice === null;
  $("notice").textContent = plan.notice ?? "";
  $("skipped-title").hidden = plan.skipped.length === 0;
  $("skipped").replaceChildren(...plan.skipped.map((text) => make("li", { textContent: text })));
}
