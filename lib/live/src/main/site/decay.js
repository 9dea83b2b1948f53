"use strict";

const COLOURS = { "tanh RNN": "tanh", "ReLU RNN": "relu", LSTM: "lstm", GRU: "gru", minGRU: "mingru" };

const charts = document.getElementById("charts"),
    log = document.getElementById("log");
const fields = live.form(
    document.getElementById("fields"),
    [
        { name: "cell", label: "Cell", value: "tanh RNN", options: Object.keys(COLOURS).map((name) => [name, name]) },
        {
            name: "start",
            label: "Recurrent weights",
            value: "uniform",
            options: [
                ["uniform", "uniform, ±1/√H"],
                ["orthogonal", "orthogonal"],
                ["identity", "identity"],
            ],
        },
        { name: "gain", label: "Gain of W_hh", min: 0, max: 4, step: 0.05, value: 1 },
        { name: "b_f", label: "Forget bias b_f", min: -5, max: 10, step: 0.5, value: 1 },
        { name: "input", label: "Scale of the input", min: 0, max: 10, step: 0.1, value: 1 },
        { name: "H", label: "Units H", min: 1, max: 64, step: 1, value: 32 },
        { name: "T", label: "Steps T", min: 2, max: 1000, step: 1, value: 200 },
        { name: "seed", label: "Seed", min: 1, max: 99, step: 1, value: 1 },
    ],
    changed,
);
const report = live.report(fields, charts);
const ask = live.figure("decay", { answered, ...report });

let rows, colour, curve, spectrum;

function changed() {
    const cell = fields.get("cell");
    fields.enable("b_f", cell === "LSTM");
    fields.enable("gain", cell !== "minGRU");
    fields.enable("start", cell !== "minGRU");
    ask(fields.all());
}

function answered(numbers) {
    rows = numbers;
    colour = COLOURS[fields.get("cell")];
    draw();
    const last = rows.n.length - 1,
        lost = -rows.slope[0],
        rate = rows.rate[0];
    const slope = (v) => (v < 0 ? `gains ${live.text(-v)}` : `loses ${live.text(v)}`);
    const norm = `‖∂s_T/∂s_{T−n}‖ at n = ${rows.n[last]} is ${live.text(rows.norm[last])}.`;
    const curveText = Number.isFinite(lost) ? ` The curve ${slope(lost)} decades a step from n = T/10 on;` : "";
    const predicted = Number.isNaN(rate)
        ? " no prediction: on the mean input this network has not come to rest after 2000 steps."
        : ` predicted: ρ(J*) = ${live.text(rate)}, so it ${slope(-Math.log10(rate))}.`;
    report.say(norm + curveText + predicted);
}

function draw() {
    const data = [rows.n, live.seen(rows.norm), live.seen(rows.predicted)];
    if (curve && curve.logarithmic === log.checked) curve.setData(data);
    else {
        curve?.destroy();
        curve = live.plot(
            document.getElementById("curve"),
            (width) => Math.min(380, Math.max(280, width * 0.7)),
            curveOf(),
            data,
        );
        curve.logarithmic = log.checked;
    }
    const order = [...rows.re.keys()].sort((i, j) => rows.re[i] - rows.re[j]);
    const points = [order.map((i) => rows.re[i]), order.map((i) => rows.im[i])];
    if (spectrum) spectrum.setData(points);
    else spectrum = live.plot(document.getElementById("spectrum"), (width) => width, spectrumOf(), points);
}

function curveOf() {
    return {
        scales: {
            x: { time: false, distr: log.checked ? 3 : 1, range: () => [log.checked ? 1 : 0, rows.n.at(-1)] },
            y: { distr: 3, range: () => live.decadesAround([rows.norm]) },
        },
        axes: [
            live.axis({ label: "distance n (steps)", log: log.checked, size: 40 }),
            live.axis({ label: "norm of the Jacobian", log: true, size: 58 }),
        ],
        series: [
            { label: "n" },
            { label: "norm", stroke: () => live.colour(colour), width: 2.5, points: { show: false } },
            {
                label: "predicted by J*",
                stroke: () => live.colour("ink"),
                width: 1.5,
                dash: [6, 4],
                points: { show: false },
            },
        ],
        legend: { live: false },
    };
}

function spectrumOf() {
    const range = () => {
        const radius = 1.1 * Math.max(1, ...rows.re.map((re, i) => Math.hypot(re, rows.im[i])));
        return [-radius, radius];
    };
    return {
        padding: [10, 10, 0, 0],
        scales: { x: { time: false, range }, y: { range } },
        axes: [live.axis({ label: "Re λ", size: 40 }), live.axis({ label: "Im λ", size: 40 })],
        series: [
            { label: "Re" },
            {
                label: "eigenvalues of J*",
                paths: () => null,
                points: { show: true, size: 6, stroke: () => live.colour(colour), fill: () => live.colour(colour) },
            },
        ],
        legend: { show: false },
        cursor: { show: false },
        hooks: {
            drawAxes: [
                (u) => {
                    const x = u.valToPos(0, "x", true),
                        y = u.valToPos(0, "y", true),
                        one = u.valToPos(1, "x", true) - x;
                    u.ctx.save();
                    u.ctx.beginPath();
                    u.ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
                    u.ctx.clip();
                    u.ctx.beginPath();
                    u.ctx.ellipse(x, y, one, u.valToPos(0, "y", true) - u.valToPos(1, "y", true), 0, 0, 2 * Math.PI);
                    u.ctx.strokeStyle = live.colour("ink");
                    u.ctx.stroke();
                    u.ctx.restore();
                },
            ],
        },
    };
}

log.addEventListener("change", () => rows && draw());
changed();
