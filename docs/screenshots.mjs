// Pictures for the README: of a finished mail, mail-{phone,desktop}-{light,dark}.png, and of the preview, preview.png and
// preview-dark.png. Usage: docs/screenshots.sh PROGRAM [OUT]   OUT is docs/images by default.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browser, open } from "../tests/browser.mjs";
import { POST, start, visit } from "../tests/preview/running.mjs";

const [program, out = "docs/images"] = process.argv.slice(2);
if (!program) {
  console.error("usage: docs/screenshots.sh PROGRAM [OUT]");
  process.exit(64);
}
// What fits beside one another on a page; the whole mail is longer.
const SIZES = { phone: { width: 390, height: 1120 }, desktop: { width: 1000, height: 1290 } };
mkdirSync(out, { recursive: true });
const chromium = await browser();
const preview = await start(program);

async function mails() {
  preview.run("build", POST);
  const file = join(preview.folder, "out", POST.split("/").pop().replace(/\.md$/, ""), "email.html");
  for (const [device, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, close } = await open(chromium, file, { colorScheme, viewport });
      await picture(page, `mail-${device}-${colorScheme}`);
      await close();
    }
  }
}

async function previews() {
  for (const [name, colorScheme] of [["preview", "light"], ["preview-dark", "dark"]]) {
    const context = await chromium.newContext({ viewport: { width: 1280, height: 900 }, colorScheme, reducedMotion: "reduce" });
    const page = await visit(context, preview.url, []);
    await page.waitForFunction(() => document.querySelectorAll("#facts dd").length === 4);
    if (colorScheme === "dark") {
      await page.check("input[name=device][value=phone]", { force: true });
      await page.check("input[name=light][value=dark]", { force: true });
      await page.waitForFunction(() => document.querySelector("#letter iframe:not(.coming)")?.src.includes("dark=true"));
    }
    await page.waitForTimeout(500);
    await picture(page, name);
    await context.close();
  }
}

async function picture(page, name) {
  const path = join(out, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
}

await mails();
await previews();
await chromium.close();
await preview.close();
