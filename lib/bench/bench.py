"""make bench: this library beside its peers, one process each, interleaved.

Every peer computes the same gradients of the same problem (Problem.java says which); before any timing they are compared
with this library's to 1e-10 (1e-3 for single precision). Then the peers take turns, ROUNDS times; medians and ranges are
printed, and written to notebooks/results/bench/. A peer that cannot be set up is reported as absent.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent.parent / "notebooks/results/bench"
CLASSPATH = os.pathsep.join(
    str(p) for p in (HERE.parent / "target/bptt.jar", HERE.parent / "target/jars/*", HERE / "target/classes", HERE / "target/jars/*")
)
VECTOR = ["--add-modules", "jdk.incubator.vector"]
JAX = HERE / "target/jax"
SIZES = [(100, 16, 400), (32, 16, 400), (256, 16, 400), (100, 1, 400), (100, 64, 400)]
LENGTHS = [(100, 16, T) for T in (100, 200, 800, 1600)]
WARM_UP = 3  # seconds
CELLS = ("lstm", "tanh", "relu")


def java(peer, *options, threads=None):
    settings = [f"-Dai.djl.pytorch.num_threads={threads}", f"-Dai.djl.pytorch.num_interop_threads={threads}"] if threads else []
    command = ["java", "-Xmx3g", *options, *settings, "-cp", CLASSPATH, "bench.Worker", peer]
    return command, {"OMP_NUM_THREADS": str(threads)} if threads else {}


def python(*options):
    return [str(JAX / "bin/python"), str(HERE / "jax_worker.py"), *options], {}


PEERS = {
    "bptt, Vector API": java("bptt", *VECTOR),
    "bptt, no flag": java("bptt"),
    "PyTorch f64, 1 thread": java("pytorch-f64", threads=1),
    "PyTorch f64, 2 threads": java("pytorch-f64", threads=2),
    "PyTorch f32, 1 thread": java("pytorch-f32", threads=1),
    "PyTorch f32, 2 threads": java("pytorch-f32", threads=2),
    "JAX f64": python(),
    "JAX f32": python("f32"),
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
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | environment
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
    return {name: (float(dot), float(norm)) for name, dot, norm in zip(words[::3], words[1::3], words[2::3])}


def disagreement(mine, theirs):
    """The largest difference of a projection or a norm, relative to the norm of the gradient."""
    if mine.keys() != theirs.keys():
        raise ValueError(f"gradients {sorted(theirs)} instead of {sorted(mine)}")
    return max(max(abs(a - b) for a, b in zip(mine[n], theirs[n])) / mine[n][1] for n in mine)


def measure(workers, problem, rounds):
    """Milliseconds by peer: each prepares and is checked, then all take turns."""
    for worker in workers.values():
        worker.ask("prepare " + problem)
    found = {name: fingerprint(w.ask("gradients")) for name, w in workers.items()}
    mine = found["bptt, Vector API"]
    for name, theirs in found.items():
        error, bound = disagreement(mine, theirs), 1e-3 if "f32" in name else 1e-10
        if not error <= bound:
            raise SystemExit(f"{problem}: the gradients of {name} differ from this library's by {error:.1e} > {bound:.0e}")
    return take_turns(workers, "run", rounds)


def take_turns(workers, request, rounds):
    for worker in workers.values():  # the same time to warm up for each: for its compiler, its memory, its choice of algorithm
        end = time.monotonic() + WARM_UP
        while time.monotonic() < end:
            worker.ask(request)
    times = {name: [] for name in workers}
    for _ in range(rounds):
        for name, worker in workers.items():
            time.sleep(0.05)  # a peer's threads may spin for a while after its turn
            times[name].append(float(worker.ask(request)))
    return times


def report(title, times, rows, flops=None):
    print(f"\n{title}")
    medians = {name: statistics.median(t) for name, t in times.items()}
    mine = medians.get("bptt, Vector API")
    for name, t in times.items():
        rate = f"{flops / medians[name] / 1e6:6.1f} GFLOP/s" if flops else ""
        print(f"  {name:<24} {medians[name]:8.1f} ms  ({min(t):.1f} … {max(t):.1f})  {medians[name] / mine:5.1f} ×  {rate}", flush=True)
        rows.append([title, name, f"{medians[name]:.3f}", f"{min(t):.3f}", f"{max(t):.3f}", f"{medians[name] / mine:.2f}"])


def flops(cell, H, B, T):
    """Of the matrix products, forward and backward, without ∂L/∂x; I = 2."""
    return T * B * (24 * H * H + 32 * H if cell == "lstm" else 6 * H * H + 8 * H)


def make_jax():
    if not (JAX / "ready").exists():
        print("Setting up JAX in an environment of its own (about a minute, once)", flush=True)
        venv.create(JAX, with_pip=True, clear=True)
        subprocess.run([JAX / "bin/python", "-m", "pip", "install", "-q", "jax==0.10.0"], check=True)
        (JAX / "ready").touch()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only H = 100, B = 16, T = 400, seven rounds")
    args = parser.parse_args()
    rounds = 7 if args.quick else 15
    try:
        make_jax()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"JAX cannot be set up: {error}")
    workers = start_all(PEERS)
    if "bptt, Vector API" not in workers:
        sys.exit("this library's own worker does not start: run make jar and see lib/bench")
    peak = float(workers["bptt, Vector API"].ask("peak"))
    print(f"FMA peak of this machine, all cores: {peak:.1f} GFLOP/s in double precision")

    rows = []
    for cell in CELLS:
        for H, B, T in SIZES[:1] if args.quick else SIZES + (LENGTHS if cell == "lstm" else []):
            times = measure(workers, f"{cell} {H} {B} {T}", rounds)
            report(f"{cell}, H = {H}, B = {B}, T = {T}", times, rows, flops(cell, H, B, T))
    chains = {name: w for name, w in workers.items() if name in ("bptt, Vector API", "bptt, no flag", "JAX f64")}
    for norm in ("spectral", "frobenius"):
        times = take_turns(chains, f"chain 100 1000 {norm}", 7)
        report(f"Jacobian chain, H = 100, T = 1000, {norm} norms (“JAX f64” is numpy here)", times, rows)

    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / "peers.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["problem", "peer", "median ms", "least ms", "largest ms", "times bptt with the Vector API"])
        writer.writerows(rows)
        writer.writerow(["FMA peak, GFLOP/s", "", f"{peak:.1f}", "", "", ""])


if __name__ == "__main__":
    main()
