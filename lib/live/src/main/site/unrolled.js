"use strict";

const FORMS = [
    ["right", "right"],
    ["W_hh for its transpose", "W_hh for W_hhᵀ"],
    ["tanh' left out", "tanh′ left out"],
    ["h_t for h_{t-1}", "h_t for h_{t−1} in ∂L/∂W_hh"],
    ["nothing from the next step", "nothing from the next step"],
    ["the last loss only", "the last loss only"],
    ["total for immediate derivative", "dh_t/dW for ∂⁺h_t/∂W"],
];
const GRADIENTS = ["W_xh", "W_hh", "b_h", "W_hy", "b_y", "h_0"];
const byId = (id) => document.getElementById(id);

const at = byId("at"),
    network = byId("network"),
    formula = byId("formula");
const fields = live.form(
    byId("fields"),
    [
        { name: "form", label: "Backward pass", value: "right", options: FORMS },
        { name: "H", label: "Units H", min: 1, max: 2, step: 1, value: 2 },
        { name: "T", label: "Steps T", min: 2, max: 4, step: 1, value: 3 },
        { name: "seed", label: "Seed of the numbers", min: 1, max: 99, step: 1, value: 1 },
    ],
    () => ask(fields.all()),
);
const report = live.report(fields, byId("charts"));
const ask = live.figure("unrolled", { answered, ...report });

let rows, H, T, form, steps;

function answered(numbers) {
    rows = numbers;
    T = rows.x.length;
    H = rows.b_h.length;
    form = fields.get("form");
    steps = script();
    const end = at.value === at.max && Number(at.max) > 1; // whoever looks at the end wants to see the end
    at.max = steps.length - 1;
    if (end) at.value = at.max;
    draw();
}

/** Element t (1 … T) of a row with `size` numbers for each step. */
const part = (name, t, size) => Array.from(rows[name].subarray((t - 1) * size, t * size));
const h = (t) => part("h", t + 1, H);
const number = (v) => live.text(v, 3);
const vector = (values) => (values.length === 1 ? number(values[0]) : `(${values.map(number).join(", ")})`);
const matrix = (values, columns) =>
    columns === 1
        ? vector(values)
        : `(${Array.from({ length: values.length / columns }, (_, i) =>
              values
                  .slice(i * columns, (i + 1) * columns)
                  .map(number)
                  .join(", "),
          ).join("; ")})`;
const weights = (name, columns) => matrix(Array.from(rows[name]), columns);

/** What happens at each position of the slider: what comes into sight, and the formula with its numbers. */
function script() {
    const list = [{ show: ["h 0"], text: [`The state before the first step: h_0 = ${vector(h(0))}`] }];
    for (let t = 1; t <= T; t++) {
        list.push({
            show: [`x ${t}`, `h ${t}`],
            text: [
                `a_${t} = W_xh x_${t} + W_hh h_${t - 1} + b_h`,
                `= ${weights("W_xh", 1)} · ${number(rows.x[t - 1])} + ${weights("W_hh", H)} ${vector(h(t - 1))} + ${weights("b_h", 1)} = ${vector(part("a", t, H))}`,
                `h_${t} = tanh a_${t} = ${vector(h(t))}`,
            ],
        });
        list.push({
            show: [`l ${t}`],
            text: [
                `o_${t} = W_hy h_${t} + b_y = ${weights("W_hy", H)} ${vector(h(t))} + ${number(rows.b_y[0])} = ${number(rows.o[t - 1])}`,
                `l_${t} = (o_${t} − y_${t})² = (${number(rows.o[t - 1])} − ${signed(rows.y[t - 1])})² = ${number(rows.l[t - 1])}`,
            ],
        });
    }
    for (let t = T; t >= 1; t--) {
        const scaled = form === "the last loss only" && t < T;
        list.push({
            show: [`do ${t}`],
            text: [
                scaled
                    ? `∂L/∂o_${t} = 0, because only the last loss is counted`
                    : `∂L/∂o_${t} = 2 (o_${t} − y_${t}) = ${vector(part("do", t, 1))}`,
                `from the output: W_hyᵀ ∂L/∂o_${t} = ${vector(part("from output", t, H))}`,
            ],
        });
        const next =
            t === T
                ? "nothing comes from the next step"
                : ({
                      "W_hh for its transpose": `from the next step: W_hh ∂L/∂a_${t + 1}`,
                      "nothing from the next step": "from the next step: nothing, it is left out",
                  }[form] ?? `from the next step: W_hhᵀ ∂L/∂a_${t + 1}`);
        list.push({
            show: [`dh ${t}`],
            text: [
                t === T ? next : `${next} = ${vector(part("from next", t, H))}`,
                `∂L/∂h_${t} = ${vector(part("from output", t, H))} + ${vector(part("from next", t, H))} = ${vector(part("dh", t, H))}`,
            ],
        });
        list.push({
            show: [`da ${t}`],
            text: [
                form === "tanh' left out"
                    ? `∂L/∂a_${t} = ∂L/∂h_${t} = ${vector(part("da", t, H))}, without tanh′`
                    : `∂L/∂a_${t} = ∂L/∂h_${t} ∘ (1 − h_${t}²) = ${vector(part("da", t, H))}`,
                added(t),
            ],
        });
    }
    list.push({
        show: ["dh 0"],
        text: ["The terms of all steps added: the gradients below.", `∂L/∂h_0 = ${vector(Array.from(rows.dh_0))}`],
    });
    return list;
}

const signed = (v) => (v < 0 ? `(${number(v)})` : number(v));

function added(t) {
    const term = (name, columns) => matrix(part(`term ${name}`, t, rows[name].length), columns);
    const how =
        form === "total for immediate derivative"
            ? `(∂L/∂h_${t}) dh_${t}/dW_hh`
            : `∂L/∂a_${t} h_${form === "h_t for h_{t-1}" ? t : t - 1}ᵀ`;
    return `adds to ∂L/∂W_hh: ${how} = ${term("W_hh", H)}; to ∂L/∂W_xh: ${term("W_xh", 1)}; to ∂L/∂b_h: ${term("b_h", 1)}`;
}

const same = (a, b) => Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
const changed = (name, t, size) =>
    part(name, t, size).some((v, i) => !same(v, rows[`right.${name}`][(t - 1) * size + i]));

function draw() {
    const k = Number(at.value),
        shown = new Set(steps.slice(0, k + 1).flatMap((step) => step.show));
    const now = new Set(steps[k].show);
    network.replaceChildren();
    const step = 140,
        left = 48,
        top = 44,
        middle = 208,
        bottom = 330,
        height = 378;
    network.setAttribute("viewBox", `0 0 ${2 * left + T * step + 30} ${height}`);
    network.style.minWidth = `${Math.round((2 * left + T * step) * 0.9)}px`; // then it scrolls
    const put = (tag, attributes, text = "") =>
        network.appendChild(live.write(live.make(tag, attributes, "", live.SVG), text));
    const place = {
        h: (t) => [left + t * step, middle],
        x: (t) => [left + t * step, bottom],
        l: (t) => [left + t * step, top],
    };
    const arrow = ([x1, y1], [x2, y2], kind, visible) => {
        const long = Math.hypot(x2 - x1, y2 - y1),
            [ux, uy] = [(x2 - x1) / long, (y2 - y1) / long];
        const [px, py] = [x2 - 34 * ux, y2 - 26 * uy];
        put("line", {
            x1: x1 + 34 * ux,
            y1: y1 + 26 * uy,
            x2: px,
            y2: py,
            class: `${kind}${visible ? "" : " hidden"}`,
        });
        for (const side of [-1, 1]) {
            const [bx, by] = [px - 8 * ux + side * 5 * uy, py - 8 * uy - side * 5 * ux];
            put("line", { x1: px, y1: py, x2: bx, y2: by, class: `${kind} head${visible ? "" : " hidden"}` });
        }
    };
    const node = (kind, t, name, values) => {
        const id = `${kind} ${t}`,
            [x, y] = place[kind](t),
            hidden = shown.has(id) ? "" : " hidden";
        put("rect", { x: x - 33, y: y - 24, width: 66, height: 48, rx: 10, class: now.has(id) ? "now" : "" });
        const beside = { h: [-22, -29], x: [0, 39], l: [0, -29] }[kind];
        put("text", { x: x + beside[0], y: y + beside[1], class: "name" }, name);
        values.forEach((v, i) =>
            put("text", { x, y: y + 5 + (i - (values.length - 1) / 2) * 17, class: hidden }, number(v)),
        );
    };
    const derivative = (kind, t, x, y, size, anchor) => {
        const id = `${kind} ${t}`;
        if (!shown.has(id)) return;
        const wrong = (t > 0 ? changed(kind, t, size) : !rows.dh_0.every((v, i) => same(v, rows["right.dh_0"][i])))
            ? " changed"
            : "";
        const values = t > 0 ? part(kind, t, size) : Array.from(rows.dh_0);
        const name = { do: "∂L/∂o", dh: "∂L/∂h", da: "∂L/∂a" }[kind];
        put("text", { x, y, class: "name derivative", style: `text-anchor: ${anchor}` }, `${name}_${t}`);
        values.forEach((v, i) =>
            put(
                "text",
                { x, y: y + 15 * (i + 1), class: `derivative${wrong}`, style: `text-anchor: ${anchor}` },
                number(v),
            ),
        );
    };
    for (let t = 0; t <= T; t++) {
        node("h", t, `h_${t}`, h(t));
        if (t === 0) {
            derivative("dh", 0, left, middle + 44, H, "middle");
            continue;
        }
        node("x", t, `x_${t}`, [rows.x[t - 1]]);
        node("l", t, `l_${t}`, [rows.l[t - 1]]);
        const [x] = place.h(t);
        arrow(place.h(t - 1), place.h(t), "", shown.has(`h ${t}`));
        arrow(place.x(t), place.h(t), "", shown.has(`h ${t}`));
        arrow(place.h(t), place.l(t), "", shown.has(`l ${t}`));
        arrow([x + 14, top], [x + 14, middle], "back", shown.has(`do ${t}`));
        const reached = t === 1 ? shown.has("dh 0") : shown.has(`dh ${t - 1}`);
        arrow([x, middle + 14], [x - step, middle + 14], "back", reached);
        derivative("do", t, x + 22, top + 50, 1, "start");
        derivative("dh", t, x - 8, middle - 78, H, "end");
        derivative("da", t, x + 8, middle + 44, H, "start");
    }
    formula.replaceChildren(...steps[k].text.map((line) => live.write(live.make("div"), line)));
    byId("back").disabled = k === 0;
    byId("step").disabled = byId("end").disabled = k === steps.length - 1;
    compare(k === steps.length - 1);
}

/** The gradients beside the truth, once all terms are added. */
function compare(done) {
    const table = byId("gradients");
    table.replaceChildren();
    if (!done) {
        return report.say(`Step ${at.value} of ${at.max}.`);
    }
    const head = table.appendChild(live.make("thead")).appendChild(live.make("tr"));
    for (const text of ["entry", "this pass", "complex step", "difference"])
        head.append(live.make("th", { scope: "col" }, text));
    const body = table.appendChild(live.make("tbody"));
    let wrong = 0,
        entries = 0;
    for (const name of GRADIENTS) {
        rows[`d${name}`].forEach((v, i) => {
            const truth = rows[`truth.d${name}`][i],
                good = Math.abs(v - truth) <= 1e-12 * Math.max(...rows[`truth.d${name}`].map(Math.abs));
            const row = body.appendChild(live.make("tr"));
            const columns = name === "W_hh" || name === "W_hy" ? H : 1,
                several = rows[`d${name}`].length > 1;
            const index = several
                ? ` (${columns > 1 && rows[`d${name}`].length > columns ? `${Math.floor(i / columns) + 1}, ${(i % columns) + 1}` : i + 1})`
                : "";
            entries++;
            wrong += good ? 0 : 1;
            row.append(
                live.write(live.make("td"), `∂L/∂${name}${index}`),
                live.make("td", good ? {} : { class: "wrong" }, live.text(v, 6)),
                live.make("td", {}, live.text(truth, 6)),
                live.make("td", good ? {} : { class: "wrong" }, good ? "none" : live.text(v - truth, 3)),
            );
        });
    }
    const unchanged = form !== "right" && wrong === 0;
    report.say(
        wrong === 0
            ? `All ${entries} entries agree with the complex step to 12 digits.` +
                  (unchanged ? " With one unit W_hh is its own transpose: this mistake shows from two units on." : "")
            : `${wrong} of ${entries} entries differ from the true gradient.`,
    );
}

function move(to) {
    at.value = to;
    if (rows) draw();
}

byId("back").addEventListener("click", () => move(Number(at.value) - 1));
byId("step").addEventListener("click", () => move(Number(at.value) + 1));
byId("end").addEventListener("click", () => move(at.max));
at.addEventListener("input", () => rows && draw());
ask(fields.all());
