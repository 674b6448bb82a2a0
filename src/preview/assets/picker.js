// The picker: members found by name or address, and who the mail is shown for.

import { $, make, say } from "./words.js";

const WAIT = 150; // milliseconds after the last letter

/** Starts the picker; `choose` gets an address, or nothing for the first member. */
export function startPicker(choose) {
  let typing = 0;
  let asked = null;

  async function find() {
    const text = $("search").value.trim();
    asked?.abort();
    if (text.length < 2) return put([], "");
    const mine = (asked = new AbortController());
    $("found-status").textContent = say("searching");
    try {
      const answer = await fetch(`members?${new URLSearchParams({ q: text })}`, { signal: mine.signal });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (mine === asked) put(found.members, status(found));
    } catch (error) {
      if (mine === asked && error.name !== "AbortError") put([], say("lost"));
    }
  }

  function put(members, status) {
    $("found-status").textContent = status;
    $("found").replaceChildren(...members.map((one) => {
      const pick = make("button", { type: "button" }, one.name || one.address,
        make("small", { textContent: one.name ? `${one.address} · ${one.list}` : one.list }));
      pick.addEventListener("click", () => pickOne(one.address));
      return make("li", {}, pick);
    }));
  }

  async function pickOne(address) {
    $("search").value = "";
    put([], "");
    await choose(address);
    $("who").focus();
  }

  $("search").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(find, WAIT);
  });
  // Arrows go through what was found, Enter takes the first, Escape clears.
  $("search").addEventListener("keydown", (event) => {
    const first = $("found").querySelector("button");
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    } else if (event.key === "Enter" && first) {
      event.preventDefault();
      first.click();
    } else if (event.key === "Escape") {
      $("search").value = "";
      find();
    }
  });
  $("found").addEventListener("keydown", (event) => {
    const item = document.activeElement.closest("li");
    const next = { ArrowDown: item?.nextElementSibling, ArrowUp: item?.previousElementSibling }[event.key];
    if (next) next.querySelector("button").focus();
    else if (event.key === "ArrowUp" || event.key === "Escape") $("search").focus();
    else return;
    event.preventDefault();
  });
  $("first").addEventListener("click", () => pickOne(""));
}

function status(found) {
  if (found.error) return found.error;
  const number = found.members.length;
  if (found.unread) return say("found_unread", { number });
  if (number === 0) return say("found_none");
  if (found.more) return say("found_more", { number });
  return number === 1 ? say("found_one") : say("found", { number });
}
