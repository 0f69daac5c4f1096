export const numpy = `# Fill in the place below, then: fcnet compare net.json --against "python3 adapter.py"
# X is inputs x samples, W1 outputs x inputs, as in net.json; --give rows,in-out gives them the other way round.
import json
import sys

import numpy as np

net = json.load(sys.stdin)
net = {k: np.array(v) if k in ("X", "y") or k[1:].isdigit() else v for k, v in net.items()}
grads = {}

# your code here: from net["X"], net["y"], net["W1"], net["b1"], ..., net["reg"] to grads["dW1"], grads["db1"], ...

json.dump({k: np.asarray(v).tolist() for k, v in grads.items()}, sys.stdout)
`;
