// Words of the page in the site's language, and elements that hold text and never HTML.

const words = JSON.parse(document.getElementById("words").textContent);

export const $ = (id) => document.getElementById(id);

/** The text of a key, with each `{name}` replaced by its value. */
export const say = (key, values = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** An element with properties and children; what is null is left out. */
export function make(name, properties = {}, ...children) {
  const { lang, ...others } = properties;
  const element = Object.assign(document.createElement(name), others);
  if (lang) element.lang = lang;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Fills a definition list. */
export const pairs = (list, entries) =>
  list.replaceChildren(...entries.flatMap(([name, text]) => [make("dt", { textContent: name }), make("dd", { textContent: text })]));

for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
