// Renews src/check/mail/programs.tsv: which CSS and HTML each mail program lacks, from the Can I email data.
//
//   npm install --prefix /tmp/caniemail caniemail && node contrib/caniemail.mjs /tmp/caniemail/node_modules/caniemail
//
// Kept are the features that can be told from a mail's HTML and that at least one of the programs lacks or has in part.
// One line a feature: how it is recognised, its name, and a letter for each program in the order of the `programs` line:
// y it works, a in part, n it does not, u nobody knows.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.argv[2];
if (!folder) throw new Error("name the folder of the npm package caniemail");
const version = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
const all = JSON.parse(readFileSync(join(folder, "data", "caniemail.json"), "utf8"));

// The name in [check] clients, how people call it, and where its results are.
const programs = [
  ["outlook-windows", "Outlook for Windows (classic)", "outlook", "windows"],
  ["outlook-web", "Outlook on the web and the new Outlook", "outlook", "outlook-com"],
  ["outlook-mac", "Outlook for Mac", "outlook", "macos"],
  ["outlook-ios", "Outlook for iPhone", "outlook", "ios"],
  ["outlook-android", "Outlook for Android", "outlook", "android"],
  ["gmail", "Gmail", "gmail", "desktop-webmail"],
  ["gmail-android", "Gmail for Android", "gmail", "android"],
  ["gmail-ios", "Gmail for iPhone", "gmail", "ios"],
  ["apple-mail", "Apple Mail", "apple-mail", "macos"],
  ["iphone", "Mail on the iPhone", "apple-mail", "ios"],
  ["thunderbird", "Thunderbird", "thunderbird", "macos"],
  ["gmx", "GMX", "gmx", "desktop-webmail"],
  ["web-de", "WEB.DE", "web-de", "desktop-webmail"],
  ["t-online", "T-Online", "t-online-de", "desktop-webmail"],
  ["ionos", "IONOS Webmail", "ionos-1and1", "desktop-webmail"],
  ["yahoo", "Yahoo Mail", "yahoo", "desktop-webmail"],
  ["samsung", "Samsung Email", "samsung-email", "android"],
  ["proton", "Proton Mail", "protonmail", "desktop-webmail"],
];

// Features whose slug does not say how they are written.
const special = {
  "css-variables": ["function:var"],
  "css-unit-calc": ["function:calc"],
  "css-flex-direction": ["property:flex-direction"],
  "css-flex-wrap": ["property:flex-wrap"],
  "css-grid-template": ["property:grid-template-columns", "property:grid-template-rows", "property:grid-template-areas"],
  "css-gap": ["property:gap", "property:column-gap", "property:row-gap"],
  "css-left-right-top-bottom": ["property:left", "property:right", "property:top", "property:bottom"],
  "css-conic-gradient": ["function:conic-gradient"],
  "css-linear-gradient": ["function:linear-gradient"],
  "css-radial-gradient": ["function:radial-gradient"],
  "css-rgba": ["function:rgba"],
  "css-modern-color": ["function:lch", "function:oklch", "function:lab", "function:oklab"],
  "css-scroll-snap": ["property:scroll-snap-type"],
  "css-margin-inline-block": ["property:margin-inline", "property:margin-block"],
  "css-padding-inline-block": ["property:padding-inline", "property:padding-block"],
  "css-border-inline-block": ["property:border-inline", "property:border-block"],
  "css-column-layout-properties": ["property:columns", "property:column-rule", "property:column-span"],
  "css-at-media-device-pixel-ratio": ["media:-webkit-device-pixel-ratio", "media:-webkit-min-device-pixel-ratio"],
  "css-selector-adjacent-sibling": ["selector:+"],
  "css-selector-general-sibling": ["selector:~"],
  "css-selector-attribute": ["selector:["],
  "html-background": ["attribute:background"],
  "html-srcset": ["attribute:srcset", "attribute:sizes"],
  "html-loading-attribute": ["attribute:loading"],
  "html-image-maps": ["element:map"],
  "html-svg": ["element:svg"],
  "html-button-submit": ["element:button"],
  "html-button-reset": [],
  "html-input-text": ["element:input"],
  "html-semantics": ["element:article", "element:section", "element:main", "element:nav", "element:aside",
    "element:header", "element:footer", "element:figure", "element:figcaption", "element:time"],
  "html-popover": ["attribute:popover"],
  "html-hidden": ["attribute:hidden"],
  "image-svg": ["picture:svg"],
  "image-webp": ["picture:webp"],
  "image-avif": ["picture:avif"],
  "image-base64": ["picture:data"],
};

// Told by other rules, or no feature that a design chooses.
const left_out = /^(amp|bimi|css-comments|css-important|css-nesting|css-unit-(px|percent|initial)|css-selector-.*|css-display|css-background|css-font|css-border|css-margin|css-padding|css-width|css-height|css-sytem-ui|css-intrinsic-size|css-rgb|html-(doctype|comments|anchor-links|mailto-links|lists|h1-h6|body|div|span|p|table|img|style|input-.*|align|valign|width|height|cellpadding|cellspacing|dir|lang|role|aria-.*|target|required|meta-color-scheme)|image-.*)$/;

function recognised({ slug, title, category }) {
  if (slug in special) return special[slug];
  if (left_out.test(slug)) return [];
  let match;
  if ((match = /^css-at-media-(.*)$/.exec(slug))) return [`media:${match[1]}`];
  if ((match = /^css-at-(.*)$/.exec(slug))) return [`at:${match[1]}`];
  if ((match = /^css-pseudo-(?:class|element)-(.*)$/.exec(slug))) return [`pseudo:${match[1]}`];
  if ((match = /^css-function-(.*)$/.exec(slug))) return [`function:${match[1]}`];
  if ((match = /^css-unit-(.*)$/.exec(slug))) return [`unit:${match[1]}`];
  if ((match = /^css-display-(.*)$/.exec(slug))) return [`value:display=${match[1]}`];
  if (category === "css" && /^[a-z-]+( property)?$/.test(title.trim())) return [`property:${title.trim().replace(/ property$/, "")}`];
  if ((match = /^<([a-z]+)> element$/.exec(title)) || (match = /^<([a-z]+)>$/.exec(title))) return [`element:${match[1]}`];
  return [];
}

function letter(stats, family, platform) {
  const versions = Object.values(stats[family]?.[platform] ?? {});
  const last = versions.length ? versions[versions.length - 1].trim()[0].toLowerCase() : "u";
  return "yanu".includes(last) ? last : "u";
}

const rows = [];
for (const feature of all.data) {
  const letters = programs.map(([, , family, platform]) => letter(feature.stats, family, platform)).join("");
  if (!/[an]/.test(letters)) continue;
  for (const how of recognised(feature)) rows.push([how, feature.title.trim(), letters].join("\t"));
}
rows.sort();
const head = [
  "# What mail programs lack: from Can I email, https://www.caniemail.com (MIT, © 2019 Rémi Parmentier),",
  "# through the npm package caniemail (MIT, © Avi Goldman, © Andrew Powell). Renewed by contrib/caniemail.mjs.",
  `# version\t${version}\t${all.last_update_date.slice(0, 10)}`,
  ...programs.map(([name, title]) => `# program\t${name}\t${title}`),
];
const target = join(fileURLToPath(new URL(".", import.meta.url)), "..", "src", "check", "mail", "programs.tsv");
writeFileSync(target, [...head, ...rows].join("\n") + "\n");
console.log(`${rows.length} lines of caniemail ${version} in ${target}`);
