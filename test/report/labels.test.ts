import { expect, test } from 'vitest';
import { labelsOf } from '../../src/report/labels.ts';

test.each([
  ['python3 fixtures/numpy_net.py', 'python3 numpy_net.py'],
  ['nets/golden.json', 'golden'],
  ['/home/a user/größe é/golden.json', 'golden'],
  ['C:\\My nets\\golden.npz', 'golden.npz'],
  ['cat answers/mine.json', 'cat mine'],
  ['python3 \'/home/a user/net.py\' "x y/z"', 'python3 net.py z'],
  ["it's b/net.py", "it's net.py"],
])('a reference that is called %s is labelled %s', (name, label) => {
  expect(labelsOf([name])).toEqual([label]);
});

test('files of one name in two folders are told apart', () => {
  const [one, other] = labelsOf(['/a b/golden.json', '/c d/golden.json']);
  expect(one).not.toBe(other);
});
