// Drives the preview in Chromium as people do: looks at each view, picks members, saves files, breaks and mends the post,
// sends a test mail, copies a text. Any error on the browser's console fails it. Usage: tests/preview.sh PROGRAM
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { axe, browser, open, tooWide } from "./browser.mjs";
import { POST, shown, start, visit } from "./preview/running.mjs";

const [binary] = process.argv.slice(2);
if (!binary) {
  console.error("usage: tests/preview.sh PROGRAM");
  process.exit(64);
}
const chromium = await browser();
const preview = await start(binary);
const wrong = [];

/** A page for one test, in a browser of its own. */
async function withPage(options, test) {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  try {
    await test(await visit(context, preview.url, wrong), context);
  } finally {
    await context.close();
  }
}

const choose = (page, name, value) => page.check(`input[name=${name}][value=${value}]`, { force: true });
const loaded = (page, query) =>
  page.waitForFunction((query) => document.querySelector("#letter iframe:not(.coming)")?.src.includes(query), query);

const tests = {
  "each view is what it says": () => withPage({}, async (page) => {
    for (const [device, narrow] of [["phone", true], ["desktop", false]]) {
      for (const light of ["light", "dark"]) {
        for (const pictures of ["on", "off"]) {
          await choose(page, "device", device);
          await choose(page, "light", light);
          await choose(page, "pictures", pictures);
          await loaded(page, `dark=${light === "dark"}&images=${pictures === "on"}`);
          const frame = await shown(page, "Sehr geehrte Frau Dr. Lindhorst");
          const seen = await frame.evaluate(async () => {
            const pictures = [...document.images].filter((image) => image.offsetParent);
            await Promise.all(pictures.map((image) => image.complete || new Promise((done) => (image.onload = image.onerror = done))));
            return {
              width: innerWidth, scroll: document.documentElement.scrollWidth,
              loaded: pictures.filter((image) => image.naturalWidth > 0).length, pictures: pictures.length,
              ground: getComputedStyle(document.querySelector(".card")).backgroundColor.match(/\d+/g).slice(0, 3).map(Number),
            };
          });
          const view = `${device}, ${light}, pictures ${pictures}`;
          assert.equal(seen.width, narrow ? 390 : seen.width, view);
          assert.ok(narrow || seen.width > 600, view);
          assert.ok(seen.scroll <= seen.width, `${view}: wider than its screen`);
          assert.ok(seen.pictures >= 3, view);
          assert.equal(seen.loaded, pictures === "on" ? seen.pictures : 0, `${view}: pictures`);
          assert.equal(Math.max(...seen.ground) < 100, light === "dark", `${view}: ${seen.ground}`);
        }
      }
    }
    await choose(page, "device", "text");
    assert.match(await page.textContent("#text"), /Sehr geehrte Frau Dr\. Lindhorst/);
    assert.ok(await page.isVisible("#text") && !(await page.isVisible("#letter iframe")));
    assert.match(await page.textContent(".on-phone .subject"), /Herbsttagung/);
    assert.match(await page.textContent("#outlook-title ~ p"), /Outlook/);
  }),

  "any member can be picked with the keyboard": () => withPage({}, async (page) => {
    await page.focus("#search");
    await page.keyboard.type("sørensen");
    await page.waitForSelector("#found button");
    assert.equal(await page.textContent("#found-status"), "1 Mitglied gefunden");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate(() => document.activeElement.firstChild.textContent), "Kim Sørensen");
    await page.keyboard.press("Enter");
    await shown(page, "Guten Tag Kim Sørensen");
    await page.waitForFunction(() => document.activeElement.id === "who");
    assert.match(await page.textContent("#letter-to"), /Kim Sørensen/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await shown(page, "Sehr geehrte Frau Dr. Lindhorst");
    await page.fill("#search", "niemand dieses namens");
    await page.waitForFunction(() => document.querySelector("#found-status").textContent === "Niemand gefunden");
  }),

  "a save is shown where the reader is, whichever file it was": () => withPage({}, async (page) => {
    await page.evaluate(() => window.scrollTo({ top: 1500, behavior: "instant" }));
    await preview.replace(POST, "Wer früh fragt", "Wer beizeiten fragt");
    await shown(page, "Wer beizeiten fragt");
    assert.equal(await page.evaluate(() => window.scrollY), 1500);
    assert.match(await page.textContent("#news"), /^Aktualisiert um /);
    preview.replace("newsletters/lists/members.example.csv", "Annika", "Annemarie");
    await page.waitForFunction(() => document.querySelector("#who").textContent.includes("Annemarie"));
    preview.replace("config.toml", "Musterstraße 1", "Musterstraße 17");
    await shown(page, "Musterstraße 17");
    preview.replace("newsletters/lists/members.example.csv", "Annemarie", "Annika");
    await page.waitForFunction(() => document.querySelector("#who").textContent.includes("Annika"));
    assert.equal(await page.evaluate(() => window.scrollY), 1500);
  }),

  "an error is shown in place, leads to its line, and goes away": () => withPage({ reducedMotion: "reduce" }, async (page) => {
    const code = await page.textContent("#facts .code");
    await page.evaluate(() => window.scrollTo({ top: 1200, behavior: "instant" }));
    const mend = preview.replace(POST, "author:", "autor:");
    await page.waitForSelector("#mail .wrong:visible");
    assert.match(await page.textContent("#mail .wrong"), /unknown key `autor`[^]*herbsttagung\.md:6:1/);
    for (const part of ["teasers", "feed", "plan"]) {
      await page.waitForSelector(`#${part} .wrong:visible`);
      assert.match(await page.textContent(`#${part} .wrong`), /unknown key `autor`[^]*herbsttagung\.md:6:1/);
    }
    assert.equal(await page.textContent("#facts .error"), "1 Fehler");
    assert.equal(await page.evaluate(() => window.scrollY), 1200);
    await page.click("#remarks a.place");
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^autor: Geschäftsstelle/);
    await page.evaluate(() => window.scrollTo({ top: 1200, behavior: "instant" }));
    mend();
    await page.waitForSelector("#mail .wrong", { state: "hidden" });
    await shown(page, "Sehr geehrte Frau Dr. Lindhorst");
    await page.waitForFunction((code) => document.querySelector("#facts .code")?.textContent === code, code);
    assert.equal(await page.evaluate(() => window.scrollY), 1200);
  }),

  "the test mail is what was looked at": () => withPage({}, async (page) => {
    await page.fill("#search", "overbeck");
    await page.click("#found button");
    await shown(page, "Robin Overbeck");
    await page.fill("#to", "keine Adresse");
    await page.press("#to", "Enter");
    assert.equal(await page.textContent("#tested"), "", "a browser knows that this is none");
    await page.fill("#to", "presse@example.org");
    await page.press("#to", "Enter");
    await page.waitForSelector("#tested.good");
    const file = (await page.textContent("#tested")).match(/^Als Datei geschrieben: (.+\.eml)\. Nichts hat diesen Rechner verlassen\.$/);
    assert.ok(file, await page.textContent("#tested"));
    const mail = readFileSync(join(preview.folder, file[1]), "utf8");
    assert.match(mail, /^To: presse@example\.org\r?$/m);
    assert.match(mail, /Overbeck/);
  }),

  "a text is copied, its picture saved, its network opened": () => withPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    const card = page.locator(".card", { has: page.locator("h3", { hasText: "LinkedIn" }) });
    await card.getByRole("button", { name: "Text kopieren" }).click();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^120 Mitglieder[^]*utm_source=linkedin[^]*#Ehrenamt$/);
    assert.equal(await page.textContent("#news"), "LinkedIn: Kopiert");
    await card.getByRole("button", { name: "Bildbeschreibung kopieren" }).click();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^Zeichnung: Blick/);
    const [picture] = await Promise.all([page.waitForEvent("download"), card.getByText("Bild speichern").click()]);
    assert.match(picture.suggestedFilename(), /^herbsttagung.*\.jpg$/);
    assert.match(await card.getByText("LinkedIn öffnen").getAttribute("href"), /^https:\/\/www\.linkedin\.com\//);
    assert.match(await page.textContent("#by-hand code"), /^rundbrief posted 2026-11-herbsttagung /);
  }),

  "ten tabs follow a save": () => withPage({}, async (page, context) => {
    const tabs = [page];
    for (let tab = 1; tab < 10; tab += 1) tabs.push(await visit(context, preview.url, wrong));
    const undo = preview.replace(POST, "Vier von zehn Vereinen", "Fünf von zehn Vereinen");
    await Promise.all(tabs.map((tab) => shown(tab, "Fünf von zehn Vereinen")));
    undo();
    await Promise.all(tabs.map((tab) => shown(tab, "Vier von zehn Vereinen")));
  }),

  "every stop of the keyboard can be seen": () => withPage({ reducedMotion: "reduce" }, async (page) => {
    const stops = [];
    for (let stop = 0; stop < 45; stop += 1) {
      await page.keyboard.press("Tab");
      stops.push(await page.evaluate(() => {
        const focused = document.activeElement;
        const ring = focused.closest(".segments") ?? focused;
        const box = ring.getBoundingClientRect();
        const seen = getComputedStyle(ring).outlineStyle !== "none" && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
        return { name: focused.id || focused.name || focused.textContent.trim() || focused.localName, seen: seen || focused.localName === "iframe" };
      }));
    }
    assert.deepEqual(stops.filter((stop) => !stop.seen), []);
    const order = stops.map((stop) => stop.name);
    assert.equal(order[0], "Zum Inhalt springen");
    const places = ["search", "to", "device", "light", "pictures"].map((name) => order.indexOf(name));
    assert.ok(places.every((place, index) => place > (places[index - 1] ?? 0)), order.join(", "));
  }),

  "it fits a narrow window, rests when asked to, and keeps its marks without colours": async () => {
    await withPage({ viewport: { width: 320, height: 700 }, reducedMotion: "reduce" }, async (page) => {
      assert.equal(await tooWide(page), 0, "at 320 pixels, which is 1280 at 400 %");
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), "auto");
    });
    await withPage({ forcedColors: "active" }, async (page) => {
      const ground = (value) => page.locator(`input[value=${value}] + span`).evaluate((span) => getComputedStyle(span).backgroundColor);
      assert.notEqual(await ground("desktop"), await ground("phone"));
      const card = await (await shown(page)).evaluate(() => getComputedStyle(document.querySelector(".card")).backgroundColor);
      assert.equal(card, "rgb(255, 255, 255)", "the mail keeps its own colours");
    });
  },

  "axe finds nothing, neither on the page nor in the file for release": async () => {
    const found = [];
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [390, 1280]) {
        await withPage({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true }, async (page) => {
          const look = async (state) => {
            found.push(...(await axe(page)).map((one) => `${state}, ${colorScheme}, ${width}: ${one}`));
            assert.equal(await tooWide(page), 0, `${state}, ${width}`);
          };
          await look("the page");
          await choose(page, "device", "phone");
          await choose(page, "light", "dark");
          await look("a dark phone");
          await page.fill("#search", "example");
          await page.waitForSelector("#found button");
          await choose(page, "device", "text");
          await look("found members, text");
          const mend = preview.replace(POST, "author:", "autor:");
          await page.waitForSelector("#plan .wrong:visible");
          await look("errors");
          mend();
          await page.waitForSelector("#plan .wrong", { state: "hidden" });
        });
      }
    }
    preview.run("preview", POST, "--export", "freigabe.html");
    for (const width of [390, 1000]) {
      const { page, blocked, close } = await open(chromium, join(preview.folder, "freigabe.html"), { viewport: { width, height: 900 } });
      found.push(...(await axe(page)).map((one) => `the file for release, ${width}: ${one}`));
      assert.equal(await tooWide(page), 0, `the file for release, ${width}`);
      assert.deepEqual(blocked, []);
      assert.ok(await page.getByText("Sehr geehrte Frau Mustermann,", { exact: true }).isVisible(), "the mail is shown");
      await close();
    }
    assert.deepEqual(found, []);
  },
};

let bad = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    assert.deepEqual(wrong.splice(0), []);
    console.log(`ok: ${name}`);
  } catch (error) {
    bad += 1;
    preview.reset();
    wrong.length = 0;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
}
await chromium.close();
await preview.close();
process.exit(bad === 0 ? 0 : 1);
