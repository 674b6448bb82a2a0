// Mails and the feed item in frames that run nothing. A new one loads behind the old one and takes its place when it is
// ready, so that nothing jumps and nothing flashes.

import { make } from "./words.js";

const most = new WeakMap();

/** Shows an address in a pane; beyond the greatest `height` the frame scrolls. */
export function show(pane, address, name, version, height = Infinity) {
  // Another width of the window is another height of the mail.
  if (!most.has(pane)) new ResizeObserver(() => fit(pane.querySelector("iframe:not(.coming)"))).observe(pane);
  most.set(pane, height);
  for (const older of pane.querySelectorAll("iframe.coming")) older.remove();
  const old = pane.querySelector("iframe");
  const frame = make("iframe", { title: name, className: "coming" });
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.addEventListener("load", () => {
    fit(frame);
    // Who reads with the focus in the mail, or has scrolled in it, goes on where they were.
    const had = old === document.activeElement;
    const scrolled = old?.contentWindow?.scrollY ?? 0;
    frame.classList.remove("coming");
    frame.contentWindow?.scrollTo(0, scrolled);
    if (had) frame.focus({ preventScroll: true });
    old?.remove();
    frame.dataset.version = version;
  });
  frame.src = address;
  pane.append(frame);
}

function fit(frame) {
  const page = frame?.contentDocument?.documentElement;
  if (!page || !frame.isConnected || !frame.clientWidth) return;
  const before = frame.style.height;
  frame.style.height = "0";
  const height = Math.min(Math.max(page.scrollHeight, 120), most.get(frame.parentElement));
  frame.style.height = before;
  if (before !== `${height}px`) frame.style.height = `${height}px`;
}
