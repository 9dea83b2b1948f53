/* The same figures on the JVM, and the compiled library as a page has it. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const live = fileURLToPath(new URL("..", import.meta.url));
export const site = join(live, "target", "site");
const lib = join(live, "..", "target");
const classPath = [join(live, "target", "classes"), join(lib, "bptt.jar"), join(lib, "jars", "*")].join(delimiter);

/** The JVM, which answers questions [figure, name, text, name, text, …] with rows of numbers by name, or a sentence. */
export class Jvm {
    #process = spawn("java", ["-cp", classPath, "live.Terminal"], { stdio: ["pipe", "pipe", "inherit"] });
    #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

    async answer(question) {
        this.#process.stdin.write(JSON.stringify(question) + "\n");
        const { value, done } = await this.#lines.next();
        if (done) throw new Error("the JVM has ended");
        const rows = JSON.parse(value);
        return typeof rows === "string" ? rows : mapRows(rows, (row) => Float64Array.from(row, fromBits));
    }

    close() {
        this.#process.stdin.end();
    }
}

/** The rows, each as another row. */
export function mapRows(rows, of) {
    return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, of(row)]));
}

function fromBits(digits) {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(`0x${digits}`));
    return view.getFloat64(0);
}

/** The compiled library. */
export function compiled() {
    return new Function(`"use strict"; ${readFileSync(join(site, "bptt.js"), "utf8")}; return bptt();`)();
}

/** What the compiled library answers to one question. */
export function ask(library, [figure, ...fields]) {
    const rows = {};
    const refusal = library.answer(
        figure,
        fields,
        (name, row) => (rows[name] = Float64Array.from(row)),
        () => {},
    );
    return refusal ?? rows;
}
