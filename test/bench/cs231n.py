"""CS231n's loop over parameters, and backprop, in NumPy: a process that speed.ts asks over and over.

A line of standard input is a network (a JSON object as `fcnet compare --against` gives it) or a question; the answer is
a line of JSON.
"""

import json
import sys
import time

import numpy as np


class Net:
    by_entry = True  # it takes as many entries of the numerical gradient as it is asked for

    def __init__(self, config):
        self.X = np.array(config["X"])
        self.y = np.array(config["y"])
        self.reg = config["reg"]
        self.parameters = {k: np.array(config[k]) for k in ("W1", "b1", "W2", "b2")}

    def forward(self):
        p = self.parameters
        a = 1 / (1 + np.exp(-(p["W1"] @ self.X + p["b1"][:, None])))
        z = p["W2"] @ a + p["b2"][:, None]
        e = np.exp(z - z.max(axis=0))
        return a, e / e.sum(axis=0)

    def loss(self):
        _, prob = self.forward()
        data = -np.log(prob[self.y, np.arange(len(self.y))]).mean()
        return data + 0.5 * self.reg * sum((self.parameters[k] ** 2).sum() for k in ("W1", "W2"))

    def backprop(self):
        p = self.parameters
        a, d2 = self.forward()
        N = len(self.y)
        data = -np.log(d2[self.y, np.arange(N)]).mean()
        loss = data + 0.5 * self.reg * sum((p[k] ** 2).sum() for k in ("W1", "W2"))
        d2[self.y, np.arange(N)] -= 1
        d2 /= N
        d1 = (p["W2"].T @ d2) * a * (1 - a)
        return loss, {
            "dW1": d1 @ self.X.T + self.reg * p["W1"],
            "db1": d1.sum(axis=1),
            "dW2": d2 @ a.T + self.reg * p["W2"],
            "db2": d2.sum(axis=1),
        }

    def numerical(self, count, h=1e-5):
        """The first entries of each parameter, as eval_numerical_gradient goes over them."""
        result = {}
        for name, x in self.parameters.items():
            grad = np.zeros_like(x)
            it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
            for _ in range(min(count, x.size)):
                ix = it.multi_index
                old = x[ix]
                x[ix] = old + h
                above = self.loss()
                x[ix] = old - h
                below = self.loss()
                x[ix] = old
                grad[ix] = (above - below) / (2 * h)
                it.iternext()
            result["d" + name] = grad.ravel()[:count].tolist()
        return result


def answer(net, question):
    if question["ask"] == "results":
        loss, gradients = net.backprop()
        return {
            "loss": loss,
            "sums": {name: float(np.abs(g).sum()) for name, g in gradients.items()},
            "numerical": net.numerical(4) if net.by_entry else {},
        }
    run = net.backprop if question["ask"] == "backprop" else lambda: net.numerical(question["entries"])
    start = time.process_time()
    for _ in range(question["times"]):
        done = run()
    seconds = (time.process_time() - start) / question["times"]
    if question["ask"] == "backprop":
        return {"seconds": seconds}
    return {"seconds": seconds, "entries": sum(len(values) for values in done.values())}


def serve(make):
    """Answers the questions about each network of standard input, which make makes of its config."""
    net = None
    for line in sys.stdin:
        question = json.loads(line)
        if "X" in question:
            net = make(question)
        print(json.dumps({} if "X" in question else answer(net, question)), flush=True)


if __name__ == "__main__":
    serve(Net)
