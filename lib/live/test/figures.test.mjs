/* The compiled library under Node against the JVM, over many parameter sets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, compiled, Jvm } from "./jvm.mjs";

/** A question from an object of fields. */
const question = (figure, fields) => [
    figure,
    ...Object.entries(fields).flatMap(([name, value]) => [name, String(value)]),
];

/** Numbers that are the same on every run. */
function chooser(seed) {
    const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    return {
        of: (list) => list[Math.floor(next() * list.length)],
        whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    };
}

function decays(count, { H, T, gains }) {
    const choose = chooser(H * T);
    const cells = ["tanh RNN", "ReLU RNN", "LSTM", "GRU", "minGRU"],
        starts = ["uniform", "orthogonal", "identity"];
    return Array.from({ length: count }, (_, i) =>
        question("decay", {
            cell: cells[i % 5],
            start: starts[Math.floor(i / 5) % 3],
            gain: choose.of(gains),
            b_f: choose.of([-2, 0, 1, 4.5]),
            input: choose.of([0, 0.3, 1, 2]),
            H: choose.whole(1, H),
            T: choose.whole(2, T),
            seed: choose.whole(1, 9999),
        }),
    );
}

function others() {
    const choose = chooser(7);
    const forms = [
        "right",
        "W_hh for its transpose",
        "tanh' left out",
        "h_t for h_{t-1}",
        "nothing from the next step",
        "the last loss only",
        "total for immediate derivative",
    ];
    return [
        question("map", {}),
        ...Array.from({ length: 8 }, () =>
            question("cliff", {
                w: choose.of([0, 3.7, 5, 6.5, 10]),
                b: choose.of([-10, -2.5, -1.3, 5]),
                rate: choose.of([0.03, 0.3, 10]),
                theta: choose.of([0.1, 1]),
                steps: choose.whole(1, 60),
            }),
        ),
        ...Array.from({ length: 12 }, (_, i) =>
            question("check", {
                network: ["tanh RNN", "LSTM", "GRU", "minGRU"][i % 4],
                "lg h": choose.of([-16, -8.25, -5, -1]),
                H: choose.whole(1, 6),
                T: choose.whole(1, 12),
                seed: choose.whole(1, 9999),
            }),
        ),
        ...forms.flatMap((form) =>
            [1, 2].map((H) => question("unrolled", { form, H, T: choose.whole(2, 4), seed: choose.whole(1, 9999) })),
        ),
    ];
}

const refused = [
    question("decay", { cell: "LSTM", H: 0 }),
    question("decay", { cell: "LSTM", H: 4, T: 1000000 }),
    question("decay", { cell: "tanh", H: 4 }),
    question("decay", { cell: "LSTM", H: 4, T: 10, gain: "" }),
    question("decay", { cell: "ReLU RNN", start: "identity", gain: 4, b_f: 0, input: 1, H: 4, T: 1000, seed: 1 }),
    question("none", {}),
];

/** Calls `differs` for every number that is not the JVM's, and returns how many numbers there are. */
async function compare(questions, roundOnce, differs) {
    const library = compiled();
    library.roundOnce(roundOnce);
    const jvm = new Jvm();
    let numbers = 0;
    for (const question of questions) {
        const expected = await jvm.answer(question),
            got = ask(library, question);
        if (typeof expected === "string") {
            assert.equal(got, expected);
            continue;
        }
        assert.deepEqual(Object.keys(got), Object.keys(expected), question.join(" "));
        for (const [name, row] of Object.entries(expected)) {
            assert.equal(got[name].length, row.length, `${question.join(" ")}: ${name}`);
            numbers += row.length;
            row.forEach((v, k) => {
                const off = Math.abs(got[name][k] - v) / Math.abs(v);
                const where = `${question.join(" ")}: ${name}[${k}] is ${got[name][k]}, JVM ${v}`;
                if (!Object.is(got[name][k], v)) differs(name, off, where);
            });
        }
    }
    jvm.close();
    return numbers;
}

test("rounded once, every number has the JVM's bits", async () => {
    const questions = [...decays(45, { H: 10, T: 40, gains: [0, 0.5, 1, 1.7, 3] }), ...others(), ...refused];
    const numbers = await compare(questions, true, (name, off, where) => assert.fail(where));
    console.log(`${questions.length} parameter sets, ${numbers} numbers`);
    assert.ok(numbers > 15000);
});

test("rounded twice, as the page of the decay has it, the curves differ in the last digits", async () => {
    let largest = 0;
    const questions = decays(15, { H: 32, T: 200, gains: [0.5, 1, 1.5] });
    const numbers = await compare(questions, false, (name, off, where) => {
        if (name !== "norm") return;
        assert.ok(off < 1e-10, where);
        largest = Math.max(largest, off);
    });
    console.log(
        `${questions.length} parameter sets, ${numbers} numbers; norms differ by at most ${largest.toExponential(1)}`,
    );
});
