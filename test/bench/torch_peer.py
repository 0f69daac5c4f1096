"""PyTorch's loss and backward, and torch.autograd.gradcheck: a process that speed.ts asks over and over."""

import torch
from cs231n import serve

torch.set_num_threads(1)


class TorchNet:
    by_entry = False

    def __init__(self, config):
        self.X = torch.tensor(config["X"], dtype=torch.float64)
        self.y = torch.tensor(config["y"])
        self.reg = config["reg"]
        self.parameters = [
            torch.tensor(config[k], dtype=torch.float64, requires_grad=True) for k in ("W1", "b1", "W2", "b2")
        ]

    def loss(self, W1, b1, W2, b2):
        a = torch.sigmoid(W1 @ self.X + b1[:, None])
        z = W2 @ a + b2[:, None]
        data = torch.nn.functional.cross_entropy(z.T, self.y)
        return data + 0.5 * self.reg * ((W1**2).sum() + (W2**2).sum())

    def backprop(self):
        loss = self.loss(*self.parameters)
        gradients = torch.autograd.grad(loss, self.parameters)
        return loss.item(), dict(zip(("dW1", "db1", "dW2", "db2"), (g.numpy() for g in gradients)))

    def numerical(self, count):
        """All entries of each parameter, whatever the count: gradcheck knows no others."""
        if not torch.autograd.gradcheck(self.loss, self.parameters):
            raise ValueError("gradcheck refuses the gradient")
        return {"all": [0] * sum(x.numel() for x in self.parameters)}


serve(TorchNet)
