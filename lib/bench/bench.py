"""make bench: this library beside its peers, one process each, interleaved.

Every peer computes the same gradients of the same problem (Problem.java says which); before any timing they are
compared with this library's to 1e-10 (1e-3 for single precision). Then the peers take turns, three to nine times;
medians and ranges are printed. A peer that cannot be set up is reported as absent. What was measured is kept in
lib/bench/machines, one file for each machine, and page.py makes lib/BENCHMARK.md of all of them.
"""

import argparse
import csv
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

import page

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent.parent / "notebooks/results/bench"
CLASSPATH = os.pathsep.join(
    str(folder / "target" / name)
    for folder, name in ((HERE.parent, "bptt.jar"), (HERE.parent, "jars/*"), (HERE, "classes"), (HERE, "jars/*"))
)
VECTOR = ["--add-modules", "jdk.incubator.vector"]
JAX, TORCH = HERE / "target/jax", HERE / "target/torch"
SIZES = [(100, 16, 400), (32, 16, 400), (256, 16, 400), (100, 1, 400), (100, 64, 400)]
LENGTHS = [(100, 16, T) for T in (100, 200, 800, 1600)]
WARM_UP = 1.5  # seconds
# More seconds when a peer meets a cell or a norm for the first time: HotSpot compiles for three, and until then takes
# twice the time.
NEW = 4
PAUSE = 0.25  # seconds: threads of OpenMP spin for .2 after a peer's turn
HEADER = ["title", "cell", "H", "B", "T", "peer", "median ms", "least ms", "largest ms"]
HEADER += ["times bptt with the Vector API", "GFLOP/s"]
CELLS = page.CELLS
LONG = (100, 1_000, 10_000, 100_000)  # steps of the passes whose memory is measured
BUDGET = 20_000_000  # bytes, more than 2048 steps of an LSTM with H = 100 take
# Makes every peer do with AVX2: by this a machine with AVX-512 shows what one without it does, but for its clock.
AVX2 = {
    "JDK_JAVA_OPTIONS": "-XX:UseAVX=2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
}


def java(peer, *options, threads=None):
    names = ("num_threads", "num_interop_threads") if threads else ()
    settings = [f"-Dai.djl.pytorch.{name}={threads}" for name in names]
    command = ["java", "-Xmx3g", *options, *settings, "-cp", CLASSPATH, "bench.Worker", peer]
    return command, {"OMP_NUM_THREADS": str(threads)} if threads else {}


def python(environment, worker, *options):
    return [str(environment / "bin/python"), str(HERE / worker), *options], {}


OURS, PLAIN, ALONE = page.OURS, page.PLAIN, page.ALONE
PEERS = {
    OURS: java("bptt", *VECTOR),
    PLAIN: java("bptt"),
    ALONE: java("bptt", *VECTOR, "-XX:ActiveProcessorCount=1"),
    "PyTorch 2.7 f64, 1 thread": java("pytorch-f64", threads=1),
    "PyTorch 2.7 f64, 2 threads": java("pytorch-f64", threads=2),
    "PyTorch 2.7 f32, 1 thread": java("pytorch-f32", threads=1),
    "PyTorch 2.7 f32, 2 threads": java("pytorch-f32", threads=2),
    "PyTorch 2.15 f64, 1 thread": python(TORCH, "torch_worker.py", "f64", "1"),
    "PyTorch 2.15 f64, 2 threads": python(TORCH, "torch_worker.py", "f64", "2"),
    "PyTorch 2.15 f32, 1 thread": python(TORCH, "torch_worker.py", "f32", "1"),
    "PyTorch 2.15 f32, 2 threads": python(TORCH, "torch_worker.py", "f32", "2"),
    "JAX f64": python(JAX, "jax_worker.py"),
    "JAX f32": python(JAX, "jax_worker.py", "f32"),
    "DL4J": java("dl4j"),
    "EJML": java("ejml"),
    "netlib, Java BLAS": java("netlib-java", *VECTOR),
    "netlib, native BLAS": java("netlib-native"),
}


class Absent(Exception):
    """A peer that did not start or did not answer."""


class Worker:
    def __init__(self, name, extra):
        command, environment = PEERS[name]
        self.name = name
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=os.environ | environment | extra,
            )
        except OSError as error:
            raise Absent(str(error)) from None
        self.ready = self.answer()

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        for line in self.process.stdout:
            if line.startswith("> "):
                return line[2:].strip()
        raise Absent(f"ended with exit code {self.process.wait()}")


def start_all(names, extra):
    workers = {}
    for name in names:
        try:
            workers[name] = Worker(name, extra)
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
        ratio, rate = medians[name] / mine, page.flops(*problem) / medians[name] / 1e6 if problem[0] else ""
        shown = f"{rate:6.1f} GFLOP/s" if rate else ""
        least, median, largest = min(t), medians[name], max(t)
        print(f"  {name:<24} {median:8.1f} ms  ({least:.1f} … {largest:.1f})  {ratio:5.1f} ×  {shown}", flush=True)
        milliseconds = [f"{v:.3f}" for v in (median, least, largest)]
        rows.append([title, *problem, name, *milliseconds, f"{ratio:.2f}", rate and f"{rate:.1f}"])
    return medians


def make(environment, *packages):
    """An environment of its own for one peer."""
    if not (environment / "ready").exists():
        print(f"Setting up {' '.join(packages)} in an environment of its own (once)", flush=True)
        venv.create(environment, with_pip=True, clear=True)
        subprocess.run([environment / "bin/python", "-m", "pip", "install", "-q", *packages], check=True)
        (environment / "ready").touch()


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


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    facts = dict(reversed([tuple(part.strip() for part in line.split(":", 1)) for line in lines if ":" in line]))
    family = f"family {facts.get('cpu family')} model {facts.get('model')}"
    return f"{facts.get('model name')}, {family}, {os.cpu_count()} cores"


def phases(extra):
    """By problem the shares of products, activations, packing and rest."""
    problems = [f"{cell},100,16,400" for cell in CELLS] + ["lstm,32,16,400", "lstm,256,16,400", "lstm,100,1,400"]
    command = ["java", *VECTOR, "-cp", CLASSPATH, "bench.Phases", *problems]
    found = subprocess.run(command, check=True, text=True, capture_output=True, env=os.environ | extra).stdout
    lines = [line.split() for line in found.splitlines()]
    return {page.title(w[0], *map(int, w[1:4])): [float(share) for share in w[4:]] for w in lines}


def long_passes(extra):
    """Of an LSTM with H = 100, B = 1: T, ms and MB of the whole pass, and of one within a budget."""
    found = {}
    for name, bytes_, heap in (("whole", 0, "2g"), ("within", BUDGET, "256m")):
        command = ["java", *VECTOR, "-Xmx" + heap, "-XX:+UseSerialGC", "-Xmn8m", "-cp", CLASSPATH, "bench.Memory"]
        command += ["lstm", "100", "1", str(bytes_), *map(str, LONG)]
        said = subprocess.run(command, check=True, text=True, capture_output=True, env=os.environ | extra).stdout
        found[name] = [[float(word) for word in line.split()] for line in said.splitlines()]
    return found | {"budget": BUDGET}


def draw(found):
    """Charts of a machine's long passes, beside its measurements."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "long.csv").write_text(page.long_csv(found["long"]), encoding="utf-8")
    command = ["java", "-Djava.awt.headless=true", "-cp", CLASSPATH, "bench.Plot"]
    subprocess.run(command, check=True, cwd=RESULTS.parent.parent)
    for unit in ("ms", "MB"):
        shutil.copy(RESULTS / f"long-{unit}.svg", page.MACHINES / f"{page.name(found)}-{unit}.svg")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only H = 100, B = 16, T = 400; no page")
    parser.add_argument(
        "--short", action="store_true", help="the sizes of the LSTM, three turns instead of five to nine"
    )
    parser.add_argument("--avx2", action="store_true", help="every peer with AVX2, on a machine that has more")
    parser.add_argument("--page", action="store_true", help="the page alone, of what was measured before")
    args = parser.parse_args()
    if args.page:
        for found in page.read():
            draw(found)
        page.write()
        return
    extra = AVX2 if args.avx2 else {}
    RESULTS.mkdir(parents=True, exist_ok=True)
    if not args.short:
        parts(args.quick)
    for name, environment, package in (("JAX", JAX, "jax==0.10.0"), ("PyTorch", TORCH, "torch==2.15.0")):
        try:
            make(environment, package, "numpy")
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{name} cannot be set up: {error}")
    workers = start_all(PEERS, extra)
    if OURS not in workers:
        sys.exit("this library's own worker does not start: run make jar and see lib/bench")
    java_version = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
    found = {
        "machine": processor() + (", held to AVX2" if args.avx2 else ""),
        "date": time.strftime("%Y-%m-%d"),
        "java": java_version,
        "kernel": workers[OURS].ready.split()[-1],
        "peak": float(workers[OURS].ask("peak")),
        "bandwidth": float(workers[OURS].ask("bandwidth")),
        "turns": 3 if args.short else 5,
        "times": {},
        "chains": {},
        "memory": {},
    }
    print(f"FMA peak of this machine, all cores: {found['peak']:.1f} GFLOP/s in double precision")
    rows = []
    sizes = [] if args.quick else [(c, *size) for c in CELLS for size in SIZES[1:] + (LENGTHS if c == "lstm" else [])]
    if args.short:
        sizes = [size for size in sizes if size[0] == "lstm" and size[3] not in (200, 800)]
    for cell, H, B, T in [(cell, *SIZES[0]) for cell in CELLS] + sizes:
        new = (H, B, T) == SIZES[0]
        turns, warm_up = (3, 1 + NEW * new / 2) if args.short else (9 if new else 5, WARM_UP + NEW * new)
        times = measure(workers, f"{cell} {H} {B} {T}", turns, warm_up)
        title = page.title(cell, H, B, T)
        found["times"][title] = report(title, times, rows, (cell, H, B, T))
        if new or H == 256:
            memory = {name: w.ask("memory") for name, w in workers.items()}
            found["memory"][title] = {name: [float(word) for word in text.split()] for name, text in memory.items()}
        write(rows, found, args)  # after each, so that a run that is stopped leaves what it has measured
    chained = {name: w for name, w in workers.items() if name in (OURS, PLAIN, "JAX f64")}
    for norm in ("spectral", "frobenius"):
        times = take_turns(chained, f"chain 100 1000 {norm}", 3 if args.short else 7, WARM_UP + NEW)
        title = f"chain (100, 1, 1000), {norm} norms"
        found["chains"][title] = report(title + " (“JAX f64” is numpy here)", times, rows)
    for worker in workers.values():
        worker.process.stdin.close()
    if not args.quick:
        found["phases"], found["long"] = phases(extra), long_passes(extra)
        draw(found)
    write(rows, found, args)
    for line in page.aims(found):
        print("  {:<70} {:>8}   (aim {})".format(*line))


def write(rows, found, args):
    """The measurements so far, as CSV, and the page."""
    with (RESULTS / "peers.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
    if not args.quick:
        page.keep(found)
        page.write()


if __name__ == "__main__":
    main()
