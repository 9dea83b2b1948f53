"""JAX and numpy as peers, in double precision or, with the argument f32, in single."""

import sys

import jax
import numpy as np
import peer

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp  # noqa: E402

DTYPE = jnp.float32 if sys.argv[1:] == ["f32"] else jnp.float64


def loss(p, x, y, cell):
    def stacked(prefix):
        return jnp.concatenate([p[prefix + q] for q in peer.gates(cell)])

    H, B = p["W_hy"].shape[1], x.shape[2]
    W_x, W_h, b = stacked("W_x"), stacked("W_h"), stacked("b_")

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
    p = peer.parameters("tanh", H)
    h, jacobians = np.zeros((H, 1)), []
    for t in range(1, T + 1):
        h = np.tanh(p["W_xh"] @ peer.matrix(100 + t, peer.I, 1, 1) + p["W_hh"] @ h + p["b_h"])
        jacobians.append((1 - h * h) * p["W_hh"])
    product, norms = np.eye(H), []
    for J in reversed(jacobians):
        product = product @ J
        norms.append(np.linalg.norm(product, 2) if norm == "spectral" else np.linalg.norm(product))
    return norms


gradient = jax.jit(jax.grad(loss), static_argnums=3)
work = None


def prepare(cell, H, B, T):
    global work
    p = {name: jnp.asarray(value, DTYPE) for name, value in peer.parameters(cell, H).items()}
    work = (p, *(jnp.asarray(a, DTYPE) for a in peer.inputs(B, T)), cell)
    run()


def run():
    return jax.block_until_ready(gradient(*work))


peer.serve("jax " + jax.__version__, prepare, run, run, chain)
