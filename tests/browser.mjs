// A Chromium that reaches no network, for the scripts that look at finished mails.
// RUNDBRIEF_NODE_MODULES names the folder with playwright-core and axe-core; CHROMIUM the browser.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const folder = process.env.RUNDBRIEF_NODE_MODULES;
if (!folder) {
  console.error("RUNDBRIEF_NODE_MODULES is not set; start this through docs/screenshots.sh or tests/axe.sh");
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
