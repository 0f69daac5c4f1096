"""A two-layer network as the course CS231n has it: a sample a row, W is inputs x outputs, the penalty is reg * sum(W * W).

Writes net.npz, which says what the network is, and grads.npz, what its backward pass makes of it. With an argument the
backward pass has a mistake: no-relu; single is all of it in float32, bare a net.npz without words.
"""

import json
import sys

import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, rng, std=0.5):
        self.params = {}
        self.params['W1'] = std * rng.standard_normal((input_size, hidden_size))
        self.params['b1'] = std * rng.standard_normal(hidden_size)
        self.params['W2'] = std * rng.standard_normal((hidden_size, output_size))
        self.params['b2'] = std * rng.standard_normal(output_size)

    def loss(self, X, y, reg, mistake):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N = X.shape[0]

        hidden = np.maximum(0, X.dot(W1) + b1)
        scores = hidden.dot(W2) + b2

        shifted = scores - scores.max(axis=1, keepdims=True)
        probs = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
        loss = -np.log(probs[range(N), y]).mean() + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

        grads = {}
        dscores = probs
        dscores[range(N), y] -= 1
        dscores /= N
        grads['W2'] = hidden.T.dot(dscores) + 2 * reg * W2
        grads['b2'] = dscores.sum(axis=0)
        dhidden = dscores.dot(W2.T)
        if mistake != 'no-relu':
            dhidden[hidden <= 0] = 0
        grads['W1'] = X.T.dot(dhidden) + 2 * reg * W1
        grads['b1'] = dhidden.sum(axis=0)
        return loss, grads


mistake = sys.argv[1] if len(sys.argv) > 1 else ''
rng = np.random.default_rng(231)
dtype = np.float32 if mistake == 'single' else np.float64
net = TwoLayerNet(4, 10, 3, rng)
net.params = {name: value.astype(dtype) for name, value in net.params.items()}
X = rng.standard_normal((5, 4)).astype(dtype)
y = np.array([0, 1, 2, 2, 1])
reg = 0.05

words = dict(activation='relu', penalty='full', samples='rows', weights='in-out')
np.savez('net.npz', X=X, y=y, reg=reg, **({} if mistake == 'bare' else words), **net.params)
loss, grads = net.loss(X, y, dtype(reg), mistake)
np.savez('grads.npz', loss=loss, **grads)

# What a program does that only learns, or only prints.
rate = 0.1
stepped = {name: value - dtype(rate) * grads[name] for name, value in net.params.items()}
np.savez('step.npz', learning_rate=rate, **stepped)
np.savez('listed.npz', *[grads[name] for name in ('W1', 'b1', 'W2', 'b2')])
with open('printed.json', 'w') as file:
    json.dump({'grads': {name: np.round(value, 8).tolist() for name, value in grads.items()}}, file)
