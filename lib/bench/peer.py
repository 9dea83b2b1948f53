"""What the peers in Python have in common: the problem (see Problem.java) and the protocol of Worker.java."""

import math
import resource
import sys
import time

import numpy as np

I = 2
TURN = 0.2  # seconds, as in Worker.java


def matrix(number, rows, cols, scale):
    k = np.arange(rows * cols)
    return (scale * np.sin(k + 1 + 1000.0 * number)).reshape(rows, cols)


def gates(cell):
    return "ifgo" if cell == "lstm" else "h"


def parameters(cell, H):
    scale = 1 / math.sqrt(H)
    p = {}
    for q, gate in enumerate(gates(cell)):
        p["W_x" + gate] = matrix(3 * q, H, I, scale)
        p["W_h" + gate] = matrix(3 * q + 1, H, H, scale)
        p["b_" + gate] = matrix(3 * q + 2, H, 1, scale)
    return p | {"W_hy": matrix(20, 1, H, scale), "b_y": matrix(21, 1, 1, scale)}


def inputs(B, T):
    """x, T×I×B, and y, 1×B."""
    return np.stack([matrix(100 + t, I, B, 1) for t in range(1, T + 1)]), matrix(99, 1, B, 1)


def answer(text):
    print("> " + text, flush=True)


def serve(name, prepare, gradients, run, chain=None):
    """Answers requests; gradients returns arrays by name, run makes one pass, chain the norms of a chain."""
    answer("ready " + name)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "prepare":
            prepare(words[1], *map(int, words[2:]))
            answer("ok")
        elif words[0] == "gradients":
            found = []
            for name, g in gradients().items():
                g = np.asarray(g, np.float64).ravel()
                found += [name, f"{g @ np.cos(0.37 * np.arange(g.size) + 1):.17g}", f"{np.linalg.norm(g):.17g}"]
            answer(" ".join(found))
        elif words[0] == "memory":  # allocated by a pass: not known
            answer(f"nan {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")
        else:
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < TURN:
                if words[0] == "run":
                    run()
                else:
                    chain(int(words[1]), int(words[2]), words[3])
                count += 1
            answer(f"{1000 * (time.perf_counter() - start) / count:.3f}")
