import type { Command } from 'commander';
import { backprop, backwardSteps } from '../../index.ts';
import { addEvaluation, type Cli } from '../evaluation.ts';

/** `fcnet backprop [config]` */
export const addBackprop = (program: Command, cli: Cli): Command =>
  addEvaluation(
    program,
    cli,
    'backprop',
    'logits, outputs, loss and the gradients dW1, db1, …',
    (problem, { explain }) => ({
      command: 'backprop',
      result: backprop(problem),
      ...(explain && { steps: backwardSteps(problem) }),
    }),
    (command) =>
      command.option(
        '--explain',
        'the backward pass step by step: δ², dW2, db2, da¹, … with their equations and shapes',
      ),
  );
