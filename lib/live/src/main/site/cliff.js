"use strict";

const HIGHEST = 0.49; // L where σ(a_50) = 0
const RAMP = ["440154", "414487", "2a788e", "22a884", "7ad151"].map((hex) =>
    [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16)),
);
const DESCENTS = [
    ["free", "unclipped", "tanh"],
    ["clipped", "clipped", "lstm"],
];
const byId = (id) => document.getElementById(id);

const charts = byId("charts"),
    at = byId("at"),
    run = byId("run");
const fields = live.form(
    byId("fields"),
    [
        { name: "w", label: "Start w", min: 3, max: 8, step: 0.1, value: 6.5 },
        { name: "b", label: "Start b", min: -5, max: 0, step: 0.1, value: -2.6 },
        { name: "rate", label: "Learning rate", min: 0.01, max: 3, step: 0.01, value: 0.3 },
        { name: "theta", label: "Clip at θ", min: 0.05, max: 5, step: 0.05, value: 1 },
        { name: "steps", label: "Steps", min: 1, max: 1000, step: 1, value: 300 },
    ],
    () => {
        stop();
        ask(fields.all());
    },
);
const report = live.report(fields, charts);
const ask = live.figure("cliff", { answered, ...report });
const survey = live.figure("map", { answered: surveyed, refused: report.refused });

let rows, picture, map, loss, timer;

function answered(numbers) {
    rows = numbers;
    at.max = rows["free.L"].length - 1;
    draw();
}

/** The grid as a picture of one pixel a square, its first row at the top. */
function surveyed({ w, b, L }) {
    picture = live.make("canvas", { width: w.length, height: b.length });
    const context = picture.getContext("2d"),
        image = context.createImageData(w.length, b.length);
    for (let j = 0; j < b.length; j++) {
        for (let i = 0; i < w.length; i++) {
            const place = Math.min(L[j * w.length + i] / HIGHEST, 1) * (RAMP.length - 1),
                k = Math.min(Math.floor(place), RAMP.length - 2);
            const pixel = RAMP[k].map((from, c) => from + (place - k) * (RAMP[k + 1][c] - from));
            image.data.set([...pixel, 255], 4 * ((b.length - 1 - j) * w.length + i));
        }
    }
    context.putImageData(image, 0, 0);
    map = live.plot(byId("map"), (width) => Math.min(420, width), mapOf(w, b), [
        [w[0], w.at(-1)],
        [null, null],
    ]);
    map.over.addEventListener("click", (event) => {
        const box = map.over.getBoundingClientRect();
        fields.set("w", map.posToVal(event.clientX - box.left, "x").toFixed(2));
        fields.set("b", map.posToVal(event.clientY - box.top, "y").toFixed(2));
        stop();
        at.value = 0;
        ask(fields.all());
    });
}

function draw() {
    const k = Number(at.value);
    const until = (row) => Array.from(row, (v, i) => (i <= k && v > 0 ? v : null));
    const data = [
        Array.from(rows["free.L"], (v, i) => i),
        ...DESCENTS.map(([name]) => (byId(name).checked ? until(rows[`${name}.L`]) : [])),
    ];
    if (loss) loss.setData(data);
    else loss = live.plot(byId("loss"), (width) => Math.min(420, Math.max(260, width * 0.7)), lossOf(), data);
    map?.redraw(false);
    report.say(
        `Step ${k} of ${at.max}. ` +
            DESCENTS.filter(([name]) => byId(name).checked)
                .map(([name, label]) => {
                    const [w, b, L, g] = ["w", "b", "L", "gradient"].map((row) => live.text(rows[`${name}.${row}`][k]));
                    return `${label[0].toUpperCase()}${label.slice(1)}: w = ${w}, b = ${b}, L = ${L}, ‖∇L‖ = ${g}.`;
                })
                .join(" "),
    );
}

function mapOf(w, b) {
    return {
        scales: { x: { time: false, range: () => [w[0], w.at(-1)] }, y: { range: () => [b[0], b.at(-1)] } },
        axes: [live.axis({ label: "w", size: 40, grid: false }), live.axis({ label: "b", size: 44, grid: false })],
        series: [{}, {}],
        legend: { show: false },
        hooks: {
            drawClear: [
                (u) => {
                    u.ctx.imageSmoothingEnabled = false;
                    u.ctx.drawImage(picture, u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
                },
            ],
            draw: [(u) => rows && paths(u)],
        },
    };
}

function paths(u) {
    const { left, top, width, height } = u.bbox,
        k = Number(at.value);
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, top, width, height);
    u.ctx.clip();
    u.ctx.lineJoin = "round";
    for (const [name, , colour] of DESCENTS) {
        if (!byId(name).checked) continue;
        const place = (i) => [u.valToPos(rows[`${name}.w`][i], "x", true), u.valToPos(rows[`${name}.b`][i], "y", true)];
        u.ctx.beginPath();
        for (let i = 0; i <= k; i++) u.ctx[i === 0 ? "moveTo" : "lineTo"](...place(i));
        const ball = new Path2D();
        ball.arc(...place(k), 6 * devicePixelRatio, 0, 2 * Math.PI);
        for (const [stroke, thick] of [
            ["#ffffff", 5],
            [live.colour(colour), 2.5],
        ]) {
            u.ctx.strokeStyle = stroke;
            u.ctx.lineWidth = thick * devicePixelRatio;
            u.ctx.stroke();
        }
        u.ctx.fillStyle = live.colour(colour);
        u.ctx.fill(ball);
        u.ctx.strokeStyle = "#ffffff";
        u.ctx.stroke(ball);
    }
    u.ctx.restore();
}

function lossOf() {
    return {
        scales: {
            x: { time: false, range: () => [0, Number(at.max)] },
            y: { distr: 3, range: () => live.decadesAround([rows["free.L"], rows["clipped.L"]], 1e-12) },
        },
        axes: [live.axis({ label: "step of the descent", size: 40 }), live.axis({ label: "L", log: true, size: 58 })],
        series: [
            { label: "step" },
            ...DESCENTS.map(([, label, colour]) => ({
                label,
                stroke: () => live.colour(colour),
                width: 2,
                points: { show: false },
            })),
        ],
        legend: { live: false },
    };
}

function stop() {
    clearInterval(timer);
    timer = undefined;
    run.textContent = "Run";
}

function move(to) {
    at.value = to;
    if (rows) draw();
    if (Number(at.value) >= Number(at.max)) stop();
}

byId("step").addEventListener("click", () => move(Number(at.value) + 1));
byId("reset").addEventListener("click", () => {
    stop();
    move(0);
});
run.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(at.value) >= Number(at.max)) at.value = 0;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return move(at.max);
    run.textContent = "Pause";
    timer = setInterval(() => move(Number(at.value) + 1), 40);
});
at.addEventListener("input", () => rows && draw());
for (const [name] of DESCENTS) byId(name).addEventListener("change", () => rows && draw());

survey([]);
ask(fields.all());
