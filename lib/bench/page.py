"""lib/BENCHMARK.md of what bench.py has measured, on this machine and on others."""

import json
import math
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MACHINES = HERE / "machines"
PAGE = HERE.parent / "BENCHMARK.md"
OURS, PLAIN, ALONE = "bptt, Vector API", "bptt, no flag", "bptt, Vector API, 1 thread"
CELLS = ("lstm", "tanh", "relu")
MAIN = (100, 16, 400)
PHASES = {"products": "█", "activations": "▓", "packing": "▒", "rest": "░"}

INTRODUCTION = """# Benchmark

`make bench` measures this library beside its peers and makes this page, wholly; it is not edited. One pass is a forward
pass, the mean squared error at the last step, and all gradients of the parameters, for I = 2 inputs, H units, B
sequences and T steps, in double precision unless it says f32. Each peer is a process of its own. The gradients are
compared first (to 1e-10); then the peers take turns of at least a fifth of a second. Times are medians in milliseconds.

Only ratios within one run mean anything elsewhere, and those of two runs on one machine differ by up to a fifth. DL4J,
EJML and netlib run step by step; “PyTorch” is the fastest of two versions and of one or two threads.

The gradients of ReLU networks over 400 steps and of the LSTM over 1600 vanish on their way back, below the smallest
normal number, and on some processors products of subnormal numbers take many times as long. This library takes as 0
what has fallen below 1e−289; the peers are as they come.
"""


def title(cell, H, B, T):
    return f"{cell} ({H}, {B}, {T})"


def sizes(problem):
    return tuple(int(number) for number in re.findall(r"\d+", problem))


def flops(cell, H, B, T):
    """Of the matrix products, forward and backward, without ∂L/∂x; I = 2."""
    return T * B * (24 * H * H + 32 * H if cell == "lstm" else 6 * H * H + 8 * H)


def traffic(cell, H, B, T):
    """Bytes of states, gates and ∂L/∂a, each written once and read once or twice; they do not fit in a cache."""
    return 8 * T * B * H * (2 * (6 + 4) + 6 if cell == "lstm" else 2 * (1 + 1) + 1)


def name(found):
    """Of the files of this machine, without their ending."""
    cpu, _, held = found["machine"].partition(", held to ")
    java = re.search(r'"(\d+)', found["java"])[1]
    parts = re.sub(r"\W+", "-", cpu).strip("-"), "jdk" + java, held
    return "-".join(part for part in parts if part).lower()


def keep(found):
    MACHINES.mkdir(exist_ok=True)
    path = MACHINES / f"{name(found)}.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read():
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(MACHINES.glob("*.json"))]


def write():
    tables = read()
    if not tables:
        sys.exit(f"expected measurements in {MACHINES}, found none; make bench without --page makes them")
    PAGE.write_text(text(tables), encoding="utf-8")


def text(tables):
    return INTRODUCTION + side_by_side(tables) + "".join(machine(found) for found in tables)


def best(medians, *words):
    """The fastest peer whose name has the words, and its time; None if there is none."""
    found = [(ms, name) for name, ms in medians.items() if all(w in name for w in words)]
    return min(found) if found else None


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def ms(value):
    return "–" if value is None else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def side_by_side(tables):
    if len(tables) < 2:
        return ""
    header = ["ratio of medians"] + [f"{t['machine']}, JDK {jdk(t)}" for t in tables]
    lines = [{what: value for what, value, _ in aims(t)} for t in tables]
    rows = [[what] + [line.get(what, "–") for line in lines] for what in lines[0]]
    return "\n## Side by side\n\n" + table(header, rows)


def jdk(found):
    return re.search(r'"([\d.]+)', found["java"])[1]


def machine(found):
    text = f"""
## {found["machine"]}, JDK {jdk(found)}

Measured on {found["date"]}, {found["turns"]} turns or more; kernel {found["kernel"]}; all cores together do
{found["peak"]:.0f} GFLOP/s of fused multiply-adds and read {found["bandwidth"]:.0f} GB/s from memory.

### Times

"""
    text += times(found)
    rows = [[what, value, aim] for what, value, aim in aims(found)]
    text += "\n" + table(["ratio of medians", "here", "aim"], rows)
    if "phases" in found:
        text += where(found)
    text += growth(found) + roofline(found) + memory(found)
    return text


def times(found):
    columns = {
        "bptt": lambda m: (m[OURS], ""),
        "no flag": lambda m: (m[PLAIN], ""),
        "PyTorch f64": lambda m: best(m, "PyTorch", "f64"),
        "JAX f64": lambda m: best(m, "JAX f64"),
        "PyTorch f32": lambda m: best(m, "PyTorch", "f32"),
        "JAX f32": lambda m: best(m, "JAX f32"),
        "DL4J": lambda m: best(m, "DL4J"),
        "EJML": lambda m: best(m, "EJML"),
        "netlib": lambda m: best(m, "netlib"),
    }
    rows = []
    for problem, medians in (found["times"] | found["chains"]).items():
        values = [column(medians) for column in columns.values()]
        rows.append([problem] + [ms(value and value[0]) for value in values])
    faster = [
        f"{problem} {medians[OURS] / best(medians, 'PyTorch', 'f32')[0]:.1f} ×"
        for problem, medians in found["times"].items()
        if best(medians, "PyTorch", "f32") and best(medians, "PyTorch", "f32")[0] < medians[OURS]
    ]
    said = "PyTorch in single precision is faster than this library in double at " + ", ".join(faster) + "."
    return (
        table(["cell (H, B, T)", *columns], rows)
        + "\nThe chain is that of the Jacobians of a tanh network, and its peer numpy.\n"
        + ("\n" + said + "\n" if faster else "")
    )


def aims(found):
    """What this library set out to reach, as ratios of medians of one run."""
    lines = []

    def ratio(what, peer, mine, aim):
        lines.append((what, f"{peer[0] / mine:.1f} ×" if peer else "absent", f"{aim} ×"))

    for cell in CELLS:
        medians = found["times"].get(title(cell, *MAIN))
        if medians:
            torch = best(medians, "PyTorch", "f64")
            ratio(f"{title(cell, *MAIN)}: PyTorch f64 / bptt", torch, medians[OURS], 5)
            ratio(f"{title(cell, *MAIN)}: PyTorch f64 / bptt without a flag", torch, medians[PLAIN], 4)
    for problem, medians in found["times"].items():
        H, B, _ = sizes(problem)
        ratio(f"{problem}: JAX f64 / bptt", best(medians, "JAX f64"), medians[OURS], 2 if H * B >= 512 else 1.3)
    for problem, medians in found["times"].items():
        mine = min(medians[OURS], medians[PLAIN])
        lines.append((f"{problem}: Vector API / faster of both", f"{medians[OURS] / mine:.2f} ×", "1.1 ×"))
    for cell, size, aim in (("lstm", MAIN, 60), ("lstm", (256, 16, 400), 70), ("tanh", MAIN, 40)):
        medians = found["times"].get(title(cell, *size))
        if medians:
            share = 100 * flops(cell, *size) / medians[OURS] / 1e6 / found["peak"]
            lines.append((f"{title(cell, *size)}: share of the FMA peak", f"{share:.0f} %", f"{aim} %"))
    for problem, medians in found["chains"].items():
        ratio(f"{problem}: numpy / bptt", best(medians, "JAX"), medians[OURS], 5 if "spectral" in problem else 2.5)
    return lines


def where(found):
    text = "\n### Where the time goes\n\nSamples of the running threads, with the Vector API: "
    text += ", ".join(f"{sign} {name}" for name, sign in PHASES.items()) + ".\n\n"
    rows = []
    for problem, shares in found["phases"].items():
        ends = [round(40 * sum(shares[: k + 1])) for k in range(len(shares))]
        bar = "".join(sign * (end - start) for sign, start, end in zip(PHASES.values(), [0, *ends], ends, strict=False))
        rows.append([problem, "`" + bar + "`"] + [f"{100 * share:.0f} %" for share in shares])
    return text + table(["cell (H, B, T)", "", *PHASES], rows)


def growth(found):
    """Time against one size at a time; the slope is that of ln ms against ln size from the line before."""
    text = "\n### What it grows with\n\n"
    text += (
        "One size varies, the two others are those of the first table's first line. The slope is d ln(ms)/d ln(size).\n"
    )
    peers = {
        "bptt": lambda m: m[OURS],
        "PyTorch f64": lambda m: (best(m, "PyTorch", "f64") or [None])[0],
        "JAX f64": lambda m: m.get("JAX f64"),
    }
    for k, size in enumerate(("H", "B", "T")):
        lines = []
        for problem, medians in found["times"].items():
            s = sizes(problem)
            if problem.startswith("lstm") and all(s[i] == MAIN[i] for i in range(3) if i != k):
                lines.append((s[k], medians))
        lines.sort(key=lambda line: line[0])
        if len(lines) < 2:
            continue
        rows = []
        for i, (n, medians) in enumerate(lines):
            row = [str(n)]
            for of in peers.values():
                now, before = of(medians), of(lines[i - 1][1]) if i else None
                slope = math.log(now / before) / math.log(n / lines[i - 1][0]) if now and before else None
                row += [ms(now), "" if slope is None else f"{slope:.2f}"]
            rows.append(row)
        header = [f"lstm, {size}"]
        for name in peers:
            header += [name + ", ms", "slope"]
        text += "\n" + table(header, rows)
    rows = [
        [problem, ms(m[ALONE]), ms(m[OURS]), f"{m[ALONE] / m[OURS]:.2f} ×"]
        for problem, m in found["times"].items()
        if ALONE in m
    ]
    return text + "\n" + table(["threads", "1, ms", "all, ms", "gain"], rows)


def roofline(found):
    text = f"""
### The roof

A pass cannot be faster than its products on the fused multiply-adds of all cores ({found["peak"]:.0f} GFLOP/s), nor
than its states, gates and derivatives through memory ({found["bandwidth"]:.0f} GB/s), unless they fit in a cache.

"""
    rows = []
    for problem, medians in found["times"].items():
        cell = problem.split()[0]
        work, moved = flops(cell, *sizes(problem)), traffic(cell, *sizes(problem))
        bound = max(work / found["peak"], moved / found["bandwidth"]) / 1e6
        rate = work / medians[OURS] / 1e6
        cells = [
            f"{work / moved:.0f}",
            f"{rate:.0f}",
            f"{100 * rate / found['peak']:.0f} %",
            ms(bound),
            ms(medians[OURS]),
        ]
        rows.append([problem, *cells])
    header = ["cell (H, B, T)", "FLOP/byte", "GFLOP/s", "of the peak", "roof, ms", "bptt, ms"]
    return text + table(header, rows)


def memory(found):
    text = "\n### Memory\n\nMB that a pass allocates (Java only), and the largest that the process has been, in MB.\n\n"
    for problem, peers in found["memory"].items():
        rows = [
            [name, "–" if math.isnan(allocated) else f"{allocated:.2f}", f"{peak:.0f}"]
            for name, (allocated, peak) in peers.items()
        ]
        text += table([problem, "allocated", "process"], rows) + "\n"
    if "long" in found:
        text += long_passes(found["long"], name(found))
    return text


def fit(points):
    """a, b of a + b T through points (T, y), least squares of relative errors."""

    def total(f):
        return sum(f(t, y) / y**2 for t, y in points)

    S, St, Sy = total(lambda t, y: 1), total(lambda t, y: t), total(lambda t, y: y)
    Stt, Sty = total(lambda t, y: t * t), total(lambda t, y: t * y)
    b = (S * Sty - St * Sy) / (S * Stt - St * St)
    return (Sy - b * St) / S, b


def long_passes(found, files):
    text = f"""An LSTM with H = 100, B = 1 in one pass, whole, and by `Bptt.pass` within {found["budget"] / 1e6:.0f} MB
in a heap of 256 MB. Memory is the largest heap, with a young generation of 8 MB, less what was there before.

"""
    rows, models = [], []
    for (T, a, A), (_, b, B) in zip(found["whole"], found["within"], strict=False):
        rows.append([f"{T:,.0f}", ms(a), ms(b), f"{b / a:.2f} ×", f"{A:.0f}", f"{B:.0f}"])
    text += table(["T", "whole, ms", "within, ms", "ratio", "whole, MB", "within, MB"], rows)
    for name in ("whole", "within"):
        (a, b), (c, d) = fits(found[name])
        models.append(f"{name} {a:.1f} ms + {1e3 * b:.2f} µs · T and {c:.0f} MB + {1024 * d:.2f} KB · T")
    pictures = f"bench/{MACHINES.name}/{files}"
    text += f"\n![Time of a pass against T]({pictures}-ms.svg) ![Memory of a pass against T]({pictures}-MB.svg)\n"
    return text + "\nFitted, with two numbers each: " + "; ".join(models) + ".\n"


def fits(points):
    """The models of time and of memory."""
    return fit([(T, time) for T, time, _ in points]), fit([(T, size) for T, _, size in points])


def long_csv(found):
    """What Plot.java draws."""
    names = {"whole": "whole", "within": "within the budget"}
    columns = {"T": [T for T, _, _ in found["whole"]]}
    for name, title in names.items():
        for k, (unit, (a, b)) in enumerate(zip(("ms", "MB"), fits(found[name]), strict=True), 1):
            columns[f"{title}, {unit}"] = [point[k] for point in found[name]]
            columns[f"{title}, fitted {unit}"] = [a + b * T for T in columns["T"]]
    lines = [list(columns), *zip(*columns.values(), strict=True)]
    return "\n".join(",".join(f'"{v}"' if isinstance(v, str) else f"{v:.4f}" for v in line) for line in lines) + "\n"


if __name__ == "__main__":
    write()
