// Checks finished mails with axe-core (WCAG 2 A and AA), each in light and in dark, on a phone and on a desk.
// Usage: tests/axe.sh FILE.html…   Exit code 1 on a violation, or when a mail loads anything from elsewhere.
import { axe, browser, open, tooWide } from "./browser.mjs";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: tests/axe.sh FILE.html…");
  process.exit(64);
}
const chromium = await browser();
let bad = 0;
for (const file of files) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1000]) {
      const { page, blocked, close } = await open(chromium, file, { colorScheme, viewport: { width, height: 900 } });
      for (const found of await axe(page)) {
        bad += 1;
        console.log(`${file} (${colorScheme}, ${width}): ${found}`);
      }
      const scroll = await tooWide(page);
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
