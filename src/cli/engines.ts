import { Argument, Command } from 'commander';
import { installTensorFlow } from '../model/engines/tensorflow/install.ts';
import { tensorFlowState } from '../model/engines/tensorflow/state.ts';
import { edge, withExamples } from './environment.ts';
import { formatTable, printResult } from './output.ts';

/** The libraries that run a network. */
export function enginesCommand(): Command {
  return new Command('engines')
    .description('the libraries that run networks: see which there are, install TensorFlow')
    .addCommand(listCommand())
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
