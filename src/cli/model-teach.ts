import { secondReaders } from '../../jobs/second-opinion.ts';
import { withSession } from '../../jobs/session.ts';
import { type TaughtFigures, teach } from '../../jobs/teach.ts';
import { findModel, loadModel } from '../model/artifact.ts';
import { loadTensorFlow, tensorFlowKindOf } from '../model/engines/tensorflow/load.ts';
import { ACCURATE_MODEL } from '../model/names.ts';
import { type CommonOptions, databaseCommand, jobInputOf, secrets } from './environment.ts';
import { wholeNumber } from './option-values.ts';
import { printResult } from './output.ts';

interface TeachFlags extends CommonOptions {
  teacher: string;
  posts: number;
  seed: number;
  out: string;
  recipe?: string;
}

export function modelTeachCommand() {
  return databaseCommand(
    'teach',
    'let an accurate model teach the one in use on your own stored posts; nothing leaves the machine',
    [
      'monitor model teach --out ./taught',
      'monitor model teach --teacher ./my-transformer --posts 50000 --out ./taught',
    ],
  )
    .option('--teacher <name>', 'the accurate model: a name that ships with the program, or a folder', ACCURATE_MODEL)
    .option('--posts <n>', 'stored texts that it reads, drawn at random', wholeNumber(20, 10_000_000), 50_000)
    .option('--recipe <file>', 'another recipe than the built-in one (recipes/teach.yaml)')
    .option('--seed <n>', 'what chance comes from', wholeNumber(0, 2 ** 31 - 1), 1)
    .requiredOption('--out <folder>', 'the model folder to make')
    .action(async (flags: TeachFlags) => {
      const input = jobInputOf(flags);
      const tensorFlow = await loadTensorFlow({ kind: tensorFlowKindOf(secrets('MONITOR_TENSORFLOW')) });
      const taught = await withSession(input, 'model teach', async (session) => {
        const readers = secondReaders(session);
        try {
          const teacher = await readers.start(await loadModel(findModel(flags.teacher)));
          const { posts, seed, out, recipe } = flags;
          const onEpoch = (entry: object) => input.log.info(entry, 'epoch');
          return await teach(session, { teacher, posts, seed, out, recipe, tensorFlow, onEpoch });
        } finally {
          await readers.close();
        }
      });
      const { model, learnt, teacherLogLoss, auditMacroRecall } = taught;
      printResult(
        flags.json === true,
        { model: model.directory, learnt, teacher_log_loss: teacherLogLoss, audit_macro_recall: auditMacroRecall },
        [
          `${learnt} texts learnt; the model is in ${model.directory}`,
          figuresText('log loss against the teacher (lower is nearer)', teacherLogLoss),
          auditMacroRecall.texts === 0
            ? 'No posts were labelled by people: `monitor audit` draws some, so that you see whether it got better.'
            : figuresText('macro recall on posts labelled by people', auditMacroRecall),
          `Compare on your days: monitor model compare ${flags.out}. Switch: monitor model use ${flags.out}`,
        ].join('\n'),
      );
    });
}

function figuresText(name: string, { texts, before, after }: TaughtFigures): string {
  const shown = (figure: number | null) => figure?.toFixed(4) ?? '–';
  return `${name}: ${shown(before)} before, ${shown(after)} after, on ${texts} texts that were not learnt from`;
}
