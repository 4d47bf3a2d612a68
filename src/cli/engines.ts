import { Argument, Command } from 'commander';
import { EXIT } from '../errors.ts';
import { findModel, loadModel } from '../model/artifact.ts';
import { installedEngines } from '../model/engines/installed.ts';
import { checkEngine, TOLERANCE } from '../model/engines/selftest.ts';
import { engineSpeed } from '../model/engines/speed.ts';
import { installTensorFlow } from '../model/engines/tensorflow/install.ts';
import { tensorFlowState } from '../model/engines/tensorflow/state.ts';
import { edge, type SetExitCode, withExamples } from './environment.ts';
import { formatTable, printResult } from './output.ts';

/** Milliseconds that an engine's speed is measured for. */
const SPEED_MS = 2_000;

/** The libraries that run a network. */
export function enginesCommand(setExitCode: SetExitCode): Command {
  return new Command('engines')
    .description('the libraries that run networks: see which there are, test them, install TensorFlow')
    .addCommand(listCommand())
    .addCommand(selftestCommand(setExitCode))
    .addCommand(installCommand());
}

function listCommand(): Command {
  const command = new Command('list')
    .description('show which engines are installed')
    .option('--json', 'print one JSON document instead of text')
    .action((options: { json?: true }) => {
      const tensorflow = tensorFlowState();
      const document = { onnx: { installed: true }, tfjs: tensorflow };
      const text = formatTable(
        ['engine', 'installed', 'what it is for'],
        [
          ['onnx', 'yes', 'scoring on processors; always there'],
          [
            'tfjs',
            tensorflow.installed ? `yes (${tensorflow.version})` : 'no',
            'training, and scoring on a graphics card',
          ],
        ],
      );
      printResult(options.json === true, document, text);
    });
  return withExamples(command, ['monitor engines list', 'monitor engines list --json']);
}

function selftestCommand(setExitCode: SetExitCode): Command {
  const command = new Command('selftest')
    .description('check that each engine of this machine gives the right probabilities, and how fast it is')
    .option('--model <name>', 'the model to run: a name or a folder', 'social')
    .option('--json', 'print one JSON document instead of text')
    .action(async (options: { model: string; json?: true }) => {
      const model = await loadModel(findModel(options.model));
      const engines = [];
      for (const installed of await installedEngines()) {
        const checks = await checkEngine(installed, model);
        const postsPerSecond = await engineSpeed(installed, model, SPEED_MS, () => performance.now());
        engines.push({ engine: installed.name, device: installed.device, checks, posts_per_second: postsPerSecond });
      }
      const passed = engines.every(({ checks }) => checks.every((check) => check.passed));
      if (!passed) setExitCode(EXIT.failed);
      const rows = engines.flatMap(({ engine, device, checks }) =>
        checks.map((check) => [
          engine,
          device,
          check.name,
          check.difference.toExponential(1),
          check.passed ? 'ok' : 'WRONG',
        ]),
      );
      const speeds = engines.map(
        ({ engine, device, posts_per_second: speed }) =>
          `${engine} on the ${device}: ${Math.round(speed).toLocaleString('en-US')} posts/s in one process`,
      );
      const text = [
        formatTable(['engine', 'device', 'texts', 'largest difference', `within ${TOLERANCE}`], rows),
        speeds.join('\n'),
        passed
          ? 'All engines are right.'
          : 'An engine computes wrongly here: set model.engine to one that is right, and report this.',
      ].join('\n\n');
      printResult(options.json === true, { passed, model: model.spec.name, engines }, text);
    });
  return withExamples(command, ['monitor engines selftest', 'monitor engines selftest --model ./my-model --json']);
}

function installCommand(): Command {
  const command = new Command('install')
    .description(
      'put native TensorFlow in place: its npm package, its library (needs pip) and its addon (needs a compiler)',
    )
    .addArgument(new Argument('<engine>', 'what to install').choices(['tensorflow']))
    .option(
      '--gpu',
      'the build for graphics cards with CUDA 12.2 and cuDNN 8.9; without a card it runs on the processor',
    )
    .option('--json', 'print one JSON document instead of text')
    .action(async (_engine: string, options: { gpu?: true; json?: true }) => {
      const { log, progress, signal } = edge();
      const installed = await installTensorFlow({ gpu: options.gpu === true, env: process.env, log, progress, signal });
      const text = `Native TensorFlow is in place (${installed.wheel}, on the ${installed.device === 'gpu' ? 'graphics card' : 'processor'}).`;
      printResult(options.json === true, installed, text);
    });
  return withExamples(command, ['monitor engines install tensorflow', 'monitor engines install tensorflow --gpu']);
}
