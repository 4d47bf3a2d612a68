import { join } from 'node:path';
import { Command } from 'commander';
import { findModel, loadModel } from '../model/artifact.ts';
import { exportOnnx } from '../model/export.ts';
import { VOCABULARY_FILE } from '../model/spec.ts';
import { withExamples } from './environment.ts';
import { printResult } from './output.ts';

export function modelExportCommand(): Command {
  const command = new Command('export')
    .description('write a model as one ONNX file that runs without this program')
    .argument('<model>', 'a model that ships with the program, or the path of a model folder')
    .requiredOption('--onnx <file>', 'where the ONNX file goes; an older one is replaced')
    .option('--json', 'print one JSON document instead of text')
    .action(async (name: string, flags: { onnx: string; json?: true }) => {
      const model = await loadModel(findModel(name));
      const exported = await exportOnnx(model, flags.onnx);
      const vocabulary = join(model.directory, VOCABULARY_FILE);
      const text = [
        `${exported.bytes} bytes written to ${exported.file}`,
        `In: ${exported.inputs.join(', ')} (int32). Out: ${exported.output}, a column each for ${exported.metadata['labels']}.`,
        `Words become ids by ${vocabulary}`,
      ].join('\n');
      printResult(flags.json === true, { ...exported, vocabulary }, text);
    });
  return withExamples(command, [
    'monitor model export social --onnx social.onnx',
    'monitor model export ./my-model --onnx my-model.onnx --json',
  ]);
}
