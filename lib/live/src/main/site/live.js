"use strict";
/* What the pages share: the library in a worker, the fields, and how charts look. */

const live = (() => {
    // A page opened from a file may not load a worker from another file, but it may make one from a text; and a function
    // knows its own.
    function work() {
        const library = bptt();
        onmessage = ({ data: { id, figure, fields } }) => {
            const rows = {};
            postMessage({ id, done: 0 });
            library.roundOnce(figure !== "decay"); // the JVM's bits, where there is time for them
            const refusal = library.answer(
                figure,
                fields,
                (name, numbers) => (rows[name] = Float64Array.from(numbers)),
                (done) => postMessage({ id, done }),
            );
            postMessage({ id, refusal, rows });
        };
    }
    const source = URL.createObjectURL(new Blob([`"use strict";${bptt};(${work})()`], { type: "text/javascript" }));

    const SVG = "http://www.w3.org/2000/svg";
    const PATIENCE = 400; // milliseconds that an answer nobody waits for any more may still take

    /**
     * Asks for a figure again and again. While one answer is computed, only the latest question waits; if the answer takes
     * long, it is given up for that question.
     * @returns a function that asks, with name, text, name, text, … of the fields
     */
    function figure(name, { answered, refused, progress = () => {}, busy = () => {} }) {
        let worker, waiting, started, timer;
        let current = 0;
        const begin = () => {
            worker = new Worker(source);
            worker.onmessage = ({ data }) => {
                if (data.id !== current) return;
                if (data.done !== undefined) return progress(data.done);
                started = undefined;
                clearTimeout(timer);
                progress(undefined);
                if (data.refusal) refused(data.refusal);
                else answered(data.rows);
                busy(waiting !== undefined);
                send();
            };
            worker.onerror = (event) => {
                event.preventDefault();
                started = undefined;
                progress(undefined);
                refused(`The computation failed: ${event.message}`);
                worker.terminate();
                begin();
                send();
            };
        };
        const send = () => {
            if (waiting === undefined || started !== undefined) return;
            started = performance.now();
            worker.postMessage({ id: ++current, figure: name, fields: waiting });
            waiting = undefined;
        };
        const giveUp = () => {
            if (waiting === undefined || started === undefined) return;
            worker.terminate();
            started = undefined;
            begin();
            send();
        };
        begin();
        return (fields) => {
            waiting = fields;
            busy(true);
            clearTimeout(timer);
            if (started !== undefined) timer = setTimeout(giveUp, Math.max(0, started + PATIENCE - performance.now()));
            send();
        };
    }

    /** Makes a field for each description, a number with a slider or a choice; `changed` is called when one changes. */
    function form(element, descriptions, changed) {
        const texts = new Map();
        for (const { name, label, options, min, max, step, value } of descriptions) {
            const id = `field-${name.replace(/\W/g, "-")}`;
            const field = element.appendChild(make("div", { class: "field" }));
            write(field.appendChild(make("label", { for: id })), label);
            if (options) {
                const select = field.appendChild(make("select", { id, name }));
                for (const [text, shown] of options) select.append(make("option", { value: text }, shown));
                select.value = value;
                select.addEventListener("change", () => changed(name));
                texts.set(name, select);
                continue;
            }
            const text = field.appendChild(
                make("input", { id, name, type: "text", inputmode: "decimal", autocomplete: "off", value }),
            );
            const slider = field.appendChild(
                make("input", {
                    type: "range",
                    min,
                    max,
                    step,
                    value,
                    "aria-label": `${label}, slider`,
                    "data-of": name,
                }),
            );
            text.addEventListener("input", () => {
                if (text.value.trim() !== "" && Number.isFinite(Number(text.value))) slider.value = text.value;
                changed(name);
            });
            slider.addEventListener("input", () => {
                text.value = slider.value;
                changed(name);
            });
            texts.set(name, text);
        }
        element.addEventListener("submit", (event) => event.preventDefault());
        return {
            get: (name) => texts.get(name).value,
            set(name, value) {
                texts.get(name).value = value;
                const slider = element.querySelector(`[data-of="${name}"]`);
                if (slider) slider.value = value;
            },
            enable(name, enabled) {
                for (const input of texts.get(name).parentElement.querySelectorAll("input, select"))
                    input.disabled = !enabled;
            },
            all: () => [...texts].flatMap(([name, input]) => [name, input.value]),
            /** Marks the field that a refusal begins with, or none. */
            mark(refusal) {
                for (const [name, input] of texts) input.setAttribute("aria-invalid", refusal.startsWith(`${name}: `));
            },
        };
    }

    /** An element. */
    function make(tag, attributes = {}, text = "", namespace = "http://www.w3.org/1999/xhtml") {
        const element = document.createElementNS(namespace, tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        element.textContent = text;
        return element;
    }

    /** Puts a text into an element, what follows a _ as an index: W_hh, s_{T−n}. */
    function write(element, text) {
        const svg = element.namespaceURI === SVG;
        element.replaceChildren();
        text.split(/_(\{[^}]*\}|\w+)/).forEach((part, i) => {
            const index = part.replace(/[{}]/g, "");
            if (i % 2 === 0)
                element.append(...(svg && i > 0 && part ? [make("tspan", { dy: -4 }, part, SVG)] : [part]));
            else
                element.append(svg ? make("tspan", { dy: 4, "font-size": "80%" }, index, SVG) : make("sub", {}, index));
        });
        return element;
    }

    /** Where a figure says what it found: the sentence, a refusal in its place, the progress of what takes longer. */
    function report(fields, charts) {
        const result = document.querySelector(".result"),
            bar = document.querySelector("progress");
        let slow;
        return {
            say(text) {
                fields.mark("");
                write(result, text);
                result.classList.remove("refusal");
                charts.classList.remove("stale");
            },
            refused(sentence) {
                fields.mark(sentence);
                result.textContent = sentence;
                result.classList.add("refusal");
                charts.classList.add("stale");
            },
            busy: (whether) => charts.setAttribute("aria-busy", whether),
            progress(done) {
                if (done === undefined) {
                    clearTimeout(slow);
                    slow = undefined;
                    bar.classList.remove("shown");
                } else {
                    bar.value = done;
                    slow ??= setTimeout(() => bar.classList.add("shown"), 200);
                }
            },
        };
    }

    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

    const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    const exponent = (n) => (n < 0 ? "⁻" : "") + [...String(Math.abs(n))].map((digit) => SUPERSCRIPTS[digit]).join("");

    /** A number with so many digits: plain if it is neither large nor small, otherwise times a power of ten. */
    function text(v, digits = 4) {
        if (!Number.isFinite(v)) return Number.isNaN(v) ? "undefined" : v > 0 ? "∞" : "−∞";
        if (v === 0) return "0";
        const [mantissa, power] = v.toExponential(digits - 1).split("e");
        const plain = power >= -3 && power < 6;
        const shown = plain
            ? String(Number(v.toPrecision(digits)))
            : `${mantissa}\u00a0·\u00a010${exponent(Number(power))}`;
        return shown.replace("-", "−");
    }

    /** Powers of ten, at most about seven of them. */
    function decades(u, axis, min, max) {
        const from = Math.ceil(Math.log10(min) - 1e-9),
            to = Math.floor(Math.log10(max) + 1e-9);
        const every = Math.max(1, Math.ceil((to - from) / 7));
        const splits = [];
        for (let n = Math.ceil(from / every) * every; n <= to; n += every) splits.push(10 ** n);
        return splits;
    }

    /** An axis in the course's look. */
    function axis({ label, log = false, size = 50, grid = true }) {
        return {
            label,
            labelSize: 20,
            labelFont: "13px system-ui, sans-serif",
            font: "12px system-ui, sans-serif",
            size,
            stroke: () => colour("ink"),
            grid: { show: grid, stroke: () => colour("grid"), width: 1 },
            ticks: { stroke: () => colour("grid"), width: 1 },
            ...(log && {
                splits: decades,
                filter: (u, splits) => splits,
                values: (u, splits) => splits.map((v) => `10${exponent(Math.round(Math.log10(v)))}`),
            }),
        };
    }

    /** The whole decades around the numbers that a logarithmic axis can show. */
    function decadesAround(rows, least = 0) {
        const logs = rows.flatMap((row) => [...row].filter((v) => v > least && v < Infinity).map((v) => Math.log10(v)));
        if (logs.length === 0) return [0.1, 1];
        const low = Math.floor(Math.min(...logs)),
            high = Math.ceil(Math.max(...logs));
        return [10 ** low, 10 ** Math.max(high, low + 1)];
    }

    const seen = (row) => Array.from(row, (v) => (v > 0 && v < Infinity ? v : null));

    /** A uPlot that is as wide as its element and follows light and dark. */
    function plot(element, height, options, data) {
        const width = () => Math.max(200, element.clientWidth);
        const u = new uPlot(
            { width: width(), height: height(width()), cursor: { drag: { x: false, y: false } }, ...options },
            data,
            element,
        );
        new ResizeObserver(() => {
            if (width() !== u.width) u.setSize({ width: width(), height: height(width()) });
        }).observe(element);
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => u.redraw(false, true));
        return u;
    }

    return { SVG, figure, form, make, write, report, colour, text, axis, decadesAround, seen, plot };
})();
