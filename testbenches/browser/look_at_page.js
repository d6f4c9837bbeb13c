// SPDX-License-Identifier: Apache-2.0
// Opens a page in headless Chromium and prints its content as JSON, for testbenches/system/page.py.
// usage: node look_at_page.js FILE.html '{"width": 1200, "dark": false, "shot": "FILE.png"}'
"use strict";

const {chromium} = require("playwright-core");

const [file, options] = [process.argv[2], JSON.parse(process.argv[3] ?? "{}")];

// Runs in the page. Returns the marks of a chart as a text, which differs if the drawing differs.
const drawing = (id) => {
  const plot = document.getElementById(id);
  const marks = [...plot.querySelectorAll(".cartesianlayer .trace, .cartesianlayer .hm image, " +
                                          ".cartesianlayer .point path, .cartesianlayer path.point, .cartesianlayer .js-line")];
  return marks.map((mark) =>
    [...["d", "style", "transform"].map((name) => mark.getAttribute(name)), mark.href?.baseVal].join()).join(";");
};

const look = async (page) => {
  const facts = {};
  await page.waitForFunction(() => document.documentElement.dataset.drawn === "yes", null,
                             {timeout: 120000});
  facts.title = await page.title();
  facts.sections = await page.locator("main section h2").allTextContents();
  facts.links = await page.locator("nav a").allTextContents();
  facts.figures = await page.$$eval("[data-key]", (nodes) => Object.fromEntries(nodes.map((node) =>
    [node.dataset.key, {value: node.querySelector("data")?.value ?? null, text: node.textContent}])));
  facts.text = await page.locator("main").innerText();
  facts.widths = await page.evaluate(() =>
    ({page: document.documentElement.scrollWidth, window: innerWidth}));
  facts.scrolling = await page.$$eval(".scroll", (boxes) => boxes
    .filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.getAttribute("aria-label")));
  facts.background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  facts.chart_background = await page.evaluate(() =>
    document.querySelector(".chart .main-svg")?.style.background ?? null);
  facts.images = await page.$$eval(".thumbnails img", (images) => images.map((image) =>
    ({text: image.alt, width: image.naturalWidth, height: image.naturalHeight})));
  facts.charts = {};
  for (const id of await page.$$eval(".chart", (plots) => plots.map((plot) => plot.id))) {
    facts.charts[id] = (await page.evaluate(drawing, id)).length;
  }
  return facts;
};

// Runs an action that redraws a chart, and waits until it has been redrawn.
const redrawn = async (page, id, action) => {
  const before = await page.evaluate((chart) => document.getElementById(chart).dataset.drawings, id);
  await action();
  await page.waitForFunction(([chart, drawings]) =>
    document.getElementById(chart).dataset.drawings !== drawings, [id, before]);
};

// Walks through the page with the keyboard. Returns the focused elements and the drawing of each floor-plan view.
const walk = async (page) => {
  const focused = [];
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press("Tab");
    focused.push(await page.evaluate(() => {
      const node = document.activeElement;
      return node.id || node.name || node.textContent.trim() || node.tagName;
    }));
  }
  const views = {};
  const choice = page.locator("input[name=floor-plan-view]");
  if (await choice.count() > 0) {
    await choice.first().focus();
    for (let i = 0; i < await choice.count(); ++i) {
      const view = await page.evaluate(() => document.activeElement.value);
      views[view] = await page.evaluate(drawing, "floor-plan");
      await redrawn(page, "floor-plan", () => page.keyboard.press("ArrowRight"));
    }
  }
  return {focused, views};
};

// Returns the text shown when the pointer is at (x, y) of a chart, in the coordinates of its axes.
const hover = async (page, [chart, x, y]) => {
  await page.locator(`#${chart}`).scrollIntoViewIfNeeded();
  const at = await page.evaluate(([id, column, row]) => {
    const {xaxis, yaxis} = document.getElementById(id)._fullLayout;
    const box = document.querySelector(`#${id} .nsewdrag`).getBoundingClientRect();
    return [box.x + xaxis.d2p(column), box.y + yaxis.d2p(row)];
  }, [chart, x, y]);
  await page.mouse.move(at[0] - 1, at[1] - 1);
  await page.mouse.move(...at);
  await page.waitForFunction((id) =>
    document.querySelector(`#${id} .hoverlayer`).textContent !== "", chart);
  return page.locator(`#${chart} .hoverlayer`).textContent();
};

// Chooses a value of a drop-down list that redraws a chart. Returns the new drawing and the text of the
// section.
const choose = async (page, [list, value, chart]) => {
  await redrawn(page, chart, () => page.selectOption(list, value));
  return {drawing: await page.evaluate(drawing, chart),
          text: await page.locator(`section:has(#${chart})`).innerText()};
};

// Presses a button in the header of a table; returns the first column afterwards.
const sort = async (page, [table, column]) => {
  await page.locator(`${table} thead button`, {hasText: new RegExp(`^${column}$`)}).click();
  return page.$$eval(`${table} tbody th`, (heads) => heads.map((head) => head.textContent));
};

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.SPIKELOOM_BROWSER,
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],  // Chromium refuses to run as root otherwise
  });
  const page = await browser.newPage({
    viewport: {width: options.width ?? 1200, height: 900},
    colorScheme: options.dark ? "dark" : "light",
  });
  const messages = [];
  const requests = [];
  page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => messages.push(error.stack));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) requests.push(request.url());
  });
  await page.goto(`file://${file}`);
  if (options.open) {
    await page.$$eval("details", (all) => all.forEach((details) => { details.open = true; }));
  }
  const facts = await look(page);
  if (options.shot) await page.screenshot({path: options.shot, fullPage: true});
  if (options.hover) facts.hover = await hover(page, options.hover);
  facts.chosen = [];
  for (const choice of options.choose ?? []) facts.chosen.push(await choose(page, choice));
  facts.sorted = [];
  for (const column of options.sort ?? []) facts.sorted.push(await sort(page, column));
  if (options.theme) {
    await redrawn(page, Object.keys(facts.charts)[0],
                  () => page.selectOption("#theme", options.theme));
    const after = await look(page);
    facts.switched = {background: after.background, chart_background: after.chart_background};
  }
  if (options.keys) Object.assign(facts, await walk(page));
  await browser.close();
  console.log(JSON.stringify({...facts, messages, requests}));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
