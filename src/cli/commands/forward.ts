import type { Command } from 'commander';
import { forward } from '../../index.ts';
import { addEvaluation, type Cli } from '../evaluation.ts';

/** `fcnet forward [config]` */
export const addForward = (program: Command, cli: Cli): Command =>
  addEvaluation(program, cli, 'forward', 'logits and outputs', (problem) => ({
    command: 'forward',
    result: forward(problem),
  }));
