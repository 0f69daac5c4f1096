"""Gradients with bugs in them, as people write them, to ask fcnet which bugs they are.

    python3 test/bench/wrong_nets.py --each 12 --pairs 400 --seed 1

Prints a JSON object a line: {"bugs", "expects": [{"mistake": [names], "layer"}] or null, "config", "reference"}. Each
bug is the right network below with one method written wrongly; a pair has two of them. `layer` is null where the bug
sits in a loop over the layers. Networks where a bug changes nothing are not asked about.
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

SOFTMAX = ("softmax", "cross-entropy")
SIGMOID = ("sigmoid", "cross-entropy")
HINGE = ("identity", "hinge")
SQUARED = [(out, loss) for out in ("identity", "sigmoid", "tanh", "softmax") for loss in ("squared-error", "half-squared-error")]
KINDS = [SOFTMAX, SOFTMAX, SOFTMAX, SIGMOID, HINGE, *SQUARED]


class Net:
    """The right gradient. Shapes: X is D × N, t is C × N, W[l] is out × in, b[l] a vector; l counts from 1."""

    expects = ()  # what the bug may be called; none where no name fits
    layer = None  # where the bug is, if it is in one layer only
    square = False  # whether it can be made in square layers only
    kinds = KINDS
    reductions = ["mean", "mean", "sum", "mean-of-entries"]
    penalties = ["half", "half", "full", "half-over-n"]

    def __init__(self, rng, dtype):
        hidden = int(rng.integers(1, 4))
        width = int(rng.integers(3, 6))
        self.widths = [width] * (hidden + 2) if self.square else [int(n) for n in rng.integers(3, 7, hidden + 2)]
        self.L = hidden + 1
        self.N = int(rng.integers(3, 9))
        self.reg = float(np.float32(rng.uniform(0.05, 0.5)))
        self.output, self.loss = self.kinds[int(rng.integers(len(self.kinds)))]
        self.reduction = self.reductions[int(rng.integers(len(self.reductions)))]
        self.penalty_kind = self.penalties[int(rng.integers(len(self.penalties)))]
        self.activations = [str(name) for name in rng.choice(list(PHI), hidden)]
        draw = lambda *shape: rng.normal(size=shape).astype(dtype)
        self.X = draw(self.widths[0], self.N)
        self.W = {l: draw(self.widths[l], self.widths[l - 1]) * dtype(0.7) for l in range(1, self.L + 1)}
        self.b = {l: draw(self.widths[l]) * dtype(0.5) for l in range(1, self.L + 1)}
        self.other = {l: draw(*W.shape) for l, W in self.W.items()}  # weights of another time
        self.C = self.widths[-1]
        self.y = rng.integers(0, self.C, self.N)
        self.t = np.zeros((self.C, self.N), dtype)
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
        z = self.z[self.L]
        self.yhat = self.softmax(z) if self.output == "softmax" else PHI[self.output][0](z)

    def softmax(self, z, axis=0):
        e = np.exp(z - z.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    def gradient(self):
        self.forward()
        grads = {}
        self.deltas = {self.L: self.output_delta()}
        self.das = {}
        for l in range(self.L, 0, -1):
            delta = self.deltas[l]
            grads[f"dW{l}"] = self.dW(l, delta) + self.penalty(l)
            grads[f"db{l}"] = self.db(l, delta)
            if l > 1:
                self.das[l - 1] = self.down(l, delta)
                self.deltas[l - 1] = self.through(l - 1, self.das[l - 1])
        return grads

    def kappa(self):
        return {"mean": 1 / self.N, "sum": 1, "mean-of-entries": 1 / (self.N * self.C)}[self.reduction]

    def output_delta(self):
        return self.error(self.t) * self.kappa()

    def error(self, t):
        if self.loss == "cross-entropy":
            return self.yhat - t
        if self.loss == "hinge":
            z = self.z[self.L]
            right = (t * z).sum(axis=0)
            on = ((z - right + 1 > 0) & (t == 0)).astype(z.dtype)
            return on - t * on.sum(axis=0)
        return self.output_slope(self.factor() * (self.yhat - t))

    def factor(self):
        return 2 if self.loss == "squared-error" else 1

    def output_slope(self, dy):
        if self.output == "softmax":
            return self.yhat * (dy - (self.yhat * dy).sum(axis=0))
        return dy * PHI[self.output][1](self.z[self.L])

    def dW(self, l, delta):
        return delta @ self.a[l - 1].T

    def db(self, l, delta):
        return delta.sum(axis=1)

    def down(self, l, delta):
        return self.W[l].T @ delta

    def through(self, l, da):
        return da * self.slope(l)

    def slope(self, l):
        return PHI[self.activations[l - 1]][1](self.z[l])

    def lam(self):
        return {"half": self.reg, "full": 2 * self.reg, "half-over-n": self.reg / self.N}[self.penalty_kind]

    def penalty(self, l):
        return self.lam() * self.W[l]


# The error of the output


class ForgotTheMean(Net):
    expects = ("missing-mean",)
    reductions = ["mean"]

    def kappa(self):
        return 1


class MeanThoughASum(Net):
    expects = ("missing-mean",)
    reductions = ["sum"]

    def kappa(self):
        return 1 / self.N


class MeanTwice(Net):
    """delta is divided by N, and so is each gradient."""

    expects = ("double-mean",)
    reductions = ["mean"]

    def dW(self, l, delta):
        return super().dW(l, delta) / self.N

    def db(self, l, delta):
        return super().db(l, delta) / self.N


class MeanOverAllEntries(Net):
    """np.mean over classes and samples."""

    expects = ("mean-over-classes",)
    reductions = ["mean"]

    def kappa(self):
        return 1 / self.t.size


class TargetMinusPrediction(Net):
    expects = ("flipped-sign",)

    def error(self, t):
        return -super().error(t)


class ForgotTheTarget(Net):
    expects = ("missing-target",)
    kinds = [SOFTMAX, SIGMOID, *SQUARED]

    def error(self, t):
        return super().error(0 * t)


class ForgotSoftmax(Net):
    expects = ("logits-for-probabilities",)
    kinds = [SOFTMAX]

    def error(self, t):
        return self.z[self.L] - t


class SigmoidForSoftmax(Net):
    expects = ("sigmoid-for-softmax",)
    kinds = [SOFTMAX]

    def error(self, t):
        return sigmoid(self.z[self.L]) - t


class SlopeOfSoftmaxToo(Net):
    expects = ("double-softmax",)
    kinds = [SOFTMAX]

    def error(self, t):
        return (self.yhat - t) * self.yhat * (1 - self.yhat)


class SoftmaxAlongTheWrongAxis(Net):
    expects = ("softmax-over-samples",)
    kinds = [SOFTMAX]

    def error(self, t):
        return self.softmax(self.z[self.L], axis=1) - t


class SoftmaxOfProbabilities(Net):
    expects = ("softmax-twice",)
    kinds = [SOFTMAX]

    def error(self, t):
        return self.softmax(self.yhat) - t


class EachClassByItself(Net):
    """-t/ŷ · ŷ(1 − ŷ): the diagonal of softmax's Jacobian."""

    expects = ("softmax-diagonal",)
    kinds = [SOFTMAX]

    def error(self, t):
        return -t / self.yhat * self.yhat * (1 - self.yhat)


class EachClassByItselfSquared(Net):
    expects = ("softmax-diagonal",)
    kinds = [kind for kind in SQUARED if kind[0] == "softmax"]

    def output_slope(self, dy):
        return dy * self.yhat * (1 - self.yhat)


class ForgotTheSlopeOfTheOutput(Net):
    expects = ("missing-output-slope",)
    kinds = [kind for kind in SQUARED if kind[0] != "identity"]

    def output_slope(self, dy):
        return dy


class SlopeOfTheOutputToo(Net):
    """Squared error's delta under a binary cross-entropy."""

    expects = ("extra-output-slope",)
    kinds = [SIGMOID]

    def error(self, t):
        return (self.yhat - t) * self.yhat * (1 - self.yhat)


class FactorTwoOfTheSquare(Net):
    expects = ("error-factor-two",)
    kinds = [kind for kind in SQUARED if kind[1] == "half-squared-error"]

    def factor(self):
        return 2


class NoFactorTwoOfTheSquare(Net):
    expects = ("error-half",)
    kinds = [kind for kind in SQUARED if kind[1] == "squared-error"]

    def factor(self):
        return 1


class LabelsFromOne(Net):
    """The labels are taken to count from 1, as in MATLAB, and were shifted once too often."""

    expects = ("shifted-labels",)

    def error(self, t):
        return super().error(np.roll(t, 1, axis=0))


class LabelsFromZero(Net):
    """Labels that count from 0 were shifted as if from 1."""

    expects = ("shifted-labels",)

    def error(self, t):
        return super().error(np.roll(t, -1, axis=0))


class LabelsOfTheNextSample(Net):
    """Inputs and labels are off by one sample: right for these labels, and so without a name."""

    def error(self, t):
        return super().error(np.roll(t, -1, axis=1))


class LearningRateInTheError(Net):
    expects = ("constant-factor",)
    layer = -1

    def kappa(self):
        return super().kappa() * 0.37


# The penalty


class ForgotThePenalty(Net):
    expects = ("missing-reg",)

    def penalty(self, l):
        return 0


class ForgotThePenaltyInTheFirstLayer(Net):
    expects = ("missing-reg",)
    layer = 1

    def penalty(self, l):
        return 0 if l == 1 else super().penalty(l)


class PenaltyWithoutTheHalf(Net):
    expects = ("double-reg",)
    penalties = ["half"]

    def penalty(self, l):
        return 2 * self.reg * self.W[l]


class PenaltyWithTheHalf(Net):
    expects = ("half-reg",)
    penalties = ["half"]

    def penalty(self, l):
        return 0.5 * self.reg * self.W[l]


class PenaltyOverN(Net):
    expects = ("reg-over-n",)

    def penalty(self, l):
        return super().penalty(l) / self.N


class PenaltyOfEachSample(Net):
    expects = ("reg-times-n",)

    def penalty(self, l):
        return super().penalty(l) * self.N


class PenaltyOfTheSum(Net):
    """reg * np.sum(W), one number for all."""

    expects = ("reg-sum",)

    def penalty(self, l):
        return self.lam() * self.W[l].sum()


class PenaltyOfAnotherLambda(Net):
    expects = ("reg-factor",)

    def penalty(self, l):
        return 0.3 * super().penalty(l)


class PenaltyTimesN(Net):
    """The whole gradient is a sum over the samples, the penalty included."""

    expects = ("constant-factor", "missing-mean")
    reductions = ["mean"]

    def gradient(self):
        return {name: grad * self.N for name, grad in super().gradient().items()}


class PenaltyOfAbsoluteValues(Net):
    """L1 for L2."""

    expects = ("l1-reg",)
    penalties = ["half"]

    def penalty(self, l):
        return self.reg * np.sign(self.W[l])


class PenaltySubtracted(Net):
    expects = ("negative-reg",)

    def penalty(self, l):
        return -super().penalty(l)


class PenaltyOnBiases(Net):
    expects = ("reg-on-bias",)

    def db(self, l, delta):
        return super().db(l, delta) + self.lam() * self.b[l]


class DoublePenaltyOnBiases(Net):
    expects = ("reg-on-bias",)

    def db(self, l, delta):
        return super().db(l, delta) + 2 * self.lam() * self.b[l]


# Weights and biases


class ZForA(Net):
    expects = ("preactivation-for-activation",)

    def possible(self):
        return self.hidden("sigmoid", "tanh", "relu", "softplus")

    def dW(self, l, delta):
        return delta @ self.z[l - 1].T


class InputOfTheNextLayer(Net):
    """a[l] where a[l - 1] belongs; the shapes happen to fit."""

    expects = ("own-activation",)
    layer = 1
    square = True

    def dW(self, l, delta):
        return delta @ self.a[l if l == 1 else l - 1].T


class NothingOfTheData(Net):
    expects = ("data-zero",)
    layer = 1

    def dW(self, l, delta):
        return super().dW(l, delta) * (l > 1)


class InputCountsTwice(Net):
    """X + X for X, as where the input is added to itself on its way."""

    expects = ("scaled-input",)
    layer = 1

    def dW(self, l, delta):
        return super().dW(l, delta) * (2 if l == 1 else 1)


class RowsReversed(Net):
    expects = ("reversed-rows", "permuted-rows")
    layer = 1

    def dW(self, l, delta):
        return super().dW(l, delta)[::-1] if l == 1 else super().dW(l, delta)

    def penalty(self, l):
        return super().penalty(l)[::-1] if l == 1 else super().penalty(l)


class MeanOfBiases(Net):
    expects = ("bias-mean",)

    def db(self, l, delta):
        return delta.mean(axis=1)


class MeanOfBiasesOfTheOutput(Net):
    """In the last layer only; there is one more of it wherever L is not 2."""

    expects = ("bias-mean",)
    layer = -1

    def db(self, l, delta):
        return delta.mean(axis=1) if l == self.L else super().db(l, delta)


class FirstColumnOfBiases(Net):
    expects = ("bias-first-sample",)

    def db(self, l, delta):
        return delta[:, 0]


class NoBiases(Net):
    expects = ("bias-zero",)

    def db(self, l, delta):
        return np.zeros_like(self.b[l])


class NoBiasesOfTheFirstLayer(Net):
    expects = ("bias-zero", "zero")
    layer = 1

    def db(self, l, delta):
        return super().db(l, delta) * (l > 1)


class BiasesAreANumber(Net):
    """np.sum without an axis."""

    expects = ("bias-sum-over-units",)

    def db(self, l, delta):
        return np.full_like(self.b[l], delta.sum())


class BiasesAlongTheWrongAxis(Net):
    """axis=0 for axis=1; N happens to be the number of units."""

    expects = ("bias-wrong-axis",)
    square = True

    def __init__(self, rng, dtype):
        super().__init__(rng, dtype)
        self.N = self.C
        self.X = self.X[:, :1] * 0 + rng.normal(size=(self.widths[0], self.N)).astype(dtype)
        self.y = rng.integers(0, self.C, self.N)
        self.t = np.zeros((self.C, self.N), dtype)
        self.t[self.y, np.arange(self.N)] = 1

    def db(self, l, delta):
        return delta.sum(axis=0)


class BiasesOfRowSums(Net):
    expects = ("bias-row-sums",)

    def db(self, l, delta):
        return self.dW(l, delta).sum(axis=1)


class BiasesBeforeTheSlope(Net):
    expects = ("bias-before-slope",)

    def possible(self):
        return self.hidden("sigmoid", "tanh", "relu", "softplus")

    def db(self, l, delta):
        return super().db(l, self.das.get(l, delta))


class OverwritesInTheLoopOverSamples(Net):
    expects = ("stale-sample",)

    def dW(self, l, delta):
        for n in range(self.N):
            dW = np.outer(delta[:, n], self.a[l - 1][:, n])
        return dW

    def db(self, l, delta):
        for n in range(self.N):
            db = delta[:, n]
        return db


class LearningRateInTheFirstWeights(Net):
    expects = ("gradient-factor",)
    layer = 1

    def gradient(self):
        grads = super().gradient()
        return grads | {"dW1": 0.37 * grads["dW1"]}


class ReturnsTheTranspose(Net):
    """The author keeps weights as in × out."""

    expects = ("transposed-gradient",)
    square = True

    def gradient(self):
        return {name: grad.T for name, grad in super().gradient().items()}


class ReturnsTheTransposeNotSquare(ReturnsTheTranspose):
    expects = ("transposed",)
    square = False

    def possible(self):
        return all(a != b for a, b in zip(self.widths, self.widths[1:]))


class StopsOneLayerEarly(Net):
    expects = ("zero", "data-zero")
    layer = 1

    def gradient(self):
        grads = super().gradient()
        return grads | {name: np.zeros_like(grads[name]) for name in ("dW1", "db1")}


class ClassesInAnotherOrder(Net):
    expects = ("permuted-rows",)
    layer = -1

    def possible(self):
        return self.reg > 0

    def gradient(self):
        grads = super().gradient()
        order = np.roll(np.arange(self.widths[-1]), 1)
        last = (f"dW{self.L}", f"db{self.L}")
        return grads | {name: grads[name][order] for name in last}


# The slope


class ForgotTheSlope(Net):
    expects = ("missing-slope",)

    def possible(self):
        return self.hidden("sigmoid", "tanh", "relu", "softplus")

    def slope(self, l):
        return np.ones_like(self.z[l])


class ForgotTheSlopeInTheFirstLayer(Net):
    expects = ("missing-slope",)
    layer = 1

    def possible(self):
        return self.activations[0] != "identity"

    def slope(self, l):
        return np.ones_like(self.z[l]) if l == 1 else super().slope(l)


class SlopeAtA(Net):
    """sigmoid_derivative(a), which takes its argument for z."""

    expects = ("slope-of-activation",)

    def possible(self):
        return self.hidden("sigmoid", "tanh", "softplus")

    def slope(self, l):
        return PHI[self.activations[l - 1]][1](self.a[l])


class SlopeAtAOfTheFirstLayer(SlopeAtA):
    layer = 1

    def possible(self):
        return self.activations[0] in ("sigmoid", "tanh", "softplus")

    def slope(self, l):
        return super().slope(l) if l == 1 else PHI[self.activations[l - 1]][1](self.z[l])


class OnePlusForOneMinus(Net):
    expects = ("slope-sign",)

    def possible(self):
        return all(name in ("sigmoid", "tanh") for name in self.activations)

    def slope(self, l):
        a = self.a[l]
        return a * (1 + a) if self.activations[l - 1] == "sigmoid" else 1 + a**2


class SlopeOfSigmoidOfZ(Net):
    expects = ("slope-of-sigmoid",)

    def possible(self):
        return self.hidden("tanh", "relu", "softplus", "identity")

    def slope(self, l):
        return PHI["sigmoid"][1](self.z[l])


class SlopeOfTanhOfZ(Net):
    expects = ("slope-of-tanh",)

    def possible(self):
        return self.hidden("sigmoid", "relu", "softplus", "identity")

    def slope(self, l):
        return 1 - np.tanh(self.z[l]) ** 2


class OneMinusASquared(Net):
    """The slope of tanh in terms of a, left over when the activation was changed."""

    expects = ("tanh-formula",)

    def possible(self):
        return self.hidden("sigmoid", "relu", "softplus", "identity")

    def slope(self, l):
        return 1 - self.a[l] ** 2


class ATimesOneMinusA(Net):
    """The slope of sigmoid in terms of a, left over when the activation was changed."""

    expects = ("sigmoid-formula",)

    def possible(self):
        return self.hidden("tanh", "relu", "softplus", "identity")

    def slope(self, l):
        return self.a[l] * (1 - self.a[l])


class SlopeOfRelu(Net):
    expects = ("slope-of-relu",)

    def possible(self):
        return self.hidden("sigmoid", "tanh", "softplus", "identity")

    def slope(self, l):
        return (self.z[l] > 0).astype(self.X.dtype)


class SlopeFromZ(Net):
    expects = ("slope-from-preactivation",)

    def possible(self):
        return all(name in ("sigmoid", "tanh") for name in self.activations)

    def slope(self, l):
        z = self.z[l]
        return z * (1 - z) if self.activations[l - 1] == "sigmoid" else 1 - z**2


class SlopeTwice(Net):
    expects = ("double-slope",)

    def possible(self):
        return self.hidden("sigmoid", "tanh", "softplus")

    def slope(self, l):
        return super().slope(l) ** 2


class ActivationForItsSlope(Net):
    expects = ("activation-for-slope",)

    def slope(self, l):
        return self.a[l]


class SlopeTimesZ(Net):
    expects = ("slope-times-z",)

    def slope(self, l):
        return super().slope(l) * self.z[l]


class SlopeOfTheNextKind(Net):
    """derivatives[l + 1] for derivatives[l]."""

    expects = ("slope-of-other-layer",)
    layer = 1

    def possible(self):
        return self.L > 2 and self.activations[0] != self.activations[1]

    def slope(self, l):
        return PHI[self.activations[1]][1](self.z[1]) if l == 1 else super().slope(l)


class SlopeOfTheLayerAbove(Net):
    """z[l + 1] where z[l] belongs; the shapes happen to fit. Too rare to have a name."""

    square = True

    def slope(self, l):
        return PHI[self.activations[l - 1]][1](self.z[l + 1])


class SlopeOfTheError(Net):
    """sigmoid_derivative(da), for the whole."""

    expects = ("slope-of-error",)

    def possible(self):
        return all(name in ("sigmoid", "tanh", "softplus") for name in self.activations)

    def through(self, l, da):
        return PHI[self.activations[l - 1]][1](da)


class SlopeOverwritesTheError(Net):
    """dz = a * (1 - a), where *= was meant."""

    expects = ("error-overwritten",)

    def through(self, l, da):
        return self.slope(l)


class ActivationOfTheError(Net):
    expects = ("activation-of-error",)

    def possible(self):
        return "identity" not in self.activations

    def through(self, l, da):
        return PHI[self.activations[l - 1]][0](da)


class FormulaOfTheError(Net):
    """da * (1 - da)."""

    expects = ("formula-of-error",)

    def possible(self):
        return all(name == "sigmoid" for name in self.activations)

    def through(self, l, da):
        return da * (1 - da)


class MasksTheError(Net):
    """da[da <= 0] = 0, where z was meant."""

    expects = ("mask-by-error", "activation-of-error")

    def possible(self):
        return all(name == "relu" for name in self.activations)

    def through(self, l, da):
        return np.maximum(da, 0)


# The way down


class ForgotTheWeights(Net):
    expects = ("missing-weights",)

    def down(self, l, delta):
        return np.ones((self.widths[l - 1], 1), self.X.dtype) * delta.sum(axis=0)


class WForItsTranspose(Net):
    expects = ("transposed-weights",)
    square = True

    def down(self, l, delta):
        return self.W[l] @ delta


class CutsOffTheWrongColumn(Net):
    """Theta[:, :-1] for Theta[:, 1:], of Theta = [b | W]."""

    expects = ("shifted-weights",)

    def down(self, l, delta):
        return np.hstack([self.b[l][:, None], self.W[l]])[:, :-1].T @ delta


class UpdatesBeforeItGoesDown(Net):
    """W is updated in the loop, before the error passes through it."""

    expects = ("updated-weights",)

    def down(self, l, delta):
        W = self.W[l] - self.X.dtype.type(0.1) * (self.dW(l, delta) + self.penalty(l))
        return W.T @ delta


class WeightsOfAnotherTime(Net):
    """The initial weights, kept in another variable. Seen only where layer 2 has fewer units than layer 1 inputs."""

    expects = ("other-weights",)
    layer = 2

    def possible(self):
        return self.L == 2 and self.widths[0] + 1 > self.widths[2] + 1

    def down(self, l, delta):
        return self.other[l].T @ delta


class GoesDownBeforeTheSlope(Net):
    """dW and db use delta, and the layer below gets what was there before the slope."""

    expects = ("slope-missing-on-the-way-down",)

    def possible(self):
        return self.L > 2 and self.hidden("sigmoid", "tanh", "relu", "softplus")

    def down(self, l, delta):
        return super().down(l, self.das.get(l, delta))


class OutputErrorEverywhere(Net):
    """delta is never updated in the loop; the shapes happen to fit."""

    expects = ("output-error-everywhere",)
    square = True

    def possible(self):
        return self.L > 2

    def down(self, l, delta):
        return super().down(l, self.deltas[self.L])


class MeanAgainInEachLayer(Net):
    expects = ("mean-again-on-the-way-down",)

    def down(self, l, delta):
        return super().down(l, delta) / self.N


class ActivationPassedDown(Net):
    """W.T @ a."""

    expects = ("activation-passed-down",)

    def down(self, l, delta):
        a = self.yhat if l == self.L else self.a[l]
        return self.W[l].T @ a


class NoiseInOneTensor(Net):
    def gradient(self):
        grads = super().gradient()
        rng = np.random.default_rng(len(self.X))
        grads["dW1"] = grads["dW1"] + rng.normal(size=grads["dW1"].shape).astype(self.X.dtype)
        return grads


class DropoutInTheFirstLayer(Net):
    """Some units are off on the way back only: no catalogue knows which."""

    def slope(self, l):
        off = np.random.default_rng(7).random(self.z[l].shape) < 0.4
        return super().slope(l) * np.where(off, 0, 1 / 0.6).astype(self.X.dtype) if l == 1 else super().slope(l)


def per_layer(bug):
    """The same bug in the second layer of three only."""

    def at_two(name):
        wrong = getattr(bug, name)
        return lambda self, l, *rest: wrong(self, l, *rest) if l == 2 else getattr(Net, name)(self, l, *rest)

    methods = {name: at_two(name) for name in ("dW", "db", "down", "through", "slope", "penalty") if name in vars(bug)}
    possible = lambda self: self.L >= 3 and bug.possible(self) and self.activations[1] != "identity"
    extra = {"layer": 2, "possible": possible, "expects": bug.expects, "__doc__": "In layer 2 only."}
    kinds = {name: getattr(bug, name) for name in ("square", "kinds", "reductions", "penalties")}
    return type(f"{bug.__name__}InLayer2", (Net,), {**methods, **extra, **kinds})


SINGLE = [bug for bug in list(globals().values()) if isinstance(bug, type) and issubclass(bug, Net)]
# Methods that call no super() can be moved to one layer.
IN_LAYER_2 = [
    ForgotThePenalty,
    MeanOfBiases,
    FirstColumnOfBiases,
    NoBiases,
    ForgotTheSlope,
    ATimesOneMinusA,
    ActivationForItsSlope,
    WForItsTranspose,
    ForgotTheWeights,
    SlopeOverwritesTheError,
    ActivationOfTheError,
]
BUGS = SINGLE + [per_layer(bug) for bug in IN_LAYER_2]
METHODS = ("kappa", "error", "factor", "output_slope", "dW", "db", "down", "through", "slope", "penalty", "gradient")
PRECISIONS = ("float64", "float32", "6 digits")


def overridden(bug):
    return {name for ancestor in bug.__mro__ if ancestor not in (Net, object) for name in vars(ancestor) if name in METHODS}


def composable(a, b):
    """Two bugs that have names, in different methods, that one network can have both."""
    ours, theirs = overridden(a), overridden(b)
    together = {"through", "slope"}  # one calls the other
    return (
        a.expects and b.expects and not ours & theirs
        and not (ours & together and theirs & together)
        and "gradient" not in ours | theirs and "__init__" not in vars(a) and "__init__" not in vars(b)
        and any(kind in b.kinds for kind in a.kinds)
        and any(one in b.reductions for one in a.reductions)
        and any(one in b.penalties for one in a.penalties)
    )


def both(a, b):
    return type(
        f"{a.__name__}+{b.__name__}",
        (a, b),
        {
            "bugs": (a, b),
            "square": a.square or b.square,
            "kinds": [kind for kind in a.kinds if kind in b.kinds],
            "reductions": [one for one in a.reductions if one in b.reductions],
            "penalties": [one for one in a.penalties if one in b.penalties],
            "possible": lambda self: a.possible(self) and b.possible(self),
        },
    )


def differ(these, those):
    """Whether two gradients differ by more than what 6 digits show."""
    return any(
        these[name].shape != those[name].shape
        or np.abs(these[name] - those[name]).max() > 1e-3 * np.abs(those[name]).max()
        for name in those
    )


def seen(net, bug):
    """Whether every bug of it makes a difference, alone and in company."""
    as_ = lambda cls: cls.gradient(recast(net, cls))
    right, wrong = as_(Net), as_(bug)
    parts = getattr(bug, "bugs", ())
    if bug is Net:
        return True
    return differ(wrong, right) and all(differ(as_(part), right) and differ(wrong, as_(part)) for part in parts)


def recast(net, cls):
    other = cls.__new__(cls)
    other.__dict__.update(net.__dict__)
    return other


def config(net):
    layers = {name: value.tolist() for l in net.W for name, value in ((f"W{l}", net.W[l]), (f"b{l}", net.b[l]))}
    return {
        "X": net.X.tolist(),
        "y": net.y.tolist(),
        "reg": net.reg,
        "activation": net.activations,
        "output": net.output,
        "loss": net.loss,
        "reduction": net.reduction,
        "penalty": net.penalty_kind,
        **layers,
    }


def shown(grad, precision):
    if precision != "6 digits":
        return grad.tolist()
    return np.vectorize(lambda value: float(f"{value:.6g}"))(grad).tolist()


def ask(bug, rng_of, count, turn=0):
    made, attempt = 0, 0
    while made < count and attempt < 200 + 50 * count:
        precision = PRECISIONS[(made + turn) % 3]
        net = bug(rng_of(attempt), np.float32 if precision == "float32" else np.float64)
        attempt += 1
        if not net.possible() or not seen(net, bug):
            continue
        made += 1
        with np.errstate(all="ignore"):
            gradients = {name: shown(grad, precision) for name, grad in net.gradient().items()}
        parts = [part for part in getattr(bug, "bugs", (bug,)) if part.expects]
        expects = [{"mistake": part.expects, "layer": net.L if part.layer == -1 else part.layer} for part in parts]
        dtype = {} if precision == "6 digits" else {"dtype": precision}
        print(json.dumps({"bug": bug.__name__, "pair": hasattr(bug, "bugs"), "precision": precision, "expects": expects, "config": config(net), "reference": {**dtype, **gradients}}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=12, help="networks for each bug, a third in each precision")
    parser.add_argument("--pairs", type=int, default=0, help="pairs of bugs, each on a network of its own")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for number, bug in enumerate(BUGS):
        ask(bug, lambda attempt: np.random.default_rng([options.seed, number, attempt]), options.each)
    pairs = [(a, b) for i, a in enumerate(BUGS) for b in BUGS[i + 1 :] if composable(a, b)]
    draw = np.random.default_rng([options.seed, 999])
    for number in range(options.pairs):
        pair = both(*pairs[int(draw.integers(len(pairs)))])
        ask(pair, lambda attempt: np.random.default_rng([options.seed, 1000 + number, attempt]), 1, number)


if __name__ == "__main__":
    main()
