// The HTML of mails, as the Nu HTML checker (npm vnu-jar, Java) reads it. Usage: node tests/vnu.mjs FILE.html…
//
// Prints every message that is not one of those below and then ends with 1. An entry that nothing needs any more is told, too.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

// What mail programs need, each with its reason.
const NEEDED = [
  [/^The “(border|cellpadding|cellspacing|width|align)” attribute on the “table” element is obsolete/,
    "Outlook on Windows lays out by the attributes of tables and knows little CSS"],
  [/^The “(align|width|bgcolor|valign)” attribute on the “td” element is obsolete/,
    "as with tables"],
  [/^CSS: “mso-[a-z-]+”: Property “mso-[a-z-]+” doesn't exist/,
    "Outlook on Windows removes gaps and hides things by properties of Word"],
  [/^Attribute “xmlns:[vo]” not allowed here/,
    "Outlook on Windows needs the name spaces of VML and Office for its comments"],
  [/^CSS: “supported-color-schemes”: Property/,
    "older Apple Mail reads this name instead of color-scheme"],
  [/^Bad value “auto” for attribute “height” on element “img”/,
    "MJML writes it, so that programs which drop CSS keep a picture's proportions"],
  [/^Attribute “vertical-align” not allowed on element “td”/,
    "MJML writes it beside the CSS of the same name; programs skip attributes that they do not know"],
  [/^The “type” attribute for the “style” element is not needed/,
    "MJML writes it, and filters of old webmail programs look for it"],
];

const files = process.argv.slice(2);
const modules = process.env.RUNDBRIEF_NODE_MODULES;
if (files.length === 0 || !modules) {
  console.error("usage: RUNDBRIEF_NODE_MODULES=… node tests/vnu.mjs FILE.html…");
  process.exit(64);
}
const jar = join(modules, "vnu-jar/build/dist/vnu.jar");
const ran = spawnSync("java", ["-jar", jar, "--format", "json", "--exit-zero-always", ...files],
  { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, timeout: 120_000 });
let messages;
try {
  messages = JSON.parse(ran.stderr).messages;
} catch {
  console.error(`the checker did not answer: ${ran.error ?? ran.stderr}`);
  process.exit(1);
}
const used = new Set();
let wrong = 0;
for (const { type, message, url, lastLine, lastColumn } of messages) {
  const needed = NEEDED.findIndex(([pattern]) => pattern.test(message));
  if (needed >= 0 && type !== "non-document-error") {
    used.add(needed);
    continue;
  }
  console.error(`${url}:${lastLine}:${lastColumn}: ${type}: ${message}`);
  wrong += 1;
}
NEEDED.forEach(([pattern], index) => {
  if (!used.has(index)) {
    console.error(`nothing needs ${pattern} any more: remove it`);
    wrong += 1;
  }
});
console.log(`${files.length} mails, ${messages.length} messages, ${wrong} of them wrong`);
process.exit(wrong === 0 ? 0 : 1);
