"""Gradients with a bug in them, as people write them, to ask fcnet which bug it is.

    python3 test/bench/wrong_nets.py --each 12 --seed 1

Prints a JSON object a line: {"bug", "expects": {"mistake", "layer"} or null, "config", "reference"}. Each bug is the
right network below with one method written wrongly. `layer` is null where the bug sits in a loop over the layers.
"""
import argparse
import json

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


PHI = {
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(z.dtype)),
    "softplus": (lambda z: np.log1p(np.exp(z)), sigmoid),
    "identity": (lambda z: z, np.ones_like),
}


class Net:
    """The right gradient. Shapes: X is D × N, t is C × N, W[l] is out × in, b[l] a vector; l counts from 1."""

    expects = None
    layer = None  # where the bug is, if it is in one layer only
    square = False  # whether it can be made in square layers only

    def __init__(self, rng, dtype):
        hidden = int(rng.integers(1, 4))
        width = int(rng.integers(3, 6))
        self.widths = [width] * (hidden + 2) if self.square else [int(n) for n in rng.integers(3, 7, hidden + 2)]
        self.L = hidden + 1
        self.N = int(rng.integers(3, 9))
        self.reg = float(np.float32(rng.uniform(0.05, 0.5)))
        self.activations = [str(name) for name in rng.choice(list(PHI), hidden)]
        draw = lambda *shape: rng.normal(size=shape).astype(dtype)
        self.X = draw(self.widths[0], self.N)
        self.W = {l: draw(self.widths[l], self.widths[l - 1]) * dtype(0.7) for l in range(1, self.L + 1)}
        self.b = {l: draw(self.widths[l]) * dtype(0.5) for l in range(1, self.L + 1)}
        self.y = rng.integers(0, self.widths[-1], self.N)
        self.t = np.zeros((self.widths[-1], self.N), dtype)
        self.t[self.y, np.arange(self.N)] = 1

    def possible(self):
        """Whether the bug can be made in this network."""
        return True

    def hidden(self, *names):
        return any(name in names for name in self.activations)

    def forward(self):
        self.a, self.z = {0: self.X}, {0: self.X}
        for l in range(1, self.L + 1):
            self.z[l] = self.W[l] @ self.a[l - 1] + self.b[l][:, None]
            if l < self.L:
                self.a[l] = PHI[self.activations[l - 1]][0](self.z[l])
        self.yhat = self.softmax(self.z[self.L])

    def softmax(self, z, axis=0):
        e = np.exp(z - z.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    def gradient(self):
        self.forward()
        grads = {}
        delta = self.output_delta()
        for l in range(self.L, 0, -1):
            grads[f"dW{l}"] = self.dW(l, delta) + self.penalty(l)
            grads[f"db{l}"] = self.db(l, delta)
            if l > 1:
                delta = self.down(l, delta) * self.slope(l - 1)
        return grads

    def output_delta(self):
        return (self.yhat - self.t) / self.N

    def dW(self, l, delta):
        return delta @ self.a[l - 1].T

    def db(self, l, delta):
        return delta.sum(axis=1)

    def down(self, l, delta):
        return self.W[l].T @ delta

    def slope(self, l):
        return PHI[self.activations[l - 1]][1](self.z[l])

    def penalty(self, l):
        return self.reg * self.W[l]


# The error of the output


class ForgotTheMean(Net):
    expects = "missing-mean"

    def output_delta(self):
        return self.yhat - self.t


class MeanTwice(Net):
    """delta is divided by N, and so is each gradient."""

    expects = "double-mean"

    def dW(self, l, delta):
        return super().dW(l, delta) / self.N

    def db(self, l, delta):
        return super().db(l, delta) / self.N


class MeanOverAllEntries(Net):
    """np.mean over classes and samples."""

    expects = "mean-over-classes"

    def output_delta(self):
        return (self.yhat - self.t) / self.t.size


class TargetMinusPrediction(Net):
    expects = "flipped-sign"

    def output_delta(self):
        return (self.t - self.yhat) / self.N


class ForgotTheTarget(Net):
    expects = "missing-target"

    def output_delta(self):
        return self.yhat / self.N


class ForgotSoftmax(Net):
    expects = "logits-for-probabilities"

    def output_delta(self):
        return (self.z[self.L] - self.t) / self.N


class SigmoidForSoftmax(Net):
    expects = "sigmoid-for-softmax"

    def output_delta(self):
        return (sigmoid(self.z[self.L]) - self.t) / self.N


class SlopeOfSoftmaxToo(Net):
    expects = "double-softmax"

    def output_delta(self):
        return super().output_delta() * self.yhat * (1 - self.yhat)


class SoftmaxAlongTheWrongAxis(Net):
    expects = "softmax-over-samples"

    def output_delta(self):
        return (self.softmax(self.z[self.L], axis=1) - self.t) / self.N


class LabelsFromOne(Net):
    """The labels are taken to count from 1, as in MATLAB, and were shifted once too often."""

    expects = "shifted-labels"

    def output_delta(self):
        t = np.zeros_like(self.t)
        t[(self.y + 1) % len(t), np.arange(self.N)] = 1
        return (self.yhat - t) / self.N


class LabelsOfTheNextSample(Net):
    """Inputs and labels are off by one sample: right for these labels, and so without a name."""

    def output_delta(self):
        return (self.yhat - np.roll(self.t, -1, axis=1)) / self.N


# The penalty


class ForgotThePenalty(Net):
    expects = "missing-reg"

    def penalty(self, l):
        return 0


class ForgotThePenaltyInTheFirstLayer(Net):
    expects = "missing-reg"
    layer = 1

    def penalty(self, l):
        return 0 if l == 1 else super().penalty(l)


class PenaltyWithoutTheHalf(Net):
    expects = "double-reg"

    def penalty(self, l):
        return 2 * self.reg * self.W[l]


class PenaltyWithTheHalf(Net):
    expects = "half-reg"

    def penalty(self, l):
        return 0.5 * self.reg * self.W[l]


class PenaltyOverN(Net):
    expects = "reg-over-n"

    def penalty(self, l):
        return self.reg / self.N * self.W[l]


class PenaltyTimesN(Net):
    """The whole gradient is a sum over the samples, the penalty included."""

    expects = "constant-factor"

    def gradient(self):
        return {name: grad * self.N for name, grad in super().gradient().items()}


class PenaltyOfAbsoluteValues(Net):
    """L1 for L2."""

    expects = "l1-reg"

    def penalty(self, l):
        return self.reg * np.sign(self.W[l])


class PenaltySubtracted(Net):
    expects = "negative-reg"

    def penalty(self, l):
        return -self.reg * self.W[l]


class PenaltyOnBiases(Net):
    expects = "reg-on-bias"

    def db(self, l, delta):
        return super().db(l, delta) + self.reg * self.b[l]


# Weights and biases


class ZForA(Net):
    expects = "preactivation-for-activation"

    def possible(self):
        return self.hidden("sigmoid", "tanh", "relu", "softplus")

    def dW(self, l, delta):
        return delta @ self.z[l - 1].T


class InputOfTheNextLayer(Net):
    """a[l] where a[l - 1] belongs; the shapes happen to fit."""

    expects = "own-activation"
    layer = 1
    square = True

    def dW(self, l, delta):
        return delta @ self.a.get(l, self.a[l - 1]).T


class MeanOfBiases(Net):
    expects = "bias-mean"

    def db(self, l, delta):
        return delta.mean(axis=1)


class FirstColumnOfBiases(Net):
    expects = "bias-first-sample"

    def db(self, l, delta):
        return delta[:, 0]


class NoBiases(Net):
    expects = "bias-zero"

    def db(self, l, delta):
        return np.zeros_like(self.b[l])


class OverwritesInTheLoopOverSamples(Net):
    expects = "stale-sample"

    def dW(self, l, delta):
        for n in range(self.N):
            dW = np.outer(delta[:, n], self.a[l - 1][:, n])
        return dW

    def db(self, l, delta):
        for n in range(self.N):
            db = delta[:, n]
        return db


class ReturnsTheTranspose(Net):
    """The author keeps weights as in × out."""

    expects = "transposed-gradient"
    square = True

    def gradient(self):
        return {name: grad.T for name, grad in super().gradient().items()}


class ReturnsTheTransposeNotSquare(ReturnsTheTranspose):
    expects = "transposed"
    square = False

    def possible(self):
        return all(a != b for a, b in zip(self.widths, self.widths[1:]))


class StopsOneLayerEarly(Net):
    expects = "zero"

    def gradient(self):
        grads = super().gradient()
        return grads | {name: np.zeros_like(grads[name]) for name in ("dW1", "db1")}


class ClassesInAnotherOrder(Net):
    expects = "permuted-rows"

    def possible(self):
        return self.reg > 0

    def gradient(self):
        grads = super().gradient()
        order = np.roll(np.arange(self.widths[-1]), 1)
        last = (f"dW{self.L}", f"db{self.L}")
        return grads | {name: grads[name][order] for name in last}


# The slope


class ForgotTheSlope(Net):
    expects = "missing-slope"

    def possible(self):
        return self.hidden("sigmoid", "tanh", "relu", "softplus")

    def slope(self, l):
        return np.ones_like(self.z[l])


class ForgotTheSlopeInTheFirstLayer(Net):
    expects = "missing-slope"
    layer = 1

    def possible(self):
        return self.activations[0] != "identity"

    def slope(self, l):
        return np.ones_like(self.z[l]) if l == 1 else super().slope(l)


class SlopeAtA(Net):
    """sigmoid_derivative(a), which takes its argument for z."""

    expects = "slope-of-activation"

    def possible(self):
        return self.hidden("sigmoid", "tanh", "softplus")

    def slope(self, l):
        return PHI[self.activations[l - 1]][1](self.a[l])


class OnePlusForOneMinus(Net):
    expects = "slope-sign"

    def possible(self):
        return all(name in ("sigmoid", "tanh") for name in self.activations)

    def slope(self, l):
        a = self.a[l]
        return a * (1 + a) if self.activations[l - 1] == "sigmoid" else 1 + a**2


class SlopeOfTanhOfZ(Net):
    expects = "slope-of-tanh"

    def possible(self):
        return self.hidden("sigmoid", "relu", "softplus", "identity")

    def slope(self, l):
        return 1 - np.tanh(self.z[l]) ** 2


class OneMinusASquared(Net):
    """The slope of tanh in terms of a, left over when the activation was changed."""

    expects = "tanh-formula"

    def possible(self):
        return self.hidden("sigmoid", "relu", "softplus", "identity")

    def slope(self, l):
        return 1 - self.a[l] ** 2


class ATimesOneMinusA(Net):
    """The slope of sigmoid in terms of a, left over when the activation was changed."""

    expects = "sigmoid-formula"

    def possible(self):
        return self.hidden("tanh", "relu", "softplus", "identity")

    def slope(self, l):
        return self.a[l] * (1 - self.a[l])


class SlopeOfRelu(Net):
    expects = "slope-of-relu"

    def possible(self):
        return self.hidden("sigmoid", "tanh", "softplus", "identity")

    def slope(self, l):
        return (self.z[l] > 0).astype(self.X.dtype)


class SlopeFromZ(Net):
    expects = "slope-from-preactivation"

    def possible(self):
        return all(name in ("sigmoid", "tanh") for name in self.activations)

    def slope(self, l):
        z = self.z[l]
        return z * (1 - z) if self.activations[l - 1] == "sigmoid" else 1 - z**2


class SlopeTwice(Net):
    expects = "double-slope"

    def possible(self):
        return self.hidden("sigmoid", "tanh", "softplus")

    def slope(self, l):
        return super().slope(l) ** 2


class SlopeOfTheLayerAbove(Net):
    """z[l + 1] where z[l] belongs; the shapes happen to fit. Too rare to have a name."""

    square = True

    def slope(self, l):
        return PHI[self.activations[l - 1]][1](self.z[l + 1])


# The way down


class ForgotTheWeights(Net):
    expects = "missing-weights"

    def down(self, l, delta):
        return np.ones((self.widths[l - 1], 1), self.X.dtype) * delta.sum(axis=0)


class WForItsTranspose(Net):
    expects = "transposed-weights"
    square = True

    def down(self, l, delta):
        return self.W[l] @ delta


class UpdatesBeforeItGoesDown(Net):
    """W is updated in the loop, before the error passes through it: no catalogue can know the learning rate."""

    def down(self, l, delta):
        W = self.W[l] - self.X.dtype.type(0.1) * (self.dW(l, delta) + self.penalty(l))
        return W.T @ delta


class NoiseInOneTensor(Net):
    def gradient(self):
        grads = super().gradient()
        rng = np.random.default_rng(len(self.X))
        grads["dW1"] = grads["dW1"] + rng.normal(size=grads["dW1"].shape).astype(self.X.dtype)
        return grads


BUGS = [bug for bug in globals().values() if isinstance(bug, type) and issubclass(bug, Net)]


def config(net):
    layers = {name: value.tolist() for l in net.W for name, value in ((f"W{l}", net.W[l]), (f"b{l}", net.b[l]))}
    return {"X": net.X.tolist(), "y": net.y.tolist(), "reg": net.reg, "activation": net.activations, **layers}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=12, help="networks for each bug, half of them in float32")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for number, bug in enumerate(BUGS):
        made, attempt = 0, 0
        while made < options.each:
            rng = np.random.default_rng([options.seed, number, attempt])
            attempt += 1
            dtype = (np.float64, np.float32)[made % 2]
            net = bug(rng, dtype)
            if not net.possible():
                continue
            made += 1
            gradients = {name: grad.tolist() for name, grad in net.gradient().items()}
            expects = None if bug.expects is None else {"mistake": bug.expects, "layer": bug.layer}
            reference = {"dtype": dtype.__name__, **gradients}
            print(json.dumps({"bug": bug.__name__, "expects": expects, "config": config(net), "reference": reference}))


if __name__ == "__main__":
    main()
