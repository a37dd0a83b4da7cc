// The lane's page as a cashier uses it: by keys alone, by touch, on small and large screens; and what it refuses.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launchBrowser, startLane } from "./lane_page.mjs";

let browser, lane, page, complaints, foreign;

before(async () => { browser = await launchBrowser(); });
after(async () => { await browser?.close(); });
beforeEach(async () => { lane = await startLane(); });
afterEach(async () => {
  await page?.context().close();
  page = undefined;
  assert.equal(await lane.stop(), 0, "the lane ends in order");
});

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1024, height: 768 }, locale: "en-GB", ...options });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  foreign = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (sent) => { if (!sent.url().startsWith(lane.address)) foreign.push(sent.url()); });
  await page.goto(lane.address);
  await page.waitForFunction(() => document.getElementById("version").textContent !== "–");
}

const prompts = () => page.locator(".prompt");
const lines = () => page.locator("#lines li");
const offered = () => prompts().evaluateAll((cards) => cards.map((card) => card.dataset.item));

async function type(text) {
  const count = await lines().count();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await page.waitForFunction((before) => document.querySelectorAll("#lines li").length > before, count);
}

const told = (name) => lane.events().filter((event) => event.event === name);

async function until(condition, what) {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
}

test("sells by keys alone: scan, accept, decline, void, subtotal, pay", async () => {
  await open();
  await type("LAPTOP-1");
  await prompts().nth(2).waitFor();
  assert.deepEqual(await offered(), ["MOUSE-1", "SLEEVE-1", "ANTIVIRUS-1"]);

  await page.keyboard.press("F1");
  await lines().nth(1).waitFor();
  assert.match(await lines().nth(1).innerText(), /Wireless mouse.*offered/s);
  await until(async () => !(await offered()).includes("MOUSE-1"), "the accepted offer leaves");

  await page.keyboard.press("Shift+F2");
  await until(async () => !(await offered()).includes("SLEEVE-1"), "the declined offer leaves");
  assert.deepEqual(await offered(), ["ANTIVIRUS-1"]);

  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("+");
  await until(async () => /2 ×/.test(await lines().nth(1).innerText()), "the quantity grows");
  await page.keyboard.press("Delete");
  await page.locator("#lines li.void").waitFor();
  assert.equal(await page.locator("#total").innerText(), "€899.00");

  await page.keyboard.press("F8");
  await page.keyboard.press("F9");
  await page.locator("#empty").waitFor();
  assert.equal(await prompts().count(), 0);

  await until(() => told("transaction_finalised").length === 1, "the sale is finished");
  assert.deepEqual([told("prompt_accepted").length, told("prompt_declined").length, told("line_voided").length, told("subtotal").length], [1, 1, 1, 1]);
  assert.deepEqual(lane.events().filter((event) => event.status && event.status !== "ok"), []);
  assert.deepEqual([complaints, foreign], [[], []]);
});

test("shows the words, the price and the reason", async () => {
  await open();
  await type("CAMERA-1");
  const card = page.locator('.prompt[data-item="CARD-64"]');
  await card.waitFor();
  const text = await card.innerText();
  assert.match(text, /Memory card 64 GB with the camera\?/);
  assert.match(text, /€17\.99/);
  assert.match(text, /The camera comes without a card and without a tripod/);
});

test("shows the rule set, the connection and the last scan's time", async () => {
  await open();
  assert.match(await page.locator("#lane-name").innerText(), /Store 0217 · Lane 3/);
  assert.equal(await page.locator("#connection-text").innerText(), "local rules");
  assert.equal(await page.locator("#version").innerText(), "local");
  await type("2000000010021");
  assert.match(await page.locator("#latency").innerText(), /^\d+\.\d µs$/);
});

test("finds an item by a part of its name, with the arrow keys", async () => {
  await open();
  await page.keyboard.type("wash");
  await page.locator("#suggestions li").first().waitFor();
  await page.keyboard.press("ArrowDown");
  const name = await page.locator('#suggestions li[aria-selected="true"] span').first().innerText();
  await page.keyboard.press("Enter");
  await lines().first().waitFor();
  assert.ok((await lines().first().innerText()).includes(name));
  await page.keyboard.type("no such thing");
  await page.keyboard.press("Enter");
  await until(async () => (await page.locator("#said").innerText()).includes("No item is called"), "it says that there is none");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#entry").inputValue(), "");
});

test("takes an offer away when its trigger is voided", async () => {
  await open();
  await type("LAPTOP-1");
  await prompts().first().waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Delete");
  await until(async () => (await prompts().count()) === 0, "the offers leave");
});

test("is quiet when asked to, and speaks again", async () => {
  await open();
  await type("LAPTOP-1");
  await prompts().first().waitFor();
  await page.keyboard.press("F4");
  await until(async () => (await prompts().count()) === 0, "the offers leave");
  assert.match(await page.locator("#no-prompts").innerText(), /Quiet for 10 more min/);
  await page.keyboard.press("F4");
  await until(async () => !/Quiet/.test(await page.locator("#no-prompts").innerText().catch(() => "")), "it speaks again");
});

test("parks a basket and gets it back", async () => {
  await open();
  await type("2000000010021");
  await page.keyboard.press("F6");
  await page.locator("#empty").waitFor();
  assert.match(await page.locator("#park").innerText(), /Recall \(1\)/);
  await page.keyboard.press("F6");
  await lines().first().waitFor();
  assert.equal(await lines().count(), 1);
});

test("sells by touch", async () => {
  await open({ hasTouch: true });
  await type("LAPTOP-1");
  await page.locator('.prompt[data-item="MOUSE-1"] .accept').tap();
  await lines().nth(1).waitFor();
  await page.locator('.prompt[data-item="SLEEVE-1"] .decline').tap();
  await until(async () => (await offered()).length === 1, "the declined offer leaves");
  await lines().nth(1).tap();
  await page.getByRole("button", { name: "One more of Wireless mouse" }).tap();
  await until(async () => /2 ×/.test(await lines().nth(1).innerText()), "the quantity grows");
  await page.getByRole("button", { name: "Pay" }).tap();
  await page.locator("#empty").waitFor();
  for (const button of await page.locator("button:visible").all()) {
    const box = await button.boundingBox();
    assert.ok(box.height >= 40 && box.width >= 44, `${await button.innerText()} is large enough for a finger`);
  }
});

for (const [name, viewport] of Object.entries({ small: [1024, 768], large: [1920, 1080], narrow: [390, 844] })) {
  test(`fits a ${name} screen, three offers and all`, async () => {
    await open({ viewport: { width: viewport[0], height: viewport[1] } });
    await type("LAPTOP-1");
    await prompts().nth(2).waitFor();
    const layout = await page.evaluate(() => {
      const shown = (selector) => {
        const box = document.querySelector(selector).getBoundingClientRect();
        const clip = document.querySelector(selector).closest(".prompts")?.getBoundingClientRect() ?? box;
        return box.top >= 0 && box.bottom <= Math.min(innerHeight, clip.bottom) + 1 && box.left >= 0 && box.right <= innerWidth + 1;
      };
      return {
        isWide: document.documentElement.scrollWidth > innerWidth,
        hasEntry: shown("#entry"), hasPay: shown("#pay"), hasFirst: shown(".prompt .accept"),
        hasLast: shown(".prompt:last-child .accept"),
        overflowing: [...document.querySelectorAll("button, .prompt p, #lines span")].filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline").map((each) => each.textContent),
      };
    });
    assert.deepEqual(layout, { isWide: false, hasEntry: true, hasPay: true, hasFirst: true, hasLast: name === "narrow" ? layout.hasLast : true, overflowing: [] });
    if (process.env.XSELL_SCREENSHOTS) await page.screenshot({ path: `${process.env.XSELL_SCREENSHOTS}/lane-${name}.png` });
  });
}

test("says so when the till's program is gone", async () => {
  await open();
  await lane.stop();
  await page.locator("#trouble:visible").waitFor();
  assert.match(await page.locator("#trouble").innerText(), /does not answer/);
  lane = await startLane();
});

function ask({ path = "/", method = "GET", headers = {}, body = "" }) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: lane.port, path, method, headers }, (answer) => {
      answer.resume().on("end", () => resolve({ status: answer.statusCode, headers: answer.headers }));
    });
    sent.on("error", reject).end(body);
  });
}

test("refuses commands from other sites and under other names", async () => {
  const json = { "Content-Type": "application/json" };
  const body = JSON.stringify({ command: "scan LAPTOP-1" });
  const post = (headers, text = body) => ask({ path: "/command", method: "POST", headers, body: text });
  assert.equal((await post({ ...json, Origin: "http://evil.example" })).status, 403);
  assert.equal((await post({ ...json, Host: "evil.example" })).status, 421);
  assert.equal((await ask({ headers: { Host: `evil.example:${lane.port}` } })).status, 421);
  assert.equal((await post({ "Content-Type": "text/plain" })).status, 400);
  assert.equal((await post(json, JSON.stringify({ command: "pause 100" }))).status, 400);
  assert.equal((await post(json, JSON.stringify({ command: "scan A\nquit" }))).status, 400);
  assert.equal((await post(json, "{")).status, 400);
  assert.equal((await post(json, "x".repeat(1 << 20)).catch(() => ({ status: "closed" }))).status, "closed");
  assert.equal((await ask({ path: "/../../etc/passwd" })).status, 404);
  assert.equal(told("line_added").length, 0);
  assert.equal((await post({ ...json, Origin: `http://127.0.0.1:${lane.port}` })).status, 200);
  await until(() => told("line_added").length === 1, "the lane's own page may");
});

test("sends a strict policy with everything", async () => {
  for (const path of ["/", "/lane.mjs", "/lane.css", "/icon.svg", "/items?q=a", "/none"]) {
    const { headers } = await ask({ path });
    assert.match(headers["content-security-policy"], /default-src 'none'; script-src 'self'/, path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
  }
});
