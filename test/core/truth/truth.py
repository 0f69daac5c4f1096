"""What activations, the normal distribution and losses are in 800-digit arithmetic: truth.json.

    python3 test/core/truth/truth.py

All by their definitions: 800 digits can afford what would cancel, and derivatives are quotients with a step of 1e-150.
What is smaller than float64 has stands there as 0.
"""
import json
from pathlib import Path

from mpmath import erfc, exp, log, mp, mpf, pi, sqrt, tanh

mp.dps = 800
STEP = mpf(10) ** -150

# Activations

Z = [-700, -100, -37, -20, -8.5, -3, -1.25, -0.5, -(2**-10), 2**-10, 0.5, 1.25, 3, 8.5, 20, 37, 100, 700]
FROM = [-700, -37, -8.5, -1.25, -0.5, -(2**-10), 0.5, 3, 20, 700]
NEAR_ONE = 2**-10  # on either side of 1 the identities differ
BY = [2**-60, -(2**-20), 0.75, -1, 1, -1 - NEAR_ONE, 1 + NEAR_ONE, -2.5, 16, -16]


def sigmoid(z):
    return 1 / (1 + exp(-z))


def leaky_relu(slope):
    return lambda z: z if z > 0 else mpf(slope) * z


def elu(alpha, scale=1.0):
    low = mpf(alpha * scale)  # the float64 number, as the engine has it
    return lambda z: scale * z if z > 0 else low * (exp(z) - 1)


def normal(z):
    return erfc(-z / sqrt(mpf(2))) / 2


ACTIVATIONS = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": leaky_relu(0),
    "leaky-relu": leaky_relu(0.01),
    "leaky-relu 0.2": leaky_relu(0.2),
    "leaky-relu -1.5": leaky_relu(-1.5),
    "elu": elu(1),
    "elu 0.5": elu(0.5),
    "elu -2": elu(-2),
    "selu": elu(1.6732632423543772, 1.0507009873554805),
    "softplus": lambda z: log(1 + exp(z)),
    "softsign": lambda z: z / (1 + abs(z)),
    "silu": lambda z: z * sigmoid(z),
    "gelu": lambda z: z * normal(z),
    "gelu-tanh": lambda z: z * (1 + tanh(sqrt(2 / pi) * (z + mpf("0.044715") * z**3))) / 2,
    "identity": lambda z: z,
}


def slope(f, z):
    return (f(z + STEP) - f(z - STEP)) / (2 * STEP)


def curvature(f, z):
    return abs(f(z + STEP) - 2 * f(z) + f(z - STEP)) / STEP**2


def activation(f):
    points, sources, steps = [mpf(z) for z in Z], [mpf(z) for z in FROM], [mpf(d) for d in BY]
    return {
        "value": [float(f(z)) for z in points],
        "slope": [float(slope(f, z)) for z in points],
        "curvature": [float(curvature(f, z)) for z in points],
        "difference": [[float(f(z + d) - f(z)) for d in steps] for z in sources],
    }


# The normal distribution

NORMAL_Z = [-38, -37.5, -37.3, -19.9, -30, -20, -12, -8, -5.7, -5, -3, -2, -1, -0.7, -0.66, -0.25, -1e-5, 0, 0.3, 0.6, 0.7, 1, 3, 6, 9, 30]
MOVES = [
    *[(0, 2**-60), (1, 2**-60), (-37, 2**-60), (-37, -(2**-40)), (20, 2**-40), (-3, 1e-8), (5, -1e-9), (-20, 2e-10)],
    *[(0.5, 1e-3), (-1, 0.25), (-2, -0.3), (3, 0.2), (-8, 0.1), (-30, 0.03), (-37, 0.02), (-37, 0.5), (8, -0.5), (0, 1)],
    *[(-0.5, 1), (-3, 6), (5, 5), (-10, -10), (30, -29), (-37, 40), (0.25, -0.5), (-1e-3, 2e-3)],
]


def distribution():
    points = [mpf(z) for z in NORMAL_Z]
    return {
        "points": [[z, float(normal(p)), float(exp(-p * p / 2) / sqrt(2 * pi))] for z, p in zip(NORMAL_Z, points)],
        "moves": [[z, d, float(normal(mpf(z) + mpf(d)) - normal(mpf(z)))] for z, d in MOVES],
    }


# Losses: of z, t and δ, a column a sample each

LOW = 1.6732632423543772 * 1.0507009873554805
GENERIC = [[0.5, -1.25, 0.75], [2, 0.25, -1.5], [-0.75, 1, 0.5]]
LABELS = [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
SOFT = [[0.25, 0.5, 0], [0.5, 0.125, 0.75], [0.25, 0.375, 0.25]]
ANY = [[0.3, -1, 2], [1.5, 0.25, 0.5], [-0.2, 0.1, 1]]
SMALL = [[2**-70, 0, 2**-80], [-(2**-70), 2**-75, 0], [2**-71, 2**-70, 2**-70]]
LARGE = [[0.5, -3, 2], [-0.25, 6, 0], [1, 1, -9]]

# What it is about, output, loss, z, t, the δ
BATCHES = [
    ["generic", "softmax", "cross-entropy", GENERIC, LABELS, [SMALL, LARGE]],
    ["soft targets", "softmax", "cross-entropy", GENERIC, SOFT, [SMALL, LARGE]],
    ["fitted", "softmax", "cross-entropy", [[40, 300, 700], [0, 0.5, 0], [-3, 100, 1]], [[1, 1, 1], [0] * 3, [0] * 3], [SMALL, LARGE]],
    ["missed", "softmax", "cross-entropy", [[40, 300, 1000], [0, 0.5, 0], [-3, 100, 1]], [[0] * 3, [1, 0, 1], [0, 1, 0]], [SMALL, LARGE]],
    ["far away", "softmax", "cross-entropy", [[40, 800], [0, -700]], [[1, 0], [0, 1]], [[[-900, 3], [900, 2000]], [[1000, -1600], [-4, 0]]]],
    ["generic", "sigmoid", "cross-entropy", GENERIC, [[1, 0, 1], [0, 0, 1], [0, 1, 1]], [SMALL, LARGE]],
    ["soft targets", "sigmoid", "cross-entropy", GENERIC, [[0.2, 0.9, 0], [0.7, 1, 0.6], [0.5, 0.3, 0.4]], [SMALL, LARGE]],
    ["fitted", "sigmoid", "cross-entropy", [[40, 300, 700], [-37, 0.5, -700], [-3, 100, 1]], [[1, 1, 1], [0, 1, 0], [0, 1, 1]], [SMALL, LARGE]],
    ["missed", "sigmoid", "cross-entropy", [[40, 300, 700], [-37, 0.5, -700], [-3, 100, 1]], [[0, 0, 0], [1, 0, 1], [1, 0, 0]], [SMALL, LARGE]],
    ["far away", "sigmoid", "cross-entropy", [[40, 800], [0, -700]], [[1, 0], [0, 1]], [[[-900, 3], [900, 2000]], [[1000, -1600], [-4, 0]]]],
    ["generic", "softmax", "squared-error", GENERIC, LABELS, [SMALL, LARGE]],
    ["any targets", "softmax", "half-squared-error", GENERIC, ANY, [SMALL, LARGE]],
    ["fitted", "softmax", "squared-error", [[40, 150, 300], [0, 0.5, 0], [-3, 100, 1]], [[1, 1, 1], [0] * 3, [0] * 3], [SMALL, LARGE]],
    ["fitted", "softmax", "half-squared-error", [[-3, 50], [37, 0]], [[0, 1], [1, 0]], [[[1e-20, -2], [0, 1]]]],
    ["missed", "softmax", "squared-error", [[40, 150, 700], [0, 0.5, 0], [-3, 100, 1]], [[0] * 3, [1, 0, 1], [0, 1, 0]], [SMALL, LARGE]],
    ["far away", "softmax", "squared-error", [[40, 200], [0, -300]], [[1, 0], [0, 1]], [[[-500, 3], [600, 700]], [[500, -700], [-4, 0]]]],
    *[[f"generic", name, "squared-error", GENERIC, ANY, [SMALL, LARGE]] for name in ACTIVATIONS],
    *[["generic", name, "half-squared-error", GENERIC, LABELS, [SMALL, LARGE]] for name in ["sigmoid", "gelu", "elu 0.5"]],
    ["fitted", "sigmoid", "squared-error", [[40, 300], [-37, 100]], [[1, 1], [0, 1]], [[[2**-70, 0], [2**-60, 1]], [[-3, 2], [0.5, -60]]]],
    ["fitted", "tanh", "half-squared-error", [[20, 150], [-37, 50]], [[1, 1], [-1, 1]], [[[2**-70, 0], [2**-60, 1]], [[-3, 2], [0.5, -30]]]],
    ["fitted", "softsign", "squared-error", [[2.0**40, -(2.0**100)], [-(2.0**30), 2.0**60]], [[1, -1], [-1, 1]], [[[2.0**-30, 1], [2.0**20, 0]]]],
    ["fitted", "elu", "squared-error", [[-40, -300], [-37, -100]], [[-1, -1], [-1, -1]], [[[2**-70, 0], [2**-60, 1]], [[-3, 2], [0.5, 60]]]],
    ["fitted", "elu 0.5", "squared-error", [[-40, -300], [-37, -100]], [[-0.5] * 2, [-0.5] * 2], [[[2**-70, 0], [2**-60, 1]]]],
    ["fitted", "selu", "half-squared-error", [[-40, -300], [-37, -100]], [[-LOW] * 2, [-LOW] * 2], [[[2**-70, 0], [2**-60, 1]]]],
    ["fitted", "softplus", "squared-error", [[-40, -300], [-37, -100]], [[0, 0], [0, 0]], [[[2**-70, 0], [2**-60, 1]], [[-3, 2], [0.5, 90]]]],
    ["fitted", "silu", "squared-error", [[-40, -300], [-37, -100]], [[0, 0], [0, 0]], [[[2**-70, 0], [2**-60, 1]], [[-3, 2], [0.5, 90]]]],
    ["fitted", "gelu", "squared-error", [[-20, -26], [-12, -9]], [[0, 0], [0, 0]], [[[2**-70, 0], [2**-60, 1]], [[-3, 2], [0.5, 90]]]],
    ["fitted", "gelu-tanh", "squared-error", [[-8, -12], [-10, -9]], [[0, 0], [0, 0]], [[[2**-70, 0], [2**-60, 1]], [[-3, 2], [0.5, 90]]]],
    ["nearly fitted", "sigmoid", "squared-error", [[10, 20], [-20, 12]], [[1 - 2**-20, 1 - 2**-40], [2**-50, 0.75]], [[[2**-70, 0], [2**-60, 1]]]],
    ["nearly fitted", "tanh", "squared-error", [[5, 8], [-6, 12]], [[1 - 2**-20, 1 - 2**-40], [-1 + 2**-30, -0.75]], [[[2**-70, 0], [2**-60, 1]]]],
    ["nearly fitted", "elu", "squared-error", [[-20, -8], [-6, -30]], [[-1 + 2**-20, -1 + 2**-40], [-0.4, -1 - 2**-30]], [[[2**-70, 0], [2**-60, 1]]]],
    ["generic", "identity", "hinge", GENERIC, LABELS, [SMALL, LARGE]],
    ["far away", "identity", "hinge", [[1000, -3], [7, 2.0**60], [-1e6, 5]], [[0, 0], [1, 0], [0, 1]], [[[-2000, 1], [3, 2], [1e9, -1]]]],
]


def softmax(z):
    total = sum(exp(v) for v in z)
    return [exp(v) / total for v in z]


def sample_loss(output, loss, z, t):
    if loss == "cross-entropy" and output == "softmax":
        return sum(t) * log(sum(exp(v) for v in z)) - sum(tk * v for tk, v in zip(t, z))
    if loss == "cross-entropy":
        return sum(tk * log(1 + exp(-v)) + (1 - tk) * log(1 + exp(v)) for tk, v in zip(t, z))
    if loss == "hinge":
        y = t.index(max(t))
        return sum(max(v - z[y] + 1, mpf(0)) for k, v in enumerate(z) if k != y)
    outputs = softmax(z) if output == "softmax" else [ACTIVATIONS[output](v) for v in z]
    squares = sum((a - tk) ** 2 for a, tk in zip(outputs, t))
    return squares / 2 if loss == "half-squared-error" else squares


def columns(rows):
    return [[mpf(v) for v in column] for column in zip(*rows)]


def batch(about, output, loss, z, t, deltas):
    samples = list(zip(columns(z), columns(t)))

    def moved(n, delta):
        own, target = samples[n]
        return sample_loss(output, loss, [a + b for a, b in zip(own, delta)], target)

    def error(k, n):
        unit = [STEP if j == k else mpf(0) for j in range(len(z))]
        return (moved(n, unit) - moved(n, [-v for v in unit])) / (2 * STEP)

    still = [sample_loss(output, loss, *sample) for sample in samples]
    return {
        "about": about,
        "output": output,
        "loss": loss,
        "z": z,
        "t": t,
        "total": float(sum(still)),
        "error": [[float(error(k, n)) for n in range(len(samples))] for k in range(len(z))],
        "moves": [
            {"delta": delta, "change": [float(moved(n, d) - still[n]) for n, d in enumerate(columns(delta))]}
            for delta in deltas
        ],
    }


if __name__ == "__main__":
    truth = {
        "z": Z,
        "from": FROM,
        "by": BY,
        "activations": {name: activation(f) for name, f in ACTIVATIONS.items()},
        "normal": distribution(),
        "losses": [batch(*one) for one in BATCHES],
    }
    (Path(__file__).parent / "truth.json").write_text(json.dumps(truth) + "\n")
