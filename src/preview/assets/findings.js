// What was found, each with a link to its line in the post's source, and the source itself.

import { $, make, say } from "./words.js";

/** Shows findings; their texts are the program's own and English. */
export function putFindings(findings) {
  $("count-findings").textContent = findings.length ? `(${findings.length})` : "";
  $("none").hidden = findings.length > 0;
  $("remarks").replaceChildren(...findings.map(remark));
}

function remark(finding) {
  const place = finding.line
    ? make("a", { href: `#L${finding.line}`, textContent: finding.place, className: "place" })
    : make("span", { textContent: finding.place });
  return make("li", { className: finding.severity }, make("span", { className: "weighs", textContent: say(finding.severity) }),
    make("div", {},
      make("p", { className: "message", lang: "en" }, ...inCode(finding.message)),
      finding.text ? make("code", { textContent: finding.text.trim(), className: "line" }) : null,
      finding.help ? make("p", { lang: "en" }, ...inCode(finding.help)) : null,
      make("p", { className: "small" }, finding.place ? place : null, finding.place ? " · " : null, finding.rule)));
}

/** What stands in backticks, as code. */
const inCode = (text) =>
  text.split(/`([^`]+)`/).map((piece, index) => (index % 2 ? make("code", { textContent: piece }) : piece));

/** Shows the post as a file, with the lines marked that something was found in. */
export function putSource(source, findings) {
  const severity = new Map(findings.filter((one) => one.line).map((one) => [one.line, one.severity]));
  const lines = $("lines");
  const top = lines.scrollTop;
  $("file").textContent = source.file;
  lines.replaceChildren(...source.lines.map((line, index) => {
    const marked = severity.get(index + 1);
    const shown = make("li", { id: `L${index + 1}`, textContent: line || " ", tabIndex: -1, className: marked ?? "" });
    if (marked) shown.append(make("span", { className: "unseen", textContent: ` (${say(marked)})` }));
    return shown;
  }));
  lines.scrollTop = top;
}

// The line is shown in the middle of the box, and what is read next begins there.
$("remarks").addEventListener("click", (event) => {
  const link = event.target.closest("a.place");
  const line = link && $(link.hash.slice(1));
  if (!line) return;
  event.preventDefault();
  history.replaceState(null, "", link.hash);
  document.querySelector("#lines .chosen")?.classList.remove("chosen");
  line.classList.add("chosen");
  $("source").scrollIntoView({ block: "start" });
  $("lines").scrollTop = line.offsetTop - $("lines").clientHeight / 3;
  line.focus({ preventScroll: true });
});
