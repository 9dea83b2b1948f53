"""JAX and numpy as peers: the same protocol as Worker.java, on standard input and output."""

import math
import sys
import time

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp  # noqa: E402

I = 2
TURN = 0.2  # seconds, as in Worker.java
DTYPE = jnp.float32 if sys.argv[1:] == ["f32"] else jnp.float64


def matrix(number, rows, cols, scale):
    k = np.arange(rows * cols)
    return (scale * np.sin(k + 1 + 1000.0 * number)).reshape(rows, cols)


def parameters(gates, H):
    scale = 1 / math.sqrt(H)
    p = {}
    for q, gate in enumerate(gates):
        p["W_x" + gate] = matrix(3 * q, H, I, scale)
        p["W_h" + gate] = matrix(3 * q + 1, H, H, scale)
        p["b_" + gate] = matrix(3 * q + 2, H, 1, scale)
    return p | {"W_hy": matrix(20, 1, H, scale), "b_y": matrix(21, 1, 1, scale)}


def loss(p, x, y, cell):
    def stacked(prefix, gates):
        return jnp.concatenate([p[prefix + q] for q in gates])

    H, B = p["W_hy"].shape[1], x.shape[2]
    gates = "ifgo" if cell == "lstm" else "h"
    W_x, W_h, b = stacked("W_x", gates), stacked("W_h", gates), stacked("b_", gates)

    def step(state, x_t):
        h, C = state
        a = W_x @ x_t + W_h @ h + b
        if cell == "lstm":
            i, f, g, o = jnp.split(a, 4)
            C = jax.nn.sigmoid(f) * C + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(C)
        else:
            h = jnp.tanh(a) if cell == "tanh" else jax.nn.relu(a)
        return (h, C), None

    zero = jnp.zeros((H, B), x.dtype)
    (h, _), _ = jax.lax.scan(step, (zero, zero), x)
    return jnp.mean((p["W_hy"] @ h + p["b_y"] - y) ** 2)


def chain(H, T, norm):
    p = {name: np.asarray(value) for name, value in parameters("h", H).items()}
    h, jacobians = np.zeros((H, 1)), []
    for t in range(1, T + 1):
        h = np.tanh(p["W_xh"] @ matrix(100 + t, I, 1, 1) + p["W_hh"] @ h + p["b_h"])
        jacobians.append((1 - h * h) * p["W_hh"])
    product, norms = np.eye(H), []
    for J in reversed(jacobians):
        product = product @ J
        norms.append(np.linalg.norm(product, 2) if norm == "spectral" else np.linalg.norm(product))
    return norms


def answer(text):
    print("> " + text, flush=True)


gradient = jax.jit(jax.grad(loss), static_argnums=3)
work = None
answer("ready jax " + jax.__version__)
for line in sys.stdin:
    words = line.split()
    if words[0] == "prepare":
        cell, H, B, T = words[1], *map(int, words[2:])
        gates = "ifgo" if cell == "lstm" else "h"
        work = (
            {name: jnp.asarray(v, DTYPE) for name, v in parameters(gates, H).items()},
            jnp.asarray(np.stack([matrix(100 + t, I, B, 1) for t in range(1, T + 1)]), DTYPE),
            jnp.asarray(matrix(99, 1, B, 1), DTYPE),
            cell,
        )
        jax.block_until_ready(gradient(*work))
        answer("ok")
    elif words[0] == "gradients":
        found = []
        for name, g in gradient(*work).items():
            g = np.asarray(g, np.float64).ravel()
            found += [name, f"{g @ np.cos(0.37 * np.arange(g.size) + 1):.17g}", f"{np.linalg.norm(g):.17g}"]
        answer(" ".join(found))
    else:
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < TURN:
            if words[0] == "run":
                jax.block_until_ready(gradient(*work))
            else:
                chain(int(words[1]), int(words[2]), words[3])
            count += 1
        answer(f"{1000 * (time.perf_counter() - start) / count:.3f}")
