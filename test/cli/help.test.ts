import { describe, expect, test } from 'vitest';
import { run } from './fcnet.ts';

const help = async (...command: string[]): Promise<string> =>
  (await run([...command, '--help'], { env: { COLUMNS: '100' } })).stdout;

test('fcnet', async () => {
  expect(await help()).toMatchInlineSnapshot(`
    "Usage: fcnet [options] [command]

    Computes, checks and compares the gradients of fully-connected networks.

    Options:
      -V, --version                     output the version number
      -h, --help                        show this help

    Compute:
      forward [options] [config]        logits and outputs
      loss [options] [config]           data, regularization and total loss
      backprop [options] [config]       logits, outputs, loss and the gradients dW1, db1, …
      train [options] [config]          full-batch gradient descent: the loss curve, and the updated
                                        config with -o

    Check:
      gradcheck [options] [configs...]  analytic gradient beside the numerical one, with a verdict
      compare [options] [configs...]    analytic, numerical and reference gradients side by side, with a
                                        verdict for each
      audit [options] [configs...]      which classic backprop mistakes a check of this config would
                                        catch, which not, and why
      check [options] [file]            what the project file says: its nets against its commands and
                                        references

    Prepare and understand:
      explain [options] [id]            a mistake of backprop: its equations, right and wrong, as code,
                                        and what to do; without one the list
      init [options] [sizes...]         a random config that catches every mistake that can apply, to
                                        check your own code with
      schema [of]                       the JSON Schema of a config, a reference, a project file or
                                        results, for editors and validators

    About the command line:
      help [command]                    the help of a command
      completion <shell>                a script that makes your shell complete commands, options and
                                        their words

    Examples:
      fcnet compare                  the built-in example against PyTorch
      fcnet backprop net.json        logits, loss and dW1, db1, … of your network
      fcnet gradcheck net.json       analytic against numerical gradient
      fcnet compare net.json --reference mine.json
                                     your own gradients against both
      fcnet audit net.json           which mistakes that check would not notice
      fcnet explain missing-slope    a mistake in equations and code, and what to do
      fcnet init 3 4 5 -o net.json   a network to check your own code with
      generate | fcnet loss - --json a config on standard input, JSON out

    Exit codes: 0 everything agrees · 1 gradients disagree · 2 it could not run
    "
  `);
  expect(await help()).toBe((await run([], { env: { COLUMNS: '100' } })).stdout);
});

test('fcnet forward', async () => {
  expect(await help('forward')).toMatchInlineSnapshot(`
    "Usage: fcnet forward [options] [config]

    logits and outputs

    Arguments:
      config                a config (.json, .npz, .safetensors), or - for JSON on standard input; left
                            out, the built-in textbook example

    Instead of what the config says:
      --reg <lambda>        λ, instead of the config's
      --activation <names>  hidden activation, or one for each hidden layer: sigmoid, tanh, relu,
                            leaky-relu, elu, selu, softplus, softsign, silu, gelu, gelu-tanh, identity;
                            leaky-relu:0.2 and elu:0.5 say their slope and α
      --output <name>       the network's output: softmax, or an activation; any other value is the file
                            of -o
      --loss <name>         loss of a sample (choices: "cross-entropy", "squared-error",
                            "half-squared-error", "hinge")
      --reduction <name>    how the losses of the samples make one (choices: "mean", "sum",
                            "mean-of-entries")
      --penalty <name>      of the weights: ½λ Σ‖W‖², λ Σ‖W‖², (λ/2N) Σ‖W‖² (choices: "half", "full",
                            "half-over-n")
      --samples <layout>    layout of X, a matrix y, logits and outputs (choices: "columns", "rows")
      --weights <layout>    layout of W and dW (choices: "out-in", "in-out")
      --biases <layout>     beside W, none, or the first or last input of W and dW (choices: "separate",
                            "none", "first", "last")

    The result:
      --format <name>       how to print the result; NAME=FILE writes it to a file besides (repeatable)
                            (choices: "table", "json", "markdown")
      --json                the same as --format json
      -o <file>             write the result to a file instead; also --output, unless it names an output
      --digits <n>          significant digits in tables (default: 6)
      --full                show large tables in full
      -q, --quiet           print nothing; the exit code tells the result
      --color               use colour even when output is not a terminal
      --no-color            no colour (NO_COLOR is honoured too)

    Options:
      -h, --help            show this help

    Examples:
      fcnet forward net.json  logits and outputs of your network
    "
  `);
});

test('fcnet loss', async () => {
  expect(await help('loss')).toMatchInlineSnapshot(`
    "Usage: fcnet loss [options] [config]

    data, regularization and total loss

    Arguments:
      config                a config (.json, .npz, .safetensors), or - for JSON on standard input; left
                            out, the built-in textbook example

    Instead of what the config says:
      --reg <lambda>        λ, instead of the config's
      --activation <names>  hidden activation, or one for each hidden layer: sigmoid, tanh, relu,
                            leaky-relu, elu, selu, softplus, softsign, silu, gelu, gelu-tanh, identity;
                            leaky-relu:0.2 and elu:0.5 say their slope and α
      --output <name>       the network's output: softmax, or an activation; any other value is the file
                            of -o
      --loss <name>         loss of a sample (choices: "cross-entropy", "squared-error",
                            "half-squared-error", "hinge")
      --reduction <name>    how the losses of the samples make one (choices: "mean", "sum",
                            "mean-of-entries")
      --penalty <name>      of the weights: ½λ Σ‖W‖², λ Σ‖W‖², (λ/2N) Σ‖W‖² (choices: "half", "full",
                            "half-over-n")
      --samples <layout>    layout of X, a matrix y, logits and outputs (choices: "columns", "rows")
      --weights <layout>    layout of W and dW (choices: "out-in", "in-out")
      --biases <layout>     beside W, none, or the first or last input of W and dW (choices: "separate",
                            "none", "first", "last")

    The result:
      --format <name>       how to print the result; NAME=FILE writes it to a file besides (repeatable)
                            (choices: "table", "json", "markdown")
      --json                the same as --format json
      -o <file>             write the result to a file instead; also --output, unless it names an output
      --digits <n>          significant digits in tables (default: 6)
      --full                show large tables in full
      -q, --quiet           print nothing; the exit code tells the result
      --color               use colour even when output is not a terminal
      --no-color            no colour (NO_COLOR is honoured too)

    Options:
      -h, --help            show this help

    Examples:
      fcnet loss net.json --reg 0     without the penalty
      generate | fcnet loss - --json  a config on standard input, JSON out
    "
  `);
});

test('fcnet backprop', async () => {
  expect(await help('backprop')).toMatchInlineSnapshot(`
    "Usage: fcnet backprop [options] [config]

    logits, outputs, loss and the gradients dW1, db1, …

    Arguments:
      config                a config (.json, .npz, .safetensors), or - for JSON on standard input; left
                            out, the built-in textbook example

    Options:
      --explain             the backward pass step by step: δ², dW2, db2, da¹, … with their equations
                            and shapes
      -h, --help            show this help

    Instead of what the config says:
      --reg <lambda>        λ, instead of the config's
      --activation <names>  hidden activation, or one for each hidden layer: sigmoid, tanh, relu,
                            leaky-relu, elu, selu, softplus, softsign, silu, gelu, gelu-tanh, identity;
                            leaky-relu:0.2 and elu:0.5 say their slope and α
      --output <name>       the network's output: softmax, or an activation; any other value is the file
                            of -o
      --loss <name>         loss of a sample (choices: "cross-entropy", "squared-error",
                            "half-squared-error", "hinge")
      --reduction <name>    how the losses of the samples make one (choices: "mean", "sum",
                            "mean-of-entries")
      --penalty <name>      of the weights: ½λ Σ‖W‖², λ Σ‖W‖², (λ/2N) Σ‖W‖² (choices: "half", "full",
                            "half-over-n")
      --samples <layout>    layout of X, a matrix y, logits and outputs (choices: "columns", "rows")
      --weights <layout>    layout of W and dW (choices: "out-in", "in-out")
      --biases <layout>     beside W, none, or the first or last input of W and dW (choices: "separate",
                            "none", "first", "last")

    The result:
      --format <name>       how to print the result; NAME=FILE writes it to a file besides (repeatable)
                            (choices: "table", "json", "markdown")
      --json                the same as --format json
      -o <file>             write the result to a file instead; also --output, unless it names an output
      --digits <n>          significant digits in tables (default: 6)
      --full                show large tables in full
      -q, --quiet           print nothing; the exit code tells the result
      --color               use colour even when output is not a terminal
      --no-color            no colour (NO_COLOR is honoured too)

    Examples:
      fcnet backprop net.json                        logits, loss and dW1, db1, …
      fcnet backprop net.json --json -o golden.json  a reference for later
    "
  `);
});

test('fcnet gradcheck', async () => {
  expect(await help('gradcheck')).toMatchInlineSnapshot(`
    "Usage: fcnet gradcheck [options] [configs...]

    analytic gradient beside the numerical one, with a verdict

    Arguments:
      configs               a .ts or .js module that exports x, f and gradient; or a config (.json,
                            .npz, .safetensors), or - for JSON on standard input; left out, the built-in
                            textbook example

    The check:
      --step <h>            step of the numerical gradient, used as given (default: 2^-100, or 1e-5 with
                            --naive)
      --rtol <r>            relative tolerance (default: 1e-7, or 1e-5 with --naive)
      --atol <a>            absolute tolerance (default: 0, or 1e-8 of the largest entry with --naive)
      --naive               two full losses for each parameter: the textbook’s black box
      --only <tensors>      check only these tensors, such as dW2,db2
      --sample <k>          check k entries of each tensor
      --seed <n>            which entries --sample draws (default: 0)
      --worst <k>           how many of the worst entries to show (default: 5)
      --strict              an inconclusive entry or a blind spot fails too
      --allow <mistake>     a blind spot that --strict accepts, or inconclusive: such entries
                            (repeatable)
      --jobs <n>            how many configs may be on their way at once (default: 1)

    Instead of what the config says:
      --reg <lambda>        λ, instead of the config's
      --activation <names>  hidden activation, or one for each hidden layer: sigmoid, tanh, relu,
                            leaky-relu, elu, selu, softplus, softsign, silu, gelu, gelu-tanh, identity;
                            leaky-relu:0.2 and elu:0.5 say their slope and α
      --output <name>       the network's output: softmax, or an activation; any other value is the file
                            of -o
      --loss <name>         loss of a sample (choices: "cross-entropy", "squared-error",
                            "half-squared-error", "hinge")
      --reduction <name>    how the losses of the samples make one (choices: "mean", "sum",
                            "mean-of-entries")
      --penalty <name>      of the weights: ½λ Σ‖W‖², λ Σ‖W‖², (λ/2N) Σ‖W‖² (choices: "half", "full",
                            "half-over-n")
      --samples <layout>    layout of X, a matrix y, logits and outputs (choices: "columns", "rows")
      --weights <layout>    layout of W and dW (choices: "out-in", "in-out")
      --biases <layout>     beside W, none, or the first or last input of W and dW (choices: "separate",
                            "none", "first", "last")

    The result:
      --format <name>       how to print the result; NAME=FILE writes it to a file besides (repeatable)
                            (choices: "table", "json", "markdown", "github", "junit", "html")
      --json                the same as --format json
      -o <file>             write the result to a file instead; also --output, unless it names an output
      --digits <n>          significant digits in tables (default: 6)
      --full                show large tables in full
      -q, --quiet           print nothing; the exit code tells the result
      --color               use colour even when output is not a terminal
      --no-color            no colour (NO_COLOR is honoured too)

    Options:
      -h, --help            show this help

    Examples:
      fcnet gradcheck net.json  analytic against numerical gradient
      fcnet gradcheck toy.ts    the gradient of any function
    "
  `);
});

test('fcnet compare', async () => {
  expect(await help('compare')).toMatchInlineSnapshot(`
    "Usage: fcnet compare [options] [configs...]

    analytic, numerical and reference gradients side by side, with a verdict for each

    Arguments:
      configs                 a config (.json, .npz, .safetensors), or - for JSON on standard input;
                              left out, the built-in textbook example

    References:
      --reference <file>      a reference besides the config's own (repeatable); NAME=FILE says what to
                              call it
      --no-reference          without the references that the config names
      --against <command>     a shell command that gets the config as JSON on standard input and answers
                              with a reference (repeatable; NAME=COMMAND)
      --rename <theirs=ours>  what a reference calls a gradient, such as fc1.weight=dW1 (repeatable)
      --dtype <name>          the precision the references were computed in (choices: "float64",
                              "float32", "float16", "bfloat16")
      --give <how>            how commands of --against get arrays and give them back: columns, rows,
                              out-in, in-out, separate, first, last, text; text is lines of name, count
                              of dimensions, dimensions, values
      --timeout <seconds>     how long a command of --against may take (default: 60)
      -u, --update            write what backprop --json prints to the one --reference named (never in
                              CI)

    The check:
      --step <h>              step of the numerical gradient, used as given (default: 2^-100, or 1e-5
                              with --naive)
      --rtol <r>              relative tolerance (default: 1e-7, or 1e-5 with --naive)
      --atol <a>              absolute tolerance (default: 0, or 1e-8 of the largest entry with --naive)
      --naive                 two full losses for each parameter: the textbook’s black box
      --only <tensors>        check only these tensors, such as dW2,db2
      --sample <k>            check k entries of each tensor
      --seed <n>              which entries --sample draws (default: 0)
      --worst <k>             how many of the worst entries to show (default: 5)
      --strict                an inconclusive entry or a blind spot fails too
      --allow <mistake>       a blind spot that --strict accepts, or inconclusive: such entries
                              (repeatable)
      --jobs <n>              how many configs may be on their way at once (default: 1)

    Instead of what the config says:
      --reg <lambda>          λ, instead of the config's
      --activation <names>    hidden activation, or one for each hidden layer: sigmoid, tanh, relu,
                              leaky-relu, elu, selu, softplus, softsign, silu, gelu, gelu-tanh,
                              identity; leaky-relu:0.2 and elu:0.5 say their slope and α
      --output <name>         the network's output: softmax, or an activation; any other value is the
                              file of -o
      --loss <name>           loss of a sample (choices: "cross-entropy", "squared-error",
                              "half-squared-error", "hinge")
      --reduction <name>      how the losses of the samples make one (choices: "mean", "sum",
                              "mean-of-entries")
      --penalty <name>        of the weights: ½λ Σ‖W‖², λ Σ‖W‖², (λ/2N) Σ‖W‖² (choices: "half", "full",
                              "half-over-n")
      --samples <layout>      layout of X, a matrix y, logits and outputs (choices: "columns", "rows")
      --weights <layout>      layout of W and dW (choices: "out-in", "in-out")
      --biases <layout>       beside W, none, or the first or last input of W and dW (choices:
                              "separate", "none", "first", "last")

    The result:
      --format <name>         how to print the result; NAME=FILE writes it to a file besides
                              (repeatable) (choices: "table", "json", "markdown", "github", "junit",
                              "html")
      --json                  the same as --format json
      -o <file>               write the result to a file instead; also --output, unless it names an
                              output
      --digits <n>            significant digits in tables (default: 6)
      --full                  show large tables in full
      -q, --quiet             print nothing; the exit code tells the result
      --color                 use colour even when output is not a terminal
      --no-color              no colour (NO_COLOR is honoured too)

    Options:
      -h, --help              show this help

    Examples:
      fcnet compare net.json --reference mine.json          yours against both
      fcnet compare net.json --against "python3 my_net.py"  the same of your program
      fcnet compare 'nets/*.json' --against ./net --format junit=report.xml
                                                            in CI
    "
  `);
});

describe.concurrent('fcnet help', () => {
  test('is the help, and that of a command', async () => {
    const env = { COLUMNS: '100' };
    expect((await run(['help'], { env })).stdout).toBe(await help());
    expect(await run(['help', 'compare'], { env })).toEqual({
      code: 0,
      stdout: await help('compare'),
      stderr: '',
    });
  });

  test.each([
    [['help', 'comapre'], "unknown command 'comapre'", 'Did you mean compare?'],
    [['comapre'], "unknown command 'comapre'", 'Did you mean compare?'],
    [['compare', '--activation', 'rleu'], "'rleu' is invalid", 'Did you mean relu?'],
    [['compare', '--dtype', 'flaot32'], "'flaot32' is invalid", 'Did you mean float32?'],
    [['train', '--format', 'jso'], "'jso' is invalid", 'Did you mean json?'],
    [['gradcheck', '--stirct'], "unknown option '--stirct'", 'Did you mean --strict?'],
  ])('a slip is told from what was meant: %j', async (args, what, meant) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(what);
    expect(stderr).toContain(meant);
  });

  test('has examples of every command, whose commands and options there are', async () => {
    const top = await help();
    const commands = [...top.matchAll(/^ {2}([a-z]+) (?=[[<]| {2})/gm)].map(([, name]) => name as string);
    expect(commands).toContain('completion');
    const helps = new Map(await Promise.all(commands.map(async (name) => [name, await help(name)] as const)));
    for (const [name, text] of [...helps, ['fcnet', top] as const]) {
      const [, examples = ''] = text.split('\nExamples:\n');
      if (name !== 'help') expect(examples, name).not.toBe('');
      for (const [, command = '', rest = ''] of examples.matchAll(/\bfcnet ([a-z]+)(.*)/g)) {
        const own = name === 'fcnet' ? undefined : name;
        if (own !== undefined) expect(command).toBe(own);
        for (const [flag] of rest.matchAll(/(?<= )--?[a-z][\w-]*/g))
          expect(helps.get(command), `${command} ${flag}`).toMatch(new RegExp(`^  .*${flag}\\b`, 'm'));
      }
    }
  });
});
