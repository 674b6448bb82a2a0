// A preview that runs on a copy of the sample, and pages of it that say what went wrong in them.
//
// Comes in: the program. Goes out: its address, its folder, and how to save a file in it; everything is gone after close().
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const POST = "newsletters/2026-11-herbsttagung.md";
const WAIT = 20_000;

/** Starts `rundbrief preview` of the sample post. */
export async function start(binary) {
  const folder = mkdtempSync(join(tmpdir(), "rundbrief-preview-"));
  const files = execFileSync("git", ["ls-files", "newsletters", "config.example.toml"], { cwd: root, encoding: "utf8" });
  for (const file of files.trim().split("\n")) cpSync(join(root, file), join(folder, file));
  cpSync(join(folder, "config.example.toml"), join(folder, "config.toml"));
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), XDG_STATE_HOME: join(folder, "state") };
  const program = resolve(binary);
  const child = spawn(program, ["preview", POST], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((done, fail) => {
    createInterface({ input: child.stdout }).once("line", done);
    child.once("exit", (code) => fail(new Error(`the preview ended with ${code}`)));
    setTimeout(() => fail(new Error("the preview says no address")), WAIT).unref();
  });
  const path = (file) => join(folder, file);
  const originals = new Map();
  return {
    url, folder,
    /** Changes a file; gives what changes it back. */
    replace: (file, from, to) => {
      const before = readFileSync(path(file), "utf8");
      if (!before.includes(from)) throw new Error(`${file} has no “${from}”`);
      originals.set(file, originals.get(file) ?? before);
      writeFileSync(path(file), before.replaceAll(from, to));
      return () => writeFileSync(path(file), before);
    },
    /** All files as they were at first. */
    reset: () => originals.forEach((text, file) => writeFileSync(path(file), text)),
    run: (...args) => execFileSync(program, args, { cwd: folder, env, encoding: "utf8" }),
    close: async () => {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Opens the preview. `wrong` collects what no page of it may have: errors of scripts, of the policy, of requests. */
export async function visit(context, url, wrong) {
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT);
  // With pictures off the policy keeps them out, and a browser says so of each.
  const isMeant = (message) => /images=false/.test(message.location().url) && /violates/.test(message.text());
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isMeant(message)) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
  page.on("response", (answer) => answer.status() >= 400 && wrong.push(`${answer.status()}: ${answer.url()}`));
  await page.route((address) => address.origin !== new URL(url).origin, (route) => {
    wrong.push(`loads ${route.request().url()}`);
    return route.abort();
  });
  await page.goto(url);
  await shown(page);
  return page;
}

/** Waits until a mail is shown that has this in it; gives its frame. */
export async function shown(page, text = "") {
  const frame = await page.waitForSelector("#letter iframe:not(.coming)");
  await page.waitForFunction(
    (text) => document.querySelector("#letter iframe:not(.coming)")?.contentDocument?.body?.textContent.includes(text),
    text,
  );
  return (await page.$("#letter iframe:not(.coming)") ?? frame).contentFrame();
}
