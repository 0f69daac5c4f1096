export const pytorch = `# Fill in the place below, then: fcnet compare net.json --give rows --against "python3 adapter.py"
# With --give rows X is samples x inputs; W1 is outputs x inputs, as the weight of nn.Linear.
import json
import sys

import torch

torch.set_default_dtype(torch.float64)
net = json.load(sys.stdin)
X, y = torch.tensor(net["X"]).double(), torch.tensor(net["y"])
params = {k: torch.tensor(v).double().requires_grad_() for k, v in net.items() if k[0] in "Wb" and k[1:].isdigit()}

# your code here: loss = ..., from X, y, params["W1"], params["b1"], ..., net["reg"]

loss.backward()
grads = {"d" + k: p.grad.tolist() for k, p in params.items() if p.grad is not None}
json.dump({"loss": loss.item(), **grads}, sys.stdout)
`;
