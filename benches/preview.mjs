// From save to shown: how long it takes until the browser shows a saved post, its template or its list; 20 times each.
// Usage: benches/preview.sh [PROGRAM]
import { browser } from "../tests/browser.mjs";
import { POST, shown, start, visit } from "../tests/preview/running.mjs";

const TIMES = 20;
const LIST = "newsletters/lists/members.example.csv";
const chromium = await browser();
const preview = await start(process.argv[2]);
const wrong = [];
const context = await chromium.newContext({ viewport: { width: 1280, height: 900 } });
const page = await visit(context, preview.url, wrong);

/** The moment at which the mail with this text in it is painted, in milliseconds since 1970. */
const painted = (text) => page.evaluate((text) => new Promise((done) => {
  const look = () => {
    const frame = document.querySelector("#letter iframe:not(.coming)");
    if (!frame?.contentDocument?.body?.textContent.includes(text)) return requestAnimationFrame(look);
    // In the frame after this one it is on the screen.
    return requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
  };
  look();
}), text);

async function measure(name, file, from, word) {
  const took = [];
  let now = from;
  for (let time = 0; time < TIMES; time += 1) {
    const next = `${word}${String.fromCharCode(97 + time)}`;
    const seen = painted(next);
    // A little later each time, so that every moment between two looks at the files is met.
    await new Promise((done) => setTimeout(done, 400 + time * 7));
    const saved = performance.timeOrigin + performance.now();
    preview.replace(file, now, next);
    took.push((await seen) - saved);
    now = next;
  }
  took.sort((one, other) => one - other);
  const median = (took[TIMES / 2 - 1] + took[TIMES / 2]) / 2;
  console.log(`${name}: median ${median.toFixed(0)} ms, worst ${took.at(-1).toFixed(0)} ms, of ${TIMES}`);
}

await shown(page);
await measure("a post", POST, "Nachwuchsfonds ein", "Nachwuchsfonds");
await measure("a list", LIST, "Lindhorst", "Lindhorst");
await measure("the configuration", "config.toml", "Musterstraße 1", "Musterstraße");
await chromium.close();
await preview.close();
if (wrong.length > 0) throw new Error(wrong.join("\n"));
