// The texts for networks, as networks show them, and what a person needs to post one: the text, the picture with its
// description, and the way there.

import { $, make, say } from "./words.js";

// Networks that show the beginning of an address in place of the whole.
const SHORTEN = new Set(["Mastodon", "Bluesky", "X", "Threads"]);
const sizes = new Map();
const ROOM = 30; // characters of an address

/** Shows a card for each network. */
export function putCards({ cards, file, ...about }) {
  $("count-teasers").textContent = cards.length ? `(${cards.length})` : "";
  $("no-teasers").hidden = cards.length > 0;
  const first = cards.find((card) => card.by_hand);
  $("by-hand").hidden = !first;
  if (first) {
    const slug = file.split(/[\\/]/).pop().replace(/\.md$/, "");
    $("by-hand").replaceChildren(`${say("by_hand_how")} `,
      make("code", { textContent: `rundbrief posted ${slug} ${first.channel} https://…` }));
  }
  $("cards").replaceChildren(...cards.map((card) => cardOf(card, about)));
}

function cardOf(card, { lang, organisation }) {
  const posting = make("div", { className: "posting" },
    make("p", { className: "who" }, portrait(organisation), organisation),
    make("p", { className: "words", lang }, ...wordsOf(card)),
    card.picture && pictureOf(card, lang));
  return make("article", { className: "card" }, make("h3", { textContent: card.title }), posting, measure(card),
    card.by_hand ? actions(card) : null);
}

/** Its room is kept free while it loads anew, so that nothing below it jumps. */
function pictureOf(card, lang) {
  const picture = make("img", { src: `picture/${card.picture}`, alt: card.alt ?? "", lang, ...sizes.get(card.picture) });
  picture.addEventListener("load", () =>
    sizes.set(card.picture, { width: picture.naturalWidth, height: picture.naturalHeight }));
  return picture;
}

/** The first letter of a name in a circle. */
export const portrait = (name) => {
  const made = make("span", { className: "portrait", textContent: [...name][0] ?? "" });
  made.setAttribute("aria-hidden", "true");
  return made;
};

/** The text with its addresses as links and its hashtags in colour. */
function wordsOf(card) {
  return card.text.split(/(https?:\/\/[^\s]*[^\s.,;:!?)]|#[\p{L}\p{N}_]+)/u).map((piece, index) => {
    if (index % 2 === 0) return piece;
    if (piece.startsWith("#")) return make("span", { className: "tag", textContent: piece });
    return make("a", { href: piece, target: "_blank", rel: "noreferrer", textContent: addressOf(piece, card.network) });
  });
}

function addressOf(address, network) {
  if (!SHORTEN.has(network)) return address;
  const bare = address.replace(/^https?:\/\/(www\.)?/, "");
  return bare.length > ROOM ? `${bare.slice(0, ROOM)}…` : bare;
}

/** How much of the room is used, as a bar and in words. */
function measure(card) {
  const bar = make("progress", { max: card.limit, value: Math.min(card.length, card.limit) });
  bar.setAttribute("aria-hidden", "true");
  return make("div", { className: "measure" }, bar,
    make("p", { className: card.length > card.limit ? "small over" : "small", textContent: card.count }));
}

function actions(card) {
  const link = (word, properties) => {
    const made = make("a", { className: "button", textContent: say(word, { network: card.network }), ...properties });
    made.setAttribute("aria-label", `${made.textContent}: ${card.title}`);
    return made;
  };
  return make("div", { className: "actions" }, copier("copy", card.text, card.title),
    card.picture && link("save_picture", { href: `picture/${card.picture}`, download: card.picture }),
    card.picture && card.alt ? copier("copy_alt", card.alt, card.title) : null,
    card.share && link("open_network", { href: card.share, target: "_blank", rel: "noreferrer" }));
}

/** A button that copies a text and says so. */
function copier(word, text, title) {
  const copy = make("button", { type: "button", textContent: say(word) });
  copy.setAttribute("aria-label", `${say(word)}: ${title}`);
  let again = 0;
  copy.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(text).then(() => "copied", () => "not_copied");
    copy.textContent = say(copied);
    $("news").textContent = `${title}: ${say(copied)}`;
    clearTimeout(again);
    again = setTimeout(() => (copy.textContent = say(word)), 2000);
  });
  return copy;
}
