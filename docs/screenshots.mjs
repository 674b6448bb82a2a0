// Pictures of a finished mail: mail-{phone,desktop}-{light,dark}.png.
// Usage: docs/screenshots.sh FOLDER [OUT]   FOLDER is what `rundbrief build` wrote; OUT is docs/images by default.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browser, open } from "../tests/browser.mjs";

const [folder, out = "docs/images"] = process.argv.slice(2);
if (!folder) {
  console.error("usage: docs/screenshots.sh FOLDER [OUT]");
  process.exit(64);
}
// What fits beside one another on a page; the whole mail is longer.
const SIZES = { phone: { width: 390, height: 1120 }, desktop: { width: 1000, height: 1290 } };
mkdirSync(out, { recursive: true });
const chromium = await browser();
for (const [device, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open(chromium, join(folder, "email.html"), { colorScheme, viewport });
    const path = join(out, `mail-${device}-${colorScheme}.png`);
    await page.screenshot({ path });
    console.log(path);
    await close();
  }
}
await chromium.close();
