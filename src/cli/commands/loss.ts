import type { Command } from 'commander';
import { loss } from '../../index.ts';
import { addEvaluation, type Cli } from '../evaluation.ts';

/** `fcnet loss [config]` */
export const addLoss = (program: Command, cli: Cli): Command =>
  addEvaluation(program, cli, 'loss', 'data, regularization and total loss', (problem) => ({
    command: 'loss',
    result: loss(problem),
  }));
