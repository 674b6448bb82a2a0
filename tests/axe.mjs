// Checks finished mails with axe-core (WCAG 2 A and AA), each in light and in dark, on a phone and on a desk.
// Usage: tests/axe.sh FILE.html…   Exit code 1 on a violation, or when a mail loads anything from elsewhere.
import { browser, open, require } from "./browser.mjs";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: tests/axe.sh FILE.html…");
  process.exit(64);
}
const axe = require.resolve("axe-core/axe.min.js");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const chromium = await browser();
let bad = 0;
for (const file of files) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1000]) {
      const { page, blocked, close } = await open(chromium, file, { colorScheme, viewport: { width, height: 900 } });
      await page.addScriptTag({ path: axe });
      const result = await page.evaluate((tags) => axe.run({ runOnly: tags }), tags);
      const unsure = result.incomplete.filter((rule) => rule.id === "color-contrast");
      const scroll = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      for (const rule of [...result.violations, ...unsure]) {
        bad += 1;
        console.log(`${file} (${colorScheme}, ${width}): ${rule.id}: ${rule.help}`);
        for (const node of rule.nodes) console.log(`    ${node.html.slice(0, 160)}\n    ${node.failureSummary ?? ""}`);
      }
      if (scroll > 0) {
        bad += 1;
        console.log(`${file} (${colorScheme}, ${width}): ${scroll} px wider than the window`);
      }
      for (const address of blocked.filter((address) => !process.env.ALLOW_LINKED_PICTURES)) {
        bad += 1;
        console.log(`${file}: loads ${address}`);
      }
      await close();
    }
  }
}
await chromium.close();
console.log(bad === 0 ? `axe: ${files.length} mails, no violations` : `axe: ${bad} problems`);
process.exit(bad === 0 ? 0 : 1);
