// Starts xsell-lane with its page on the example rule set, and a browser to look at it.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chromium } from "playwright-core";

const { XSELL_LANE, XSELL_PLUGIN, XSELL_EXAMPLES, XSELL_CHROMIUM = "/usr/bin/chromium" } = process.env;

export const launchBrowser = () =>
  chromium.launch({
    executablePath: XSELL_CHROMIUM,
    args: ["--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--no-sandbox"],
  });

// A running lane: its address, the events it printed, and how to stop it.
export async function startLane() {
  const folder = await mkdtemp(join(tmpdir(), "xsell-lane-"));
  const config = join(folder, "xsell.json");
  await writeFile(config, JSON.stringify({
    data_folder: join(folder, "data"), store: "0217", lane: "3", language: "en", currency: "EUR", time_zone: "Europe/Berlin",
    local_rules: { rules: join(XSELL_EXAMPLES, "store.rules.json"), items: join(XSELL_EXAMPLES, "store.items.json") },
  }));
  const script = join(folder, "script");
  await writeFile(script, "wait ready 10\n");
  const portFile = join(folder, "port");
  const till = spawn(XSELL_LANE, ["--plugin", XSELL_PLUGIN, "--config", config, "--items", join(XSELL_EXAMPLES, "store.items.json"),
    "--web", "0", "--port-file", portFile, "--script", script, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  till.stdout.setEncoding("utf8").on("data", (text) => { output += text; });
  const events = () => output.split("\n").filter((line) => line.endsWith("}")).map((line) => JSON.parse(line));
  let hasEnded = false;
  const ended = new Promise((resolve) => till.on("exit", (code) => { hasEnded = true; resolve(code); }));

  let port = "";
  const isReady = () => port && events().some((event) => event.event === "wait" && event.reached);
  for (const until = Date.now() + 20_000; !isReady() && !hasEnded && Date.now() < until; await delay(20)) {
    port = (await readFile(portFile, "utf8").catch(() => "")).trim();
  }
  if (!isReady()) {
    till.kill("SIGKILL");
    throw new Error(`the lane did not become ready: ${output}`);
  }
  return {
    port: Number(port),
    address: `http://127.0.0.1:${port}/`,
    events,
    async stop() {
      till.kill("SIGTERM");
      const code = await ended;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}
