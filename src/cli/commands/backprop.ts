import type { Command } from 'commander';
import { backprop } from '../../index.ts';
import { addEvaluation, type Cli } from '../evaluation.ts';

/** `fcnet backprop [config]` */
export const addBackprop = (program: Command, cli: Cli): Command =>
  addEvaluation(
    program,
    cli,
    'backprop',
    'logits, outputs, loss and the gradients dW1, db1, …',
    (problem) => ({ command: 'backprop', result: backprop(problem) }),
  );
