/* The pages in a browser, from their files: moved by mouse and by keyboard, their numbers compared with the JVM's. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { Jvm, live, mapRows, site } from "./jvm.mjs";

const executablePath = ["chromium", "chromium-browser", "google-chrome"]
    .flatMap((name) => (process.env.PATH ?? "").split(":").map((folder) => join(folder, name)))
    .find(existsSync);
const PAGES = ["decay", "cliff", "check", "unrolled"];
const screenshots = join(live, "target", "screenshots");

/** The figure's numbers, which are the page's own variable; as texts, because JSON knows no NaN. */
const shown = (page) =>
    page.evaluate(() => Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, Array.from(row, String)])));

describe("the pages", { skip: executablePath ? false : "no Chromium (apt install chromium)" }, () => {
    let browser, jvm;
    before(async () => {
        jvm = new Jvm();
        mkdirSync(screenshots, { recursive: true });
        browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    });
    after(() => {
        jvm?.close();
        return browser?.close();
    });

    /** A page, opened and at rest; no request may leave the folder, and nothing may fail. */
    async function open(name, options = {}) {
        const context = await browser.newContext({ viewport: { width: 900, height: 900 }, ...options });
        const page = await context.newPage();
        page.trouble = [];
        page.on("request", (request) => /^(file|blob|data):/.test(request.url()) || page.trouble.push(request.url()));
        page.on("pageerror", (error) => page.trouble.push(error.message));
        page.on("console", (message) => message.type() === "error" && page.trouble.push(message.text()));
        await page.goto(pathToFileURL(join(site, `${name}.html`)).href);
        if (options.javaScriptEnabled !== false) await rest(page);
        return page;
    }

    /** Waits until the figure has answered the latest question. */
    const rest = (page) =>
        page.waitForFunction(() => document.getElementById("charts").getAttribute("aria-busy") === "false");

    async function close(page) {
        assert.deepEqual(page.trouble, []);
        await page.context().close();
    }

    /** The numbers on the page are those that the JVM computes from the texts in its fields. */
    async function agrees(page, name) {
        const tolerance = TOLERANCES[name];
        const fields = await page.evaluate(() => fields.all());
        const expected = await jvm.answer([name, ...fields]);
        assert.equal(typeof expected, "object", String(expected));
        const got = mapRows(await shown(page), (row) => row.map(Number));
        assert.deepEqual(Object.keys(got), Object.keys(expected));
        for (const [row, numbers] of Object.entries(expected)) {
            assert.equal(got[row].length, numbers.length, row);
            numbers.forEach((v, i) => {
                const close = Object.is(v, got[row][i]) || Math.abs(v - got[row][i]) <= tolerance(row, v, i, expected);
                assert.ok(close, `${fields.join(" ")}: ${row}[${i}] ${got[row][i]}, JVM ${v}`);
            });
        }
        return expected;
    }

    // How far a browser may be from the JVM: its exp, log and tanh may have other last bits, sums are rounded twice in
    // the decay, and a difference over 2h magnifies either.
    const size = (row) => Math.max(...row.map(Math.abs).filter(Number.isFinite));
    const TOLERANCES = {
        decay: (row, v, i, rows) => 1e-9 * (row === "norm" || row === "predicted" ? Math.abs(v) : size(rows[row])),
        cliff: () => 0,
        check: (row, v, i, rows) => (row === "chosen" ? 1e-15 / rows.chosen[0] : 1e-14 + 1e-14 / rows.h[i]),
        unrolled: (row, v, i, rows) => (row.startsWith("truth") ? 1e-14 * size(rows[row]) : 0),
    };

    const slider = (page, name) => page.locator(`input[type=range][data-of="${name}"]`);
    const result = (page) => page.locator(".result").textContent();

    /** Clicks a slider at a share of its length. */
    async function drag(page, target, share) {
        await target.scrollIntoViewIfNeeded();
        const box = await target.boundingBox();
        await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * share, box.y + box.height / 2, { steps: 8 });
        await page.mouse.up();
        await rest(page);
    }

    async function press(page, target, key) {
        await target.focus();
        await page.keyboard.press(key);
        await rest(page);
    }

    test("gradient decay: gain by mouse, T by keyboard, the network by its list", async () => {
        const page = await open("decay");
        await agrees(page, "decay");
        const before = await result(page);
        await drag(page, slider(page, "gain"), 0.45);
        assert.notEqual(await result(page), before);
        await agrees(page, "decay");
        await press(page, slider(page, "T"), "ArrowRight");
        assert.equal(await page.locator("input[name=T]").inputValue(), "201");
        await page.selectOption("select[name=cell]", "LSTM");
        await rest(page);
        const rows = await agrees(page, "decay");
        const norm = Number(
            (await result(page))
                .match(/at n = 201 is ([^ ]+)\./)[1]
                .replace("\u00a0·\u00a010", "e")
                .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]/g, (c) => ("⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c) + "").replace("-1", "-")),
        );
        assert.ok(Math.abs(norm / rows.norm.at(-1) - 1) < 1e-3, `${norm}, JVM ${rows.norm.at(-1)}`);
        for (const key of ["Home", "End"]) {
            for (const name of ["gain", "b_f", "input", "H", "seed"]) {
                await press(page, slider(page, name), key);
                assert.doesNotMatch(await result(page), /expected/, name);
            }
        }
        await close(page);
    });

    test("gradient decay: what no field holds is refused by the JVM's sentence", async () => {
        const page = await open("decay");
        for (const [name, text] of [
            ["H", "0"],
            ["T", "1000000"],
            ["gain", ""],
            ["seed", "1.5"],
            ["input", "-1"],
            ["H", "1e9"],
        ]) {
            const field = page.locator(`input[name="${name}"]`),
                old = await field.inputValue();
            await field.fill(text);
            await rest(page);
            const sentence = await jvm.answer(["decay", ...(await page.evaluate(() => fields.all()))]);
            assert.equal(await result(page), sentence);
            assert.equal(await field.getAttribute("aria-invalid"), "true");
            await field.fill(old);
            await rest(page);
            assert.equal(await field.getAttribute("aria-invalid"), "false");
        }
        await close(page);
    });

    test("gradient decay: an answer within 100 ms at H = 32, T = 200, and never a frozen page", async () => {
        const page = await open("decay");
        const times = await page.evaluate(async () => {
            const of = [];
            for (let i = 0; i < 12; i++) {
                const start = performance.now();
                fields.set("gain", String(1 + i / 100));
                changed();
                const charts = document.getElementById("charts");
                while (charts.getAttribute("aria-busy") !== "false") await new Promise((go) => setTimeout(go, 1));
                of.push(performance.now() - start);
            }
            return of.slice(2).sort((a, b) => a - b);
        });
        console.log(
            `tanh RNN, H = 32, T = 200: median ${times[5].toFixed(0)} ms, longest ${times.at(-1).toFixed(0)} ms`,
        );
        assert.ok(times[5] < 1000, "far from the 100 ms that an idle machine takes");
        await page.evaluate(() => {
            fields.set("cell", "LSTM");
            fields.set("H", "64");
            fields.set("T", "1000");
            window.longest = 0;
            let last = performance.now();
            setInterval(() => {
                longest = Math.max(longest, performance.now() - last);
                last = performance.now();
            }, 5);
            changed();
        });
        await page.locator("progress.shown").waitFor();
        const gap = await page.evaluate(() => longest);
        assert.ok(gap < 1000, `the page did not answer for ${gap} ms`);
        await page.evaluate(() => {
            fields.set("H", "2");
            changed();
        });
        await rest(page);
        await agrees(page, "decay");
        await close(page);
    });

    test("the cliff: the start by mouse, the rate by keyboard, run and step", async () => {
        const page = await open("cliff");
        await agrees(page, "cliff");
        await page.locator("#map .u-over").click({ position: { x: 120, y: 90 } });
        await rest(page);
        assert.notEqual(await page.locator("input[name=w]").inputValue(), "6.5");
        await agrees(page, "cliff");
        await press(page, slider(page, "rate"), "ArrowLeft");
        assert.equal(await page.locator("input[name=rate]").inputValue(), "0.29");
        await press(page, slider(page, "steps"), "ArrowLeft");
        const rows = await agrees(page, "cliff");
        await page.locator("#step").press("Enter");
        await page.locator("#step").click();
        const loss = Number((await result(page)).match(/Unclipped: .*?L = ([\d.]+)/)[1]);
        assert.ok(Math.abs(loss / rows["free.L"][2] - 1) < 1e-3, `${loss}, JVM ${rows["free.L"][2]}`);
        await page.locator("#run").click();
        await page.waitForFunction(() => Number(document.getElementById("at").value) > 5);
        await page.locator("#reset").click();
        assert.match(await result(page), /^Step 0 of 299\./);
        await page.locator("input[name=w]").fill("11");
        await rest(page);
        assert.equal(await result(page), "w: expected a number from 0 to 10, got “11”");
        await close(page);
    });

    test("checking a gradient: h by mouse, the seed by keyboard", async () => {
        const page = await open("check");
        await agrees(page, "check");
        await drag(page, slider(page, "lg h"), 0.3);
        assert.notEqual(await page.locator("input[name='lg h']").inputValue(), "-5");
        await press(page, slider(page, "seed"), "ArrowUp");
        assert.equal(await page.locator("input[name=seed]").inputValue(), "2");
        await page.selectOption("select[name=network]", "GRU");
        await rest(page);
        const rows = await agrees(page, "check");
        const exact = Number((await result(page)).match(/^∇L · v = (−?[\d]+\.\d+)/)[1].replace("−", "-"));
        assert.ok(Math.abs(exact / rows.chosen[1] - 1) < 1e-12, `${exact}, JVM ${rows.chosen[1]}`);
        await page.locator("input[name=T]").fill("0");
        await rest(page);
        assert.equal(await result(page), "T: expected a whole number from 1 to 50, got “0”");
        await close(page);
    });

    test("unrolled: stepped by keyboard and mouse, every form against the complex step", async () => {
        const page = await open("unrolled");
        const at = page.locator("#at");
        await page.locator("#step").click();
        await press(page, at, "ArrowRight");
        assert.equal(await at.inputValue(), "2");
        await page.locator("#back").press("Enter");
        assert.equal(await at.inputValue(), "1");
        await press(page, at, "End");
        assert.match(await result(page), /^All 13 entries agree/);
        for (const form of (await page.locator("select[name=form] option").all()).slice(1)) {
            await page.selectOption("select[name=form]", await form.getAttribute("value"));
            await rest(page);
            const rows = await agrees(page, "unrolled");
            const wrong = ["W_xh", "W_hh", "b_h", "W_hy", "b_y", "h_0"]
                .flatMap((name) =>
                    [...rows[`d${name}`]].map((v, i) => [
                        v,
                        rows[`truth.d${name}`][i],
                        Math.max(...rows[`truth.d${name}`].map(Math.abs)),
                    ]),
                )
                .filter(([v, truth, scale]) => Math.abs(v - truth) > 1e-12 * scale).length;
            assert.ok(wrong > 0);
            assert.equal(await result(page), `${wrong} of 13 entries differ from the true gradient.`);
        }
        await drag(page, slider(page, "H"), 0);
        await agrees(page, "unrolled");
        await close(page);
    });

    for (const name of PAGES) {
        test(`${name}: desktop, phone, dark; no scroll bar across, nothing that axe-core calls serious`, async () => {
            for (const [kind, options] of [
                ["desktop", {}],
                ["embedded", { viewport: { width: 700, height: 900 } }],
                [
                    "phone",
                    { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
                ],
                ["dark", { colorScheme: "dark" }],
            ]) {
                const page = await open(name, options);
                if (name === "unrolled" || name === "cliff") await press(page, page.locator("#at"), "End");
                await page.screenshot({ path: join(screenshots, `${name}-${kind}.png`), fullPage: true });
                const inner = await page.evaluate(() => document.documentElement.scrollWidth), // a phone's window widens
                    outer = page.viewportSize().width;
                assert.ok(inner <= outer, `${kind}: ${inner} pixels on a page of ${outer}`);
                if (kind === "embedded") {
                    await close(page);
                    continue; // the desktop again, narrower
                }
                await page.evaluate(readFileSync(join(live, "node_modules", "axe-core", "axe.min.js"), "utf8"));
                const { violations } = await page.evaluate(() => axe.run({ preload: false }));
                const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
                assert.deepEqual(
                    serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
                    [],
                    kind,
                );
                await close(page);
            }
        });

        test(`${name}: a picture and its text where no script runs`, async () => {
            const page = await open(name, { javaScriptEnabled: false });
            const picture = page.locator("noscript img");
            assert.ok((await picture.getAttribute("alt")).length > 40);
            assert.ok(await picture.evaluate((image) => image.complete && image.naturalWidth > 300));
            await page.screenshot({ path: join(screenshots, `${name}-no-script.png`), fullPage: true });
            await close(page);
        });
    }
});
