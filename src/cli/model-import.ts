import { Command, Option } from 'commander';
import { MonitorError } from '../errors.ts';
import type { Model } from '../model/artifact.ts';
import { importModel } from '../model/import.ts';
import { importOnnx } from '../model/import-onnx.ts';
import { GRADES, type Grade, POOLINGS, type Pooling } from '../model/network-spec.ts';
import { withExamples } from './environment.ts';
import { listOf, properShare, wholeNumber } from './option-values.ts';
import { printResult } from './output.ts';

interface ImportFlags {
  weights?: string;
  vocab?: string;
  onnx?: string;
  tokenizer?: string;
  labels?: string[];
  htmlEntities: boolean;
  links?: string;
  mentions?: string;
  out: string;
  name: string;
  title?: string;
  reads: 'original' | 'cleaned';
  maxTokens?: number;
  padTo?: number;
  masked: boolean;
  pooling: Pooling;
  threshold?: number;
  json?: true;
}

/** Tokens that are read of a text by a network of PyTorch weights. */
const MAX_TOKENS = 200;

export function modelImportCommand(): Command {
  const command = new Command('import')
    .description('make a model folder of a network that was trained elsewhere')
    .requiredOption('--out <folder>', 'the model folder to make')
    .requiredOption('--name <name>', 'short name, such as my-model')
    .option('--title <text>', 'the name that reports show')
    .addOption(
      new Option('--reads <text>', 'text as exported, or cleaned').choices(['original', 'cleaned']).default('original'),
    )
    .option(
      '--max-tokens <n>',
      `tokens read of a text (default: ${MAX_TOKENS}, or what tokenizer.json says)`,
      wholeNumber(1),
    )
    .optionsGroup('A text classifier as ONNX:')
    .option('--onnx <file>', 'ONNX file: input_ids and attention_mask go in, logits come out')
    .option('--tokenizer <file>', 'the tokenizer.json of Hugging Face that goes with it')
    .option(
      '--labels <names>',
      'the classes in the order of the logits, such as negative,neutral,positive; two, three, or five from very_negative to very_positive',
      listOf((name) => name.toLowerCase().replace(/[ -]/g, '_')),
    )
    .option('--no-html-entities', 'entities such as &amp; stay as they are')
    .option('--links <text>', 'what stands for links, such as http')
    .option('--mentions <text>', 'what stands for @names, such as @user')
    .optionsGroup('PyTorch weights:')
    .option(
      '--weights <file>',
      'safetensors with embedding.* or emb.*, one of rnn.*, lstm.*, gru.* and convs.*, and fc.*',
    )
    .option('--vocab <file>', 'vocab.json: {"itos": ["<pad>", "<unk>", …]}')
    .option('--pad-to <n>', 'the width that texts were padded to in training', wholeNumber(1))
    .option('--no-masked', 'the network ran over the padding in training')
    .addOption(new Option('--pooling <kind>', 'what the last layer reads').choices(POOLINGS).default('last'))
    .option('--threshold <share>', 'two classes: positive from this probability on', properShare)
    .optionsGroup('Options:')
    .option('--json', 'print one JSON document instead of text')
    .action(async (flags: ImportFlags) => {
      const model = await imported(flags);
      const document = { model: model.directory, network_sha256: model.networkSha256, network: model.spec.network };
      printResult(
        flags.json === true,
        document,
        `Model written to ${model.directory}\nUse it with  model: { use: ${flags.out} }`,
      );
    });
  return withExamples(command, [
    'monitor model import --onnx model.onnx --tokenizer tokenizer.json --labels negative,neutral,positive --links http --mentions @user --out my-model --name my-model',
    'monitor model import --weights rnn.safetensors --vocab vocab.json --out my-model --name my-model',
    'monitor model import --weights rnn.safetensors --vocab vocab.json --out tutorial --name tutorial --pad-to 200 --no-masked',
  ]);
}

function imported(flags: ImportFlags): Promise<Model> {
  const { weights, vocab, onnx, tokenizer, labels } = flags;
  const common = { out: flags.out, name: flags.name, title: flags.title ?? flags.name, reads: flags.reads };
  if (onnx !== undefined && tokenizer !== undefined && labels && weights === undefined && vocab === undefined)
    return importOnnx({
      ...{ ...common, onnx, tokenizer, labels: labels.map(gradeOf), maxTokens: flags.maxTokens },
      ...{ htmlEntities: flags.htmlEntities, links: flags.links ?? null, mentions: flags.mentions ?? null },
    });
  if (weights !== undefined && vocab !== undefined && onnx === undefined && tokenizer === undefined && !labels)
    return importModel({
      ...{ ...common, weights, vocabulary: vocab, maxTokens: flags.maxTokens ?? MAX_TOKENS },
      ...{ padTo: flags.padTo ?? null, masked: flags.masked, pooling: flags.pooling },
      ...(flags.threshold === undefined ? {} : { threshold: flags.threshold }),
    });
  throw new MonitorError('E_USAGE', 'Name the files of one kind of network.', {
    remedy: 'Give --onnx, --tokenizer and --labels, or --weights and --vocab.',
  });
}

function gradeOf(name: string): Grade {
  const grade = GRADES.find((known) => known === name);
  if (grade !== undefined) return grade;
  throw new MonitorError('E_USAGE', `"${name}" is no class.`, { remedy: `Classes are ${GRADES.join(', ')}.` });
}
