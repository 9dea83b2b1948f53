"""make bench: this library beside its peers, one process each, interleaved.

Every peer computes the same gradients of the same problem (Problem.java says which); before any timing they are
compared with this library's to 1e-10 (1e-3 for single precision). Then the peers take turns, five to nine times;
medians and ranges are printed, and written to notebooks/results/bench/. A peer that cannot be set up is reported as
absent.
"""

import argparse
import csv
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent.parent / "notebooks/results/bench"
CLASSPATH = os.pathsep.join(
    str(folder / "target" / name)
    for folder, name in ((HERE.parent, "bptt.jar"), (HERE.parent, "jars/*"), (HERE, "classes"), (HERE, "jars/*"))
)
VECTOR = ["--add-modules", "jdk.incubator.vector"]
JAX = HERE / "target/jax"
SIZES = [(100, 16, 400), (32, 16, 400), (256, 16, 400), (100, 1, 400), (100, 64, 400)]
LENGTHS = [(100, 16, T) for T in (100, 200, 800, 1600)]
WARM_UP = 1.5  # seconds
# More seconds when a peer meets a cell or a norm for the first time: HotSpot compiles for three, and until then takes
# twice the time.
NEW = 4
PAUSE = 0.25  # seconds: threads of OpenMP spin for .2 after a peer's turn
HEADER = ["title", "cell", "H", "B", "T", "peer", "median ms", "least ms", "largest ms"]
HEADER += ["times bptt with the Vector API", "GFLOP/s"]
CELLS = ("lstm", "tanh", "relu")


def java(peer, *options, threads=None):
    names = ("num_threads", "num_interop_threads") if threads else ()
    settings = [f"-Dai.djl.pytorch.{name}={threads}" for name in names]
    command = ["java", "-Xmx3g", *options, *settings, "-cp", CLASSPATH, "bench.Worker", peer]
    return command, {"OMP_NUM_THREADS": str(threads)} if threads else {}


def python(*options):
    return [str(JAX / "bin/python"), str(HERE / "jax_worker.py"), *options], {}


OURS, PLAIN = "bptt, Vector API", "bptt, no flag"
PEERS = {
    OURS: java("bptt", *VECTOR),
    PLAIN: java("bptt"),
    "PyTorch f64, 1 thread": java("pytorch-f64", threads=1),
    "PyTorch f64, 2 threads": java("pytorch-f64", threads=2),
    "PyTorch f32, 1 thread": java("pytorch-f32", threads=1),
    "PyTorch f32, 2 threads": java("pytorch-f32", threads=2),
    "JAX f64": python(),
    "JAX f32": python("f32"),
    "DL4J": java("dl4j"),
    "EJML": java("ejml"),
    "netlib, Java BLAS": java("netlib-java", *VECTOR),
    "netlib, native BLAS": java("netlib-native"),
}


class Absent(Exception):
    """A peer that did not start or did not answer."""


class Worker:
    def __init__(self, name):
        command, environment = PEERS[name]
        self.name = name
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=os.environ | environment,
            )
        except OSError as error:
            raise Absent(str(error)) from None
        self.answer()

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        for line in self.process.stdout:
            if line.startswith("> "):
                return line[2:].strip()
        raise Absent(f"ended with exit code {self.process.wait()}")


def start_all(names):
    workers = {}
    for name in names:
        try:
            workers[name] = Worker(name)
        except Absent as reason:
            print(f"  {name}: absent ({reason})")
    return workers


def fingerprint(text):
    words = text.split()
    triples = zip(words[::3], words[1::3], words[2::3], strict=True)
    return {name: (float(dot), float(norm)) for name, dot, norm in triples}


def disagreement(mine, theirs):
    """The largest difference of a projection or a norm, relative to the norm of the gradient."""
    if mine.keys() != theirs.keys():
        raise ValueError(f"gradients {sorted(theirs)} instead of {sorted(mine)}")
    return max(max(abs(a - b) for a, b in zip(mine[n], theirs[n], strict=True)) / mine[n][1] for n in mine)


def measure(workers, problem, rounds, warm_up):
    """Milliseconds by peer: each prepares and is checked, then all take turns."""
    for worker in workers.values():
        worker.ask("prepare " + problem)
    found = {name: fingerprint(w.ask("gradients")) for name, w in workers.items()}
    mine = found[OURS]
    for name, theirs in found.items():
        error, bound = disagreement(mine, theirs), 1e-3 if "f32" in name else 1e-10
        if not error <= bound:
            sides = f"{error:.1e} > {bound:.0e}"
            raise SystemExit(f"{problem}: the gradients of {name} differ from this library's by {sides}")
    return take_turns(workers, "run", rounds, warm_up)


def take_turns(workers, request, rounds, warm_up):
    # The same time to warm up for each: for its compiler, its memory, its choice of algorithm.
    for worker in workers.values():
        end = time.monotonic() + warm_up
        while time.monotonic() < end:
            worker.ask(request)
    times = {name: [] for name in workers}
    for _ in range(rounds):
        for name, worker in workers.items():
            time.sleep(PAUSE)
            times[name].append(float(worker.ask(request)))
    return times


def report(title, times, rows, problem=("", "", "", "")):
    print(f"\n{title}")
    medians = {name: statistics.median(t) for name, t in times.items()}
    mine = medians[OURS]
    for name, t in times.items():
        ratio, rate = medians[name] / mine, flops(*problem) / medians[name] / 1e6 if problem[0] else ""
        shown = f"{rate:6.1f} GFLOP/s" if rate else ""
        least, median, largest = min(t), medians[name], max(t)
        print(f"  {name:<24} {median:8.1f} ms  ({least:.1f} … {largest:.1f})  {ratio:5.1f} ×  {shown}", flush=True)
        milliseconds = [f"{v:.3f}" for v in (median, least, largest)]
        rows.append([title, *problem, name, *milliseconds, f"{ratio:.2f}", rate and f"{rate:.1f}"])
    return medians


def flops(cell, H, B, T):
    """Of the matrix products, forward and backward, without ∂L/∂x; I = 2."""
    return T * B * (24 * H * H + 32 * H if cell == "lstm" else 6 * H * H + 8 * H)


def make_jax():
    if not (JAX / "ready").exists():
        print("Setting up JAX in an environment of its own (about a minute, once)", flush=True)
        venv.create(JAX, with_pip=True, clear=True)
        subprocess.run([JAX / "bin/python", "-m", "pip", "install", "-q", "jax==0.10.0"], check=True)
        (JAX / "ready").touch()


def parts(quick):
    """The parts by JMH, without and with the Vector API; it prints its own table."""
    for options in ([], VECTOR):
        command = ["java", *options, "-cp", CLASSPATH, "org.openjdk.jmh.Main", "bench.Parts", "-f", "1", "-v", "SILENT"]
        command += ["-wi", "3", "-i", "3" if quick else "7", "-w", "1", "-r", "1"]
        out = RESULTS / ("parts-vector.csv" if options else "parts-plain.csv")
        subprocess.run([*command, "-rf", "csv", "-rff", str(out)], check=True, stderr=subprocess.DEVNULL)
        print(f"\nParts, {'Vector API' if options else 'no flag'}")
        with out.open(encoding="utf-8") as table:
            for row in csv.DictReader(table):
                name = row["Benchmark"].rsplit(".", 1)[1]
                score, error = float(row["Score"]), float(row["Score Error (99.9%)"])
                print(f"  {name:<24} {score:10.2f} ± {error:.2f} {row['Unit']}")


def targets(found, chains, peak):
    """What this library set out to reach, as ratios of medians of this run."""

    def ratio(medians, mine, among):
        others = [medians[name] for name in medians if among in name and "f32" not in name]
        return f"{min(others) / medians[mine]:.1f} ×" if others else "absent"

    lines = []
    for cell in CELLS:
        medians = found[(cell, *SIZES[0])]
        lines.append((f"{cell}: best PyTorch f64 / bptt with the Vector API", ratio(medians, OURS, "PyTorch"), "5 ×"))
        lines.append((f"{cell}: best PyTorch f64 / bptt without a flag", ratio(medians, PLAIN, "PyTorch"), "3 ×"))
    big = found.get(("lstm", 256, 16, 400))
    if big:
        share = flops("lstm", 256, 16, 400) / big[OURS] / 1e6 / peak
        lines.append(("lstm (256, 16): share of the FMA peak", f"{100 * share:.0f} %", "50 %"))
    for norm, aim in (("spectral", "4 ×"), ("frobenius", "2 ×")):
        lines.append((f"chain, {norm} norms: numpy / bptt", ratio(chains[norm], OURS, "JAX"), aim))
    for (cell, H, B, T), medians in found.items():
        best, peer = min((m, name) for name, m in medians.items() if "bptt" not in name and "f32" not in name)
        lines.append((f"{cell} ({H}, {B}, {T}): best peer ({peer}) / bptt", f"{best / medians[OURS]:.1f} ×", "1 ×"))
    return lines


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    facts = dict(reversed([tuple(part.strip() for part in line.split(":", 1)) for line in lines if ":" in line]))
    family = f"family {facts.get('cpu family')} model {facts.get('model')}"
    return f"{facts.get('model name')}, {family}, {os.cpu_count()} cores"


def write_markdown(found, chains, peak, ratios):
    """One dated table of medians, to be looked at or kept."""
    names = [name for name in PEERS if any(name in medians for medians in found.values())]
    lines = [f"Measured on {time.strftime('%Y-%m-%d')}: {processor()}; FMA peak {peak:.0f} GFLOP/s. Medians in ms.", ""]
    lines += ["| cell (H, B, T) | " + " | ".join(names) + " |", "|---" * (1 + len(names)) + "|"]
    problems = {f"{cell} ({H}, {B}, {T})": medians for (cell, H, B, T), medians in found.items()}
    problems |= {f"chain (100, 1, 1000), {norm}": medians for norm, medians in chains.items()}
    for problem, medians in problems.items():
        lines.append(f"| {problem} | " + " | ".join(f"{medians[n]:.1f}" if n in medians else "–" for n in names) + " |")
    lines += ["", "| ratio of medians | here | aim |", "|---|---|---|"]
    lines += [f"| {what} | {value} | {aim} |" for what, value, aim in ratios]
    (RESULTS / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only H = 100, B = 16, T = 400")
    args = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    parts(args.quick)
    try:
        make_jax()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"JAX cannot be set up: {error}")
    workers = start_all(PEERS)
    if OURS not in workers:
        sys.exit("this library's own worker does not start: run make jar and see lib/bench")
    peak = float(workers[OURS].ask("peak"))
    print(f"\nFMA peak of this machine, all cores: {peak:.1f} GFLOP/s in double precision")

    rows, found, chains = [], {}, {}
    for cell in CELLS:
        found[(cell, *SIZES[0])] = run_problem(workers, cell, *SIZES[0], rows)
    chained = {name: w for name, w in workers.items() if name in (OURS, PLAIN, "JAX f64")}
    for norm in ("spectral", "frobenius"):
        times = take_turns(chained, f"chain 100 1000 {norm}", 7, WARM_UP + NEW)
        chains[norm] = report(f"Jacobian chain, H = 100, T = 1000, {norm} norms (“JAX f64” is numpy here)", times, rows)
    write(rows, found, chains, peak)
    rest = [(cell, *size) for cell in CELLS for size in SIZES[1:] + (LENGTHS if cell == "lstm" else [])]
    for cell, H, B, T in [] if args.quick else rest:
        found[cell, H, B, T] = run_problem(workers, cell, H, B, T, rows)
        write(rows, found, chains, peak)  # after each, so that a run that is stopped leaves what it has measured
    for line in targets(found, chains, peak):
        print("  {:<70} {:>8}   (aim {})".format(*line))
    plot = ["java", "-Djava.awt.headless=true", "-cp", CLASSPATH, "bench.Plot", str(peak)]
    subprocess.run(plot, check=True, cwd=RESULTS.parent.parent)


def run_problem(workers, cell, H, B, T, rows):
    new = (H, B, T) == SIZES[0]
    times = measure(workers, f"{cell} {H} {B} {T}", 9 if new else 5, WARM_UP + NEW * new)
    return report(f"{cell}, H = {H}, B = {B}, T = {T}", times, rows, (cell, H, B, T))


def write(rows, found, chains, peak):
    """The measurements so far, as CSV and as a table to be looked at."""
    with (RESULTS / "peers.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
    write_markdown(found, chains, peak, targets(found, chains, peak))


if __name__ == "__main__":
    main()
