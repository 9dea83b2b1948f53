"""PyTorch's own recurrent layers as a peer. Arguments: f64 or f32, threads."""

import sys

import peer
import torch

DTYPE = torch.float32 if sys.argv[1] == "f32" else torch.float64
torch.set_num_threads(int(sys.argv[2]))


class Network(torch.nn.Module):
    def __init__(self, cell, H):
        super().__init__()
        options = {} if cell == "lstm" else {"nonlinearity": cell}
        self.layer = (torch.nn.LSTM if cell == "lstm" else torch.nn.RNN)(peer.I, H, dtype=DTYPE, **options)
        self.readout = torch.nn.Linear(H, 1, dtype=DTYPE)
        p = {name: torch.as_tensor(value, dtype=DTYPE) for name, value in peer.parameters(cell, H).items()}

        def stacked(prefix):
            return torch.cat([p[prefix + q] for q in peer.gates(cell)])

        with torch.no_grad():
            self.layer.weight_ih_l0.copy_(stacked("W_x"))
            self.layer.weight_hh_l0.copy_(stacked("W_h"))
            self.layer.bias_ih_l0.copy_(stacked("b_")[:, 0])
            self.layer.bias_hh_l0.zero_()  # PyTorch has two
            self.readout.weight.copy_(p["W_hy"])
            self.readout.bias.copy_(p["b_y"][:, 0])

    def forward(self, x):
        return self.readout(self.layer(x)[0][-1])


network, x, y, gates = None, None, None, ""


def prepare(cell, H, B, T):
    global network, x, y, gates
    gates = peer.gates(cell)
    network = Network(cell, H)
    x, y = (torch.as_tensor(a, dtype=DTYPE) for a in peer.inputs(B, T))
    x, y = x.transpose(1, 2).contiguous(), y.T.contiguous()


def run():
    network.zero_grad(set_to_none=True)
    torch.nn.functional.mse_loss(network(x), y).backward()


def gradients():
    run()
    layer, found = network.layer, {}
    for name, g in (("W_x", layer.weight_ih_l0), ("W_h", layer.weight_hh_l0), ("b_", layer.bias_ih_l0)):
        found |= {name + gate: part for gate, part in zip(gates, g.grad.chunk(len(gates)), strict=True)}
    return found | {"W_hy": network.readout.weight.grad, "b_y": network.readout.bias.grad}


peer.serve("torch " + torch.__version__, prepare, gradients, run)
