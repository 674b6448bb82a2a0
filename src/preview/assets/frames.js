// Mails and the feed item in frames that run nothing. A new one loads behind the old one and takes its place when it is
// ready, so that nothing jumps and nothing flashes.

import { make } from "./words.js";

/** Shows an address in a screen; `most` is the greatest height, beyond which the frame scrolls. */
export function show(screen, address, name, version, most = Infinity) {
  let glass = screen.querySelector(".glass");
  if (!glass) {
    screen.replaceChildren((glass = make("div", { className: "glass" })));
    // Another width of the window is another height of the mail.
    new ResizeObserver(() => fit(glass.querySelector("iframe:not(.coming)"), glass.most)).observe(glass);
  }
  glass.most = most;
  for (const older of glass.querySelectorAll("iframe.coming")) older.remove();
  const old = glass.querySelector("iframe");
  const frame = make("iframe", { title: name, className: "coming" });
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.addEventListener("load", () => {
    fit(frame, most);
    old?.remove();
    frame.classList.remove("coming");
    frame.dataset.version = version;
  });
  frame.src = address;
  glass.append(frame);
}

function fit(frame, most) {
  const page = frame?.contentDocument?.documentElement;
  if (!page || !frame.isConnected || !frame.clientWidth) return;
  const before = frame.style.height;
  frame.style.height = "0";
  const height = Math.min(Math.max(page.scrollHeight, 120), most);
  frame.style.height = before;
  if (before !== `${height}px`) frame.style.height = `${height}px`;
}
