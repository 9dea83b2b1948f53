"use strict";

const SMALLEST = 1e-17; // where an error of 0 is drawn
const charts = document.getElementById("charts");
const fields = live.form(
    document.getElementById("fields"),
    [
        {
            name: "network",
            label: "Network",
            value: "tanh RNN",
            options: ["tanh RNN", "LSTM", "GRU", "minGRU"].map((name) => [name, name]),
        },
        { name: "lg h", label: "log₁₀ of the step h", min: -16, max: -1, step: 0.25, value: -5 },
        { name: "H", label: "Units H", min: 1, max: 16, step: 1, value: 8 },
        { name: "T", label: "Steps T", min: 1, max: 50, step: 1, value: 20 },
        { name: "seed", label: "Seed", min: 1, max: 99, step: 1, value: 1 },
    ],
    () => ask(fields.all()),
);
const report = live.report(fields, charts);
const ask = live.figure("check", { answered, ...report });

let rows, errors;

function answered(numbers) {
    rows = numbers;
    const floor = (row) => Array.from(row, (v) => Math.max(v, SMALLEST));
    const data = [rows.h, floor(rows["central error"]), floor(rows["complex error"])];
    if (errors) errors.setData(data);
    else
        errors = live.plot(
            document.getElementById("errors"),
            (width) => Math.min(420, Math.max(300, width * 0.6)),
            options(),
            data,
        );
    const [h, exact, central, complex] = rows.chosen;
    const off = (v) => (v === exact ? "the same number" : `off by ${live.text(Math.abs(v / exact - 1), 2)}`);
    report.say(
        `∇L · v = ${live.text(exact, 16)}. With h = ${live.text(h, 3)} the central difference is ${live.text(central, 16)}, ` +
            `${off(central)}; the complex step ${live.text(complex, 16)}, ${off(complex)}.`,
    );
}

function options() {
    const line = (label, name) => ({ label, stroke: () => live.colour(name), width: 2.5, points: { show: false } });
    return {
        scales: {
            x: { time: false, distr: 3, range: () => [1e-17, 1] },
            y: {
                distr: 3,
                range: () => [SMALLEST, live.decadesAround([rows["central error"], rows["complex error"]])[1]],
            },
        },
        axes: [
            live.axis({ label: "step h", log: true, size: 40 }),
            live.axis({ label: "relative error", log: true, size: 58 }),
        ],
        series: [{ label: "h" }, line("central difference", "tanh"), line("complex step", "lstm")],
        legend: { live: false },
        hooks: {
            draw: [
                (u) => {
                    const x = u.valToPos(rows.chosen[0], "x", true);
                    u.ctx.save();
                    u.ctx.strokeStyle = live.colour("ink");
                    u.ctx.beginPath();
                    u.ctx.moveTo(x, u.bbox.top);
                    u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
                    u.ctx.stroke();
                    u.ctx.restore();
                },
            ],
        },
    };
}

ask(fields.all());
