// A Chromium that reaches no network, for the scripts that look at finished mails and at the preview.
// RUNDBRIEF_NODE_MODULES names the folder with playwright-core and axe-core; CHROMIUM the browser.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const folder = process.env.RUNDBRIEF_NODE_MODULES;
if (!folder) {
  console.error("RUNDBRIEF_NODE_MODULES is not set; start this through the .sh file beside the script");
  process.exit(64);
}
export const require = createRequire(pathToFileURL(resolve(folder) + "/"));

const QUIET = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export async function browser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return require("playwright-core").chromium.launch({ executablePath, args: ["--no-sandbox", ...QUIET] });
}

/** Opens a local file; `blocked` collects every address that it wanted to load from elsewhere. */
export async function open(chromium, file, options) {
  // A page that forbids scripts must still be looked at with them.
  const context = await chromium.newContext({ deviceScaleFactor: 1, bypassCSP: true, ...options });
  const page = await context.newPage();
  const blocked = [];
  await page.route(/^(?!file:|data:)/, (route) => {
    blocked.push(route.request().url());
    return route.abort();
  });
  await page.goto(pathToFileURL(resolve(file)).href);
  return { page, blocked, close: () => context.close() };
}

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe-core finds on a page: WCAG 2 A and AA, and contrast that it cannot tell; a line for each element. */
export async function axe(page) {
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const result = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), TAGS);
  const unsure = result.incomplete.filter((rule) => rule.id === "color-contrast");
  return [...result.violations, ...unsure].flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${rule.help}\n    ${node.html.slice(0, 160)}\n    ${node.failureSummary ?? ""}`));
}

/** How many pixels a page is wider than its window. */
export const tooWide = (page) => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
