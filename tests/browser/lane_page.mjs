// Starts xsell-lane with its page and a browser on it, for the tests of this folder.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chromium } from "playwright-core";

const launchArguments = ["--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-sandbox"];

export const launchBrowser = () =>
  chromium.launch({ executablePath: process.env.XSELL_CHROMIUM ?? "/usr/bin/chromium", args: launchArguments });

// A running lane: { address, output(), stop() }. `options`: more of its command line.
export async function startLane(options) {
  const folder = await mkdtemp(join(tmpdir(), "xsell-lane-"));
  const portFile = join(folder, "port");
  const till = spawn(process.env.XSELL_LANE, ["--web", "0", "--port-file", portFile, "--json", "--data-folder", join(folder, "data"), ...options(folder)], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  till.stdout.setEncoding("utf8").on("data", (text) => { output += text; });
  const ended = new Promise((resolve) => till.on("exit", resolve));
  let port = "";
  for (const until = Date.now() + 15000; !port && Date.now() < until;) {
    port = (await readFile(portFile, "utf8").catch(() => "")).trim();
    if (!port) await delay(20);
  }
  if (!port) throw new Error(`the lane did not start: ${output}`);
  return {
    address: `http://127.0.0.1:${port}/`,
    events: () => output.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line)),
    async stop() {
      till.kill("SIGTERM");
      const code = await ended;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}
