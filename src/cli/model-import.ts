import { Command, Option } from 'commander';
import { importModel } from '../model/import.ts';
import { POOLINGS, type Pooling } from '../model/network-spec.ts';
import { withExamples } from './environment.ts';
import { properShare, wholeNumber } from './option-values.ts';
import { printResult } from './output.ts';

interface ImportFlags {
  weights: string;
  vocab: string;
  out: string;
  name: string;
  title?: string;
  reads: 'original' | 'cleaned';
  maxTokens: number;
  padTo?: number;
  masked: boolean;
  pooling: Pooling;
  threshold?: number;
  json?: true;
}

export function modelImportCommand(): Command {
  const command = new Command('import')
    .description('make a model folder of PyTorch weights saved as safetensors, and its vocab.json')
    .requiredOption(
      '--weights <file>',
      'safetensors with embedding.* or emb.*, one of rnn.*, lstm.*, gru.* and convs.*, and fc.*',
    )
    .requiredOption('--vocab <file>', 'vocab.json: {"itos": ["<pad>", "<unk>", …]}')
    .requiredOption('--out <folder>', 'the model folder to make')
    .requiredOption('--name <name>', 'short name, such as my-model')
    .option('--title <text>', 'the name that reports show')
    .addOption(
      new Option('--reads <text>', 'text as exported, or cleaned').choices(['original', 'cleaned']).default('original'),
    )
    .option('--max-tokens <n>', 'tokens read of a text', wholeNumber(1), 200)
    .option('--pad-to <n>', 'the width that texts were padded to in training', wholeNumber(1))
    .option('--no-masked', 'the network ran over the padding in training')
    .addOption(new Option('--pooling <kind>', 'what the last layer reads').choices(POOLINGS).default('last'))
    .option('--threshold <share>', 'two classes: positive from this probability on', properShare)
    .option('--json', 'print one JSON document instead of text')
    .action(async (flags: ImportFlags) => {
      const model = await importModel({
        weights: flags.weights,
        vocabulary: flags.vocab,
        out: flags.out,
        name: flags.name,
        title: flags.title ?? flags.name,
        reads: flags.reads,
        maxTokens: flags.maxTokens,
        padTo: flags.padTo ?? null,
        masked: flags.masked,
        pooling: flags.pooling,
        ...(flags.threshold === undefined ? {} : { threshold: flags.threshold }),
      });
      const document = { model: model.directory, network_sha256: model.networkSha256, network: model.spec.network };
      printResult(
        flags.json === true,
        document,
        `Model written to ${model.directory}\nUse it with  model: { use: ${flags.out} }`,
      );
    });
  return withExamples(command, [
    'monitor model import --weights rnn.safetensors --vocab vocab.json --out my-model --name my-model',
    'monitor model import --weights rnn.safetensors --vocab vocab.json --out tutorial --name tutorial --pad-to 200 --no-masked',
  ]);
}
