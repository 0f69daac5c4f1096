export const octave = String.raw`% Fill in the place below, then: fcnet compare net.json --give text --against "octave-cli -qf adapter.m"
% X is inputs x samples, W1 outputs x inputs; --give text,rows,first gives X by rows and W1 as Theta, its bias column first.
net = struct(); grads = struct();
while ischar(line = fgetl(stdin))
  [name, values] = strtok(line);
  [count, isArray] = sscanf(values, '%d', 1);
  if ~isArray, continue, end                          % a word: activation relu
  v = sscanf(values, '%f')';
  if count < 2, net.(name) = v(2 + count:end)';       % a number, or a column
  else net.(name) = reshape(v(4:end), v(3), v(2))'; end
end

% your code here: from net.X, net.y, net.W1, net.b1, ..., net.reg to grads.dW1, grads.db1, ...

names = fieldnames(grads);
for k = 1:numel(names)
  g = grads.(names{k});
  printf('%s 2 %d %d', names{k}, size(g)); printf(' %.17g', g'); printf('\n');
end
`;
